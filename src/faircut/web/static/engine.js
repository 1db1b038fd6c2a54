// What the chosen engine can make: the settings offer that and nothing else.

// The nearest of some numbers; of two that are as near, the smaller.
function nearest(values, wanted) {
  return values.reduce((best, each) => (Math.abs(each - wanted) < Math.abs(best - wanted) ? each : best));
}

export class Engine {
  constructor(form, many) {
    this.form = form;
    this.many = many;
    // What its writer chose, which comes back with an engine that can do it.
    this.wanted = {};
    this.slider = form.elements.duration;
    // Before anybody else is told, so that nobody reads a length that is not made.
    this.slider.addEventListener("input", () => this.snap());
    for (const name of ["duration", "size", "ratio", "audio"]) {
      for (const field of form.querySelectorAll(`[name=${name}]`)) {
        field.addEventListener("change", () => (this.wanted[name] = this.chosen[name]));
      }
    }
    form.elements.engine.addEventListener("input", () => this.apply());
  }

  // Null where the operator's options for the engine make no sense.
  get able() {
    const option = this.form.elements.engine.selectedOptions[0];
    return option ? JSON.parse(option.dataset.able) : null;
  }

  get chosen() {
    const { elements } = this.form;
    return {
      duration: Number(elements.duration.value),
      size: elements.size.value,
      ratio: elements.ratio.value,
      audio: elements.audio.checked,
    };
  }

  apply() {
    const { able } = this;
    if (!able) return;
    this.wanted = { ...this.chosen, ...this.wanted };
    this.slider.min = Math.min(...able.durations);
    this.slider.max = Math.max(...able.durations);
    this.slider.value = this.wanted.duration;
    this.snap();
    this.offer("size", able.sizes);
    this.offer("ratio", able.ratios);
    const { audio } = this.form.elements;
    audio.disabled = !(able.sound && able.silence);
    audio.checked = able.sound && (!able.silence || this.wanted.audio);
    this.many.textContent = this.counts(able);
  }

  snap() {
    if (this.able) this.slider.value = nearest(this.able.durations, Number(this.slider.value));
  }

  offer(name, made) {
    const fields = [...this.form.querySelectorAll(`[name=${name}]`)];
    for (const field of fields) {
      field.disabled = !made.includes(field.value);
      field.parentElement.title = field.disabled ? `${this.form.elements.engine.value} does not make it` : "";
    }
    const values = fields.map((field) => field.value);
    const places = values.flatMap((value, place) => (made.includes(value) ? [place] : []));
    if (places.length) fields[nearest(places, values.indexOf(this.wanted[name]))].checked = true;
  }

  counts(able) {
    const kinds = [
      [able.most_images, "image"],
      [able.most_clips, "clip"],
      [able.most_sounds, "sound"],
    ];
    const words = kinds.filter(([most]) => most).map(([most, what]) => `${most} ${what}${most > 1 ? "s" : ""}`);
    return words.length ? `Up to ${words.join(", ")}` : `${this.form.elements.engine.value} takes no files`;
  }

  // Why the files that are there cannot go to this engine, or "".
  refuses(files, label) {
    const { able } = this;
    if (!able) return "";
    const most = { image: able.most_images, video: able.most_clips, audio: able.most_sounds };
    const counts = { image: 0, video: 0, audio: 0 };
    for (const file of files) {
      counts[file.kind] += 1;
      if (counts[file.kind] > most[file.kind]) {
        return `${this.form.elements.engine.value} does not take ${label(file)}: remove it, or choose another engine.`;
      }
    }
    return "";
  }
}
