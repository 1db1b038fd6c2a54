// The controls of one shot: camera, light, physics and words on screen as typed directives.
//
// What a control does not show (a second move, a focal length, ...) is kept as it was, so that a request made elsewhere
// survives being opened here.

const WEATHERS = ["rain", "snow", "fog", "dust", "embers"];

function without(object, names) {
  const rest = Object.entries(object || {}).filter(
    ([name, value]) => !names.includes(name) && value !== null && value !== undefined,
  );
  return Object.fromEntries(rest);
}

function filled(object) {
  const found = without(object, []);
  return Object.keys(found).length ? found : null;
}

export class Directives {
  constructor(element, onChange) {
    this.element = element;
    this.kept = {};
    this.controls = {};
    for (const control of element.querySelectorAll("[data-control]")) {
      this.controls[control.dataset.control] = control;
      control.addEventListener("input", () => {
        if (control.dataset.control === "move") this.chosen();
        this.show();
        onChange();
      });
    }
    element.querySelector("[data-reset]").addEventListener("click", () => {
      this.value = {};
      onChange();
    });
    this.value = {};
  }

  // The shot's directives, as the API takes and tells them.
  get value() {
    const { controls, kept } = this;
    const chosen = (name) => controls[name].value || null;
    const weather = chosen("weather");
    const physics = { ...without(kept.physics, [...WEATHERS, "gravity", "drop"]), gravity: Number(chosen("gravity")) || null };
    if (weather) physics[weather] = Number(controls.strength.value) / 100;
    const what = controls.drop.value.trim();
    if (what) physics.drop = { ...without(kept.physics && kept.physics.drop, ["what"]), what };
    const camera = { ...without(kept.camera, ["moves", "framing", "angle"]), framing: chosen("framing"), angle: chosen("angle") };
    const moves = this.moves;
    if (moves.length) camera.moves = moves;
    const transition = chosen("transition");
    return {
      camera: filled(camera),
      lighting: filled({ ...without(kept.lighting, ["time", "side"]), time: chosen("time"), side: chosen("side") }),
      physics: filled(physics),
      transition: transition ? { ...without(kept.transition, ["kind"]), kind: transition } : null,
      title: controls.title.value,
      caption: controls.caption.value,
      clips: kept.clips || [],
    };
  }

  set value(given) {
    this.kept = JSON.parse(JSON.stringify(given || {}));
    const { camera, lighting, physics, transition, title, caption } = this.kept;
    const { controls } = this;
    const moves = (camera && camera.moves) || [];
    controls.move.value = moves.length > 1 ? "several" : moves.length ? moves[0].kind : "";
    const [first] = moves;
    controls.amount.value = first ? this.share(first) : 40;
    controls.framing.value = (camera && camera.framing) || "";
    controls.angle.value = (camera && camera.angle) || "";
    controls.time.value = (lighting && lighting.time) || "";
    controls.side.value = (lighting && lighting.side) || "";
    controls.transition.value = (transition && transition.kind) || "";
    const weather = WEATHERS.find((each) => physics && typeof physics[each] === "number");
    controls.weather.value = weather || "";
    controls.strength.value = weather ? Math.round(physics[weather] * 100) : 50;
    this.offer(physics && physics.gravity);
    controls.gravity.value = (physics && physics.gravity) || "";
    controls.drop.value = (physics && physics.drop && physics.drop.what) || "";
    controls.title.value = title || "";
    controls.caption.value = caption || "";
    this.show();
    if (this.words.length) this.element.open = true;
  }

  // A gravity that the list does not have, from a request made elsewhere.
  offer(gravity) {
    const { options } = this.controls.gravity;
    if (gravity && !Array.from(options).some((option) => Number(option.value) === gravity)) {
      this.controls.gravity.add(new Option(`${gravity} m/s\u00b2`, gravity));
    }
  }

  get option() {
    return this.controls.move.selectedOptions[0];
  }

