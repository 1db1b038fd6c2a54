// Two files side by side: asks the API what they share, plays both in step, and outlines where the copy stands.

import { clock, make } from "./dom.js";
import { sendForm } from "./http.js";

const SVG = "http://www.w3.org/2000/svg";
const SIDES = ["first", "second"];
const DRIFT_S = 0.15;

function drawn(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}

class Compare extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.wait = this.querySelector("[data-wait]");
    this.problem = this.querySelector("[data-problem]");
    this.result = this.querySelector("[data-result]");
    this.lines = this.querySelector("[data-lines]");
    this.list = this.querySelector("[data-copies]");
    this.seek = this.querySelector("[data-seek]");
    this.button = this.querySelector("[data-play]");
    this.players = {};
    this.urls = [];
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.ask();
    });
    this.seek.addEventListener("input", () => this.goTo(Number(this.seek.value) / 1000));
    this.button.addEventListener("click", () => (this.playing ? this.stop() : this.play()));
  }

  async ask() {
    const submit = this.form.querySelector("button[type=submit]");
    const words = this.querySelector("[data-words]");
    const bar = this.wait.querySelector("progress");
    this.stop();
    this.problem.hidden = true;
    this.result.hidden = true;
    const big = SIDES.find((side) => this.form.elements[side].files[0].size > Number(this.dataset.maxBytes));
    if (big) return this.fail({ message: "The file is too large.", remedy: "Choose a shorter cut of it." });
    submit.disabled = true;
    this.wait.hidden = false;
    words.textContent = "Sending";
    try {
      const answer = await sendForm("/v1/compare", new FormData(this.form), (share) => {
        if (share < 1) bar.value = share;
        else bar.removeAttribute("value");
        words.textContent = share < 1 ? "Sending" : "Comparing every frame and the sound";
      }).done;
      this.show(answer);
    } catch (error) {
      this.fail(error);
    } finally {
      submit.disabled = false;
      this.wait.hidden = true;
    }
  }

  fail(error) {
    this.problem.hidden = false;
    this.problem.textContent = [error.message, error.remedy].filter(Boolean).join(" ");
  }

  show(answer) {
    this.answer = answer;
    for (const url of this.urls) URL.revokeObjectURL(url);
    this.urls = [];
    for (const side of SIDES) {
      this.querySelector(`[data-name=${side}]`).textContent = answer[side].name;
      this.querySelector(`[data-clock=${side}]`).textContent = "";
      this.mount(side, answer[side], this.form.elements[side].files[0]);
    }
    const count = answer.copies.length;
    this.querySelector("[data-headline]").textContent = count
      ? `${count} ${count === 1 ? "stretch" : "stretches"} in common`
      : "Nothing of the first was found in the second";
    this.list.replaceChildren(...answer.copies.map((copy, index) => this.item(copy, index)));
    this.result.hidden = false;
    this.chosen = null;
    this.draw();
    if (count) this.choose(0);
    this.querySelector("[data-controls]").hidden = !count || !this.timed;
  }

  mount(side, file, blob) {
    const frame = this.querySelector(`[data-frame=${side}]`);
    const url = URL.createObjectURL(blob);
    this.urls.push(url);
    const tag = { image: "img", audio: "audio", video: "video" }[file.kind];
    const player = make(tag, { src: url, preload: "auto", playsinline: true });
    if (tag === "img") player.alt = file.name;
    else player.muted = side === "second" || tag === "video";
    if (tag === "audio") player.controls = true;
    const overlay = drawn("svg", { viewBox: "0 0 1 1", preserveAspectRatio: "none", "data-overlay": side });
    frame.replaceChildren(player, overlay);
    this.players[side] = { player, overlay, file };
    const fit = () => this.fit(side);
    player.addEventListener(tag === "img" ? "load" : "loadedmetadata", fit);
    if (tag !== "img") player.addEventListener("timeupdate", () => this.tell(side));
  }

  // The picture is letterboxed in its frame: the overlay takes the place that the picture really has.
  fit(side) {
    const { player, overlay } = this.players[side];
    const [width, height] = [player.videoWidth || player.naturalWidth, player.videoHeight || player.naturalHeight];
    if (!width || !height) return;
    const box = overlay.parentElement;
    const across = width / height > box.clientWidth / box.clientHeight;
    const share = across ? (box.clientWidth * height) / width / box.clientHeight : (box.clientHeight * width) / height / box.clientWidth;
    const [w, h] = across ? [1, share] : [share, 1];
    overlay.setAttribute("viewBox", `${-(1 - w) / 2 / w} ${-(1 - h) / 2 / h} ${1 / w} ${1 / h}`);
  }

  item(copy, index) {
    const spans = SIDES.filter((side) => copy[side]).map(
      (side) => `${this.answer[side].name}: ${clock(copy[side][0])} to ${clock(copy[side][1])}`,
    );
    const chance = copy.probability === null ? "" : `, chance of a copy ${(Math.min(copy.probability, 0.999) * 100).toFixed(1)} %`;
    const button = make(
      "button",
      { type: "button", "aria-pressed": "false" },
      make("b", {}, `${copy.sense === "sound" ? "Sound" : "Picture"}: ${copy.changes.join(", ") || "as it is"}`),
      make("span", { class: "muted small" }, spans.join("  ·  ")),
      make("span", { class: "muted small" }, `${copy.detector}, score ${copy.score.toFixed(2)}${chance}`),
    );
    button.addEventListener("click", () => this.choose(index));
    return make("li", {}, button);
  }

  choose(index) {
    this.stop();
    this.chosen = this.answer.copies[index];
    this.list.querySelectorAll("button").forEach((button, at) => button.setAttribute("aria-pressed", String(at === index)));
    this.draw();
    const region = this.chosen.evidence.region || {};
    for (const [side, corners] of [["first", region.query], ["second", region.reference]]) {
      const { overlay } = this.players[side];
      overlay.replaceChildren(
        ...(corners ? [drawn("polygon", { points: corners.map((corner) => corner.join(",")).join(" ") })] : []),
      );
    }
    this.seek.value = 0;
    this.goTo(0);
  }

  get timed() {
    return Boolean(this.chosen && this.chosen.first && this.answer.first.seconds);
  }

  get backwards() {
    return Boolean(this.chosen.evidence.reversed) || (this.chosen.evidence.speed || 1) < 0;
  }

  // Where a share of the chosen stretch lies on one side, in seconds.
  at(side, share) {
    const span = this.chosen[side];
    if (!span) return 0;
    const along = side === "second" && this.backwards ? 1 - share : share;
    return span[0] + (span[1] - span[0]) * along;
  }

  goTo(share) {
    if (!this.chosen) return;
    for (const side of SIDES) {
      const { player, file } = this.players[side];
      if (file.kind !== "image") player.currentTime = this.at(side, share);
      this.tell(side);
    }
    this.mark(share);
  }

  tell(side) {
    const { player, file } = this.players[side];
    this.querySelector(`[data-clock=${side}]`).textContent = file.kind === "image" ? "" : clock(player.currentTime);
  }

  play() {
    if (!this.timed) return;
    this.playing = true;
    this.button.textContent = "Pause";
    if (Number(this.seek.value) >= 1000) this.goTo(0);
    const { player } = this.players.first;
    player.play();
    const second = this.players.second;
    const follows = second.file.kind !== "image" && this.chosen.second;
    const span = this.chosen.first;
    const speed = follows ? (this.chosen.second[1] - this.chosen.second[0]) / Math.max(span[1] - span[0], 0.1) : 0;
    const smooth = follows && !this.backwards && speed > 0.1;
    if (smooth) {
      second.player.playbackRate = Math.min(Math.max(speed, 0.25), 4);
      second.player.play();
    }
    const step = () => {
      if (!this.playing) return;
      const share = (player.currentTime - span[0]) / Math.max(span[1] - span[0], 0.001);
      this.seek.value = Math.round(share * 1000);
      this.mark(share);
      if (follows) {
        const wanted = this.at("second", share);
        if (!smooth || Math.abs(second.player.currentTime - wanted) > DRIFT_S) second.player.currentTime = wanted;
      }
      if (share >= 1 || player.ended) return this.stop();
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }

  stop() {
    this.playing = false;
    this.button.textContent = "Play in step";
    for (const { player } of Object.values(this.players)) if (player.pause) player.pause();
  }

  draw() {
    const lengths = SIDES.map((side) => this.answer[side].seconds);
    this.lines.toggleAttribute("hidden", !lengths.every(Boolean));
    if (!lengths.every(Boolean)) return;
    const rows = [0, 86];
    const parts = rows.map((y) => drawn("rect", { class: "track", x: 0, y, width: 1000, height: 22, rx: 3 }));
    for (const copy of this.answer.copies) {
      if (!copy.first || !copy.second) continue;
      const group = drawn("g", copy === this.chosen ? { class: "chosen" } : {});
      const [a, b, c, d] = [...copy.first.map((s) => (s / lengths[0]) * 1000), ...copy.second.map((s) => (s / lengths[1]) * 1000)];
      group.append(drawn("polygon", { class: "band", points: `${a},22 ${b},22 ${d},86 ${c},86` }));
      group.append(drawn("rect", { class: "hit", x: a, y: 0, width: Math.max(b - a, 4), height: 22 }));
      group.append(drawn("rect", { class: "hit", x: c, y: 86, width: Math.max(d - c, 4), height: 22 }));
      parts.push(group);
    }
    this.cursor = drawn("line", { class: "now", x1: 0, y1: 22, x2: 0, y2: 86 });
    this.lines.replaceChildren(...parts, this.cursor);
  }

  mark(share) {
    const lengths = SIDES.map((side) => this.answer[side].seconds);
    if (!lengths.every(Boolean) || !this.cursor) return;
    this.cursor.setAttribute("x1", (this.at("first", share) / lengths[0]) * 1000);
    this.cursor.setAttribute("x2", (this.at("second", share) / lengths[1]) * 1000);
  }
}

customElements.define("fc-compare", Compare);
