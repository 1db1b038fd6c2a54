// The shots of the request: their texts, seconds, and the words at fault marked in place.

import { Directives } from "./directives.js";
import { clone, make } from "./dom.js";

const MAX_SHOTS = 12;

export class Shots {
  constructor(list, addButton, onChange) {
    this.list = list;
    this.addButton = addButton;
    this.onChange = onChange;
    this.lastFocused = null;
    addButton.addEventListener("click", () => {
      this.add().textarea.focus();
      this.changed();
    });
  }

  get all() {
    return Array.from(this.list.children, (element) => element.shot);
  }

  get texts() {
    return this.all.map((shot) => shot.textarea.value);
  }

  get values() {
    return this.all.map((shot) => {
      const seconds = parseFloat(shot.seconds.value);
      return {
        prompt: shot.textarea.value,
        seconds: Number.isFinite(seconds) ? seconds : null,
        ...shot.directives.value,
      };
    });
  }

  add({ prompt = "", seconds = null, ...directives } = {}) {
    const element = clone("shot-template");
    const shot = {
      element,
      textarea: element.querySelector("textarea"),
      ink: element.querySelector(".editor-ink"),
      seconds: element.querySelector("[data-seconds]"),
      remove: element.querySelector("[data-remove]"),
      spans: [],
    };
    shot.directives = new Directives(element.querySelector(".controls"), () => this.changed());
    shot.directives.value = directives;
    element.shot = shot;
    shot.textarea.value = prompt;
    shot.seconds.value = seconds ?? "";
    shot.textarea.addEventListener("input", () => {
      shot.spans = [];
      this.paint(shot);
      this.changed();
    });
    shot.textarea.addEventListener("focus", () => {
      this.lastFocused = shot;
    });
    shot.seconds.addEventListener("input", () => this.changed());
    shot.remove.addEventListener("click", () => {
      const next = element.nextElementSibling || element.previousElementSibling;
      element.remove();
      if (next) next.shot.textarea.focus();
      this.changed();
    });
    this.list.append(element);
    this.number();
    this.paint(shot);
    return shot;
  }

  replace(values) {
    values.forEach(({ prompt }, index) => {
      const shot = this.all[index];
      shot.textarea.value = prompt;
      shot.spans = [];
      this.paint(shot);
    });
  }

  changed() {
    this.number();
    this.onChange();
  }

  number() {
    const all = this.all;
    all.forEach((shot, index) => {
      const name = `Shot ${index + 1}`;
      shot.element.querySelector("h3").textContent = name;
      shot.textarea.setAttribute("aria-label", `${name}: what it shows`);
      shot.seconds.setAttribute("aria-label", `${name}: seconds`);
      shot.remove.setAttribute("aria-label", `Remove ${name}`);
      shot.remove.hidden = all.length === 1;
    });
    this.addButton.disabled = all.length >= MAX_SHOTS;
  }

  insert(words) {
    const shot = this.lastFocused && this.lastFocused.element.isConnected ? this.lastFocused : this.all[0];
    const area = shot.textarea;
    const before = area.value.slice(0, area.selectionStart);
    const after = area.value.slice(area.selectionEnd);
    const space = before && !/\s$/.test(before) ? " " : "";
    const trail = after && !/^[\s.,;:!?]/.test(after) ? " " : "";
    area.value = before + space + words + trail + after;
    const at = (before + space + words).length;
    area.focus();
    area.setSelectionRange(at, at);
    area.dispatchEvent(new Event("input"));
  }

  // A file was taken away: those after it of its kind move up by one, in the text too.
  renumber(word, removed) {
    const pattern = new RegExp(`\\b${word} (\\d+)\\b`, "gi");
    for (const shot of this.all) {
      const changed = shot.textarea.value.replace(pattern, (whole, digits) =>
        Number(digits) > removed ? `${word} ${Number(digits) - 1}` : whole,
      );
      if (changed !== shot.textarea.value) {
        shot.textarea.value = changed;
        shot.spans = [];
        this.paint(shot);
      }
    }
  }

  // spans: [{shot, start, end, verdict}], counted in code points as the server counts them.
  highlight(spans) {
    this.all.forEach((shot, index) => {
      shot.spans = spans.filter((span) => span.shot === index).sort((a, b) => a.start - b.start);
      this.paint(shot);
    });
  }

  paint(shot) {
    const points = Array.from(shot.textarea.value);
    const parts = [];
    let at = 0;
    for (const span of shot.spans) {
      const start = Math.max(at, span.start);
      if (span.end <= start) continue;
      parts.push(points.slice(at, start).join(""));
      parts.push(make("mark", { class: span.verdict }, points.slice(start, span.end).join("")));
      at = span.end;
    }
    parts.push(points.slice(at).join(""), "\n");
    shot.ink.replaceChildren(...parts);
    this.fit(shot);
  }

  fit(shot) {
    if (CSS.supports("field-sizing", "content")) return;
    shot.textarea.style.height = "auto";
    shot.textarea.style.height = `${shot.textarea.scrollHeight + 2}px`;
  }
}