  get moves() {
    const { value } = this.controls.move;
    const kept = (this.kept.camera && this.kept.camera.moves) || [];
    if (value === "several") return kept;
    if (!value) return [];
    const same = kept.length === 1 && kept[0].kind === value ? without(kept[0], ["amount", "reverse", "speed"]) : {};
    if (value === "static") return [{ kind: value }];
    return [{ ...same, kind: value, amount: this.amount }];
  }

  // Where the slider stands, from -100 to 100, as an amount within the range of its kind. Zooms grow by ratios.
  get amount() {
    const { least, most } = this.option.dataset;
    const share = Number(this.controls.amount.value) / 100;
    const [low, high] = [Number(least), Number(most)];
    const size = this.option.value === "zoom" ? low * (high / low) ** Math.abs(share) : low + (high - low) * Math.abs(share);
    return Number(((share < 0 ? -1 : 1) * size).toFixed(3));
  }

  share(move) {
    const option = Array.from(this.controls.move.options).find((each) => each.value === move.kind);
    if (!option || !option.dataset.most) return 40;
    if (move.amount === null || move.amount === undefined) return move.reverse ? -40 : 40;
    const [low, high, size] = [Number(option.dataset.least), Number(option.dataset.most), Math.abs(move.amount)];
    const part = move.kind === "zoom" ? Math.log(size / low) / Math.log(high / low) : (size - low) / (high - low);
    return Math.round(Math.sign(move.amount) * Math.max(part, 0.01) * 100);
  }

  // Another kind of move begins at a moderate amount in its own direction.
  chosen() {
    this.controls.amount.value = 40;
  }

  show() {
    const { option, controls } = this;
    const moving = Boolean(option.dataset.most);
    const slider = this.element.querySelector("[data-amount]");
    slider.hidden = !moving;
    if (moving) {
      slider.querySelector("[data-back]").textContent = option.dataset.back;
      slider.querySelector("[data-forth]").textContent = option.dataset.forth;
      slider.querySelector("[data-amount-words]").textContent = this.amountWords();
      controls.amount.setAttribute("aria-label", `How far to ${option.value}: ${option.dataset.back} or ${option.dataset.forth}`);
      controls.amount.setAttribute("aria-valuetext", `${this.direction} ${this.amountWords()}`);
    }
    this.element.querySelector("[data-strength]").hidden = !controls.weather.value;
    this.element.querySelector("[data-strength-words]").textContent = `${controls.strength.value} %`;
    const { words } = this;
    this.element.querySelector("[data-set]").textContent = words.join(" \u00b7 ");
    this.element.querySelector("[data-reset]").hidden = !words.length;
  }

  get direction() {
    return this.amount < 0 ? this.option.dataset.back : this.option.dataset.forth;
  }

  amountWords() {
    const { unit } = this.option.dataset;
    const size = Math.abs(this.amount);
    if (unit.startsWith("%")) return `${Math.round(size * 100)} ${unit}`;
    return unit === "\u00b0" ? `${Math.round(size)}\u00b0` : `${size.toFixed(2)}${unit}`;
  }

  // What is set, in few words, for the line that stays when the panel is closed.
  get words() {
    const { controls, option } = this;
    const found = [];
    if (option.value === "static") found.push("camera stands still");
    else if (option.value === "several") found.push("several moves");
    else if (option.value) found.push(`${option.value} ${this.direction} ${this.amountWords()}`);
    if (controls.framing.value) found.push(`${controls.framing.value} shot`);
    if (controls.angle.value) found.push(controls.angle.selectedOptions[0].textContent);
    if (controls.time.value) found.push(controls.time.selectedOptions[0].textContent);
    if (controls.side.value) found.push(`light from ${controls.side.selectedOptions[0].textContent}`);
    if (controls.weather.value) found.push(`${controls.weather.value} ${controls.strength.value} %`);
    if (controls.gravity.value) found.push(`gravity ${controls.gravity.value}`);
    if (controls.drop.value.trim()) found.push(`${controls.drop.value.trim()} falls`);
    if (controls.transition.value) found.push(controls.transition.value);
    if (controls.title.value.trim()) found.push("title");
    if (controls.caption.value.trim()) found.push("caption");
    return found;
  }
}
