// The studio page: holds the request together, asks for the verdict while it is written, and sends it.

import { make, reasonItem, verdictChip } from "./dom.js";
import { Engine } from "./engine.js";
import { Files, KINDS } from "./files.js";
import { randomKey, request } from "./http.js";
import { Shots } from "./shots.js";

const PREFLIGHT_DELAY_MS = 200;
const DRAFT = "faircut-draft";
const HEIGHTS = { "480p": 480, "720p": 720, "1080p": 1080, "2k": 1152 };

function asShot({ prompt, title, caption, falls }) {
  return { prompt, title, caption, physics: falls ? { drop: { what: falls } } : null };
}

class Studio extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.verdict = this.querySelector("[data-verdict]");
    this.summary = this.querySelector("[data-summary]");
    this.whyNot = this.querySelector("[data-why-not]");
    this.button = this.querySelector("[data-generate]");
    this.decision = null;
    this.replaced = null;
    this.judgedText = "";
    this.problem = null;
    this.ready = false;
    this.key = randomKey();
    this.shots = new Shots(this.querySelector("[data-shots]"), this.querySelector("[data-add-shot]"), () =>
      this.edited(),
    );
    this.files = new Files(this.querySelector("[data-files]"), {
      maxBytes: Number(this.dataset.maxUploadBytes),
      onChange: () => this.edited(),
      onInsert: (words) => this.shots.insert(words),
      onRemove: (word, place) => this.shots.renumber(word, place),
    });
    this.engine = new Engine(this.form, this.querySelector("[data-many]"));
    this.form.addEventListener("input", () => this.edited());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.generate();
    });
    this.querySelector("[data-new-seed]").addEventListener("click", () => {
      this.form.elements.seed.value = crypto.getRandomValues(new Uint32Array(1))[0] % 1000000;
      this.edited();
    });
    this.start();
  }

  async start() {
    let draft = null;
    try {
      draft = await this.earlier();
    } catch (error) {
      this.problem = error;
    }
    for (const shot of draft && draft.shots.length ? draft.shots : [{}]) this.shots.add(shot);
    if (draft) {
      this.fill(draft.settings);
      try {
        await this.files.restore(draft.files);
      } catch (error) {
        this.problem = error;
      }
    }
    this.engine.apply();
    this.ready = true;
    this.edited();
    this.setAttribute("data-ready", "");
  }

  // Either the request of an earlier job (/?job=...), or what was being written when the page was left.
  async earlier() {
    const job = new URLSearchParams(location.search).get("job");
    if (job) {
      const { request: asked } = await request("GET", `/v1/generations/${encodeURIComponent(job)}`);
      const kept = JSON.parse(sessionStorage.getItem(DRAFT) || "null");
      return { shots: asked.shots, settings: asked, files: kept && kept.job === job ? kept.files : [] };
    }
    return JSON.parse(sessionStorage.getItem(DRAFT) || "null");
  }

  fill(settings) {
    const { elements } = this.form;
    if (settings.engine !== undefined) elements.engine.value = settings.engine;
    // An engine that is not there any more.
    if (elements.engine.selectedIndex < 0) elements.engine.querySelector("option:enabled").selected = true;
    if (this.engine.able) elements.duration.max = Math.max(...this.engine.able.durations);
    for (const name of ["size", "ratio", "duration", "seed"]) {
      if (settings[name] !== undefined) elements[name].value = settings[name];
    }
    elements.audio.checked = settings.audio;
  }

  get settings() {
    const { elements } = this.form;
    return {
      size: elements.size.value,
      ratio: elements.ratio.value,
      duration: Number(elements.duration.value),
      seed: Number(elements.seed.value),
      audio: elements.audio.checked,
      engine: elements.engine.value,
    };
  }

  save(job = null) {
    const files = this.files.all.filter((file) => file.id).map((file) => file.id);
    sessionStorage.setItem(
      DRAFT,
      JSON.stringify({ shots: this.shots.values, settings: this.settings, files, job }),
    );
  }

  edited() {
    if (!this.ready) return;
    // Another request, so another key: a repeated key would return the job made for the first one.
    this.key = randomKey();
    this.save();
    this.describe();
    this.judge();
  }

  judge() {
    clearTimeout(this.timer);
    if (this.asking) this.asking.abort();
    const { words } = this;
    const sent = JSON.stringify([words, this.files.names]);
    if (sent === this.judgedText) return this.update();
    if (!words.some((shot) => Object.values(shot).some((text) => text.trim())) && !this.files.names.length) {
      this.decision = null;
      this.judgedText = sent;
      this.shots.highlight([]);
      return this.update();
    }
    this.update();
    this.timer = setTimeout(async () => {
      this.asking = new AbortController();
      try {
        const { decision, highlights } = await request("POST", "/v1/preflight", {
          body: { shots: words.map(asShot), names: this.files.names, only: "words" },
          signal: this.asking.signal,
        });
        this.decision = decision;
        this.problem = null;
        this.shots.highlight(highlights);
      } catch (error) {
        if (error.name === "AbortError") return;
        this.decision = null;
        this.problem = error;
      }
      this.judgedText = sent;
      this.update();
    }, PREFLIGHT_DELAY_MS);
  }

  // All that a shot says: what is judged, and judged again when it changes.
  get words() {
    return this.shots.values.map(({ prompt, title, caption, physics }) => {
      const falls = (physics && physics.drop && physics.drop.what) || "";
      return { prompt, title, caption, falls };
    });
  }

  get judging() {
    return JSON.stringify([this.words, this.files.names]) !== this.judgedText;
  }

  update() {
    this.showVerdict();
    const reason = this.obstacle();
    this.button.setAttribute("aria-disabled", String(Boolean(reason)));
    const words = reason || "Nothing is spent until you press Generate.";
    if (this.whyNot.textContent !== words) this.whyNot.textContent = words;
  }

  showVerdict() {
    const line = this.verdict.querySelector(".verdict-line");
    const list = this.verdict.querySelector(".reasons");
    if (this.problem) {
      line.replaceChildren(make("span", { class: "chip block" }, "Not checked"));
      list.replaceChildren(
        make("li", { class: "notice block" }, this.problem.message, make("div", { class: "remedy" }, this.problem.remedy)),
      );
      this.verdict.dataset.state = "error";
      return;
    }
    if (!this.decision) {
      const empty = !this.shots.texts.some((text) => text.trim());
      line.replaceChildren(
        make("span", { class: "muted" }, empty ? "The verdict on your text appears here as you write." : "Checking"),
      );
      list.replaceChildren();
      this.verdict.dataset.state = "empty";
      return;
    }
    if (this.judging) {
      this.verdict.dataset.state = "judging";
      return;
    }
    const { verdict, reasons, checks } = this.decision;
    const words = `${checks.length} ${checks.length === 1 ? "check" : "checks"} ran`;
    line.replaceChildren(verdictChip(verdict), make("span", { class: "muted small" }, words));
    list.replaceChildren(...reasons.map((reason) => reasonItem(reason, { showInput: / of shot \d+$/.test(reason.input) })), ...this.offer(verdict));
    this.verdict.dataset.state = verdict;
  }

  // Below the reasons: a rewrite on request, and the way back once it was taken.
  offer(verdict) {
    const offers = [];
    if (verdict !== "allow") {
      const button = make("button", { class: "button compact", type: "button", "data-rewrite": true }, "Rewrite it so that it passes");
      button.addEventListener("click", () => this.rewrite(button));
      offers.push(make("li", { class: "offer" }, button, make("span", { class: "muted small", "data-rewrite-words": true })));
    } else if (this.replaced) {
      const back = make("button", { class: "button compact", type: "button", "data-undo": true }, "Undo the rewrite");
      back.addEventListener("click", () => this.take(this.replaced, null));
      offers.push(make("li", { class: "offer" }, back));
    }
    return offers;
  }

  async rewrite(button) {
    const before = this.shots.values;
    const words = button.parentElement.querySelector("[data-rewrite-words]");
    button.disabled = true;
    words.textContent = "Looking for other words";
    try {
      const { shots } = await request("POST", "/v1/rewrite", { body: { shots: this.shots.texts, names: this.files.names } });
      if (shots) return this.take(before.map((shot, index) => ({ ...shot, prompt: shots[index] })), before);
      words.textContent = "No rewrite is offered. Describe something of your own instead.";
    } catch (error) {
      words.textContent = `${error.message} ${error.remedy}`;
    }
    button.disabled = false;
  }

  take(shots, replaced) {
    this.shots.replace(shots);
    this.replaced = replaced;
    this.edited();
  }

  describe() {
    const { size, ratio, duration, audio } = this.settings;
    this.querySelector("[data-duration]").value = `${duration} s`;
    const engine = this.form.elements.engine.selectedOptions[0];
    const count = this.shots.all.length;
    const files = this.files.all.length;
    const parts = [`${count} ${count === 1 ? "shot" : "shots"}`];
    if (files) parts.push(`${files} ${files === 1 ? "file" : "files"}`);
    const verb = count + files === 1 ? "becomes" : "become";
    const made = `${parts.join(" and ")} ${verb} one ${duration} s video at ${HEIGHTS[size]}p, ${ratio}, ${
      audio ? "with sound" : "silent"
    }.`;
    this.summary.replaceChildren(
      make("p", {}, made.replace("1152p", "2K")),
      make("p", { class: "muted small" }, `Made by ${engine.value}: ${engine.dataset.label}.`),
    );
    if ("costs" in engine.dataset) this.price(engine.value, { size, ratio, duration, audio });
  }

  async price(engine, shape) {
    const line = make("p", { class: "small" });
    this.summary.append(line);
    const query = new URLSearchParams(shape);
    this.prices ??= new Map();
    const asked = `/v1/engines/${encodeURIComponent(engine)}/price?${query}`;
    if (!this.prices.has(asked)) this.prices.set(asked, request("GET", asked));
    try {
      const price = await this.prices.get(asked);
      const least = price?.least || this.files.all.some((file) => file.kind === "video");
      if (price?.amount == null) line.textContent = "What it costs is not known.";
      else line.textContent = `Costs ${least ? "at least" : "about"} ${price.amount.toFixed(2)} ${price.unit}.`;
    } catch (error) {
      this.prices.delete(asked);
      line.textContent = error.message;
    }
  }

  obstacle() {
    const { elements } = this.form;
    const texts = this.shots.texts;
    const empty = texts.findIndex((text) => !text.trim());
    if (empty >= 0) {
      return texts.length === 1 ? "Write what the shot shows." : `Shot ${empty + 1} is empty: write it or remove it.`;
    }
    for (const file of this.files.all) {
      const label = this.files.label(file);
      if (file.state === "failed") return `${label} was not accepted: remove or replace it.`;
      if (file.state !== "judged") return `${label} is still being checked.`;
      if (!file.decision.allows) return `${label} cannot be used: remove or replace it.`;
    }
    const refused = this.engine.refuses(this.files.all, (file) => this.files.label(file));
    if (refused) return refused;
    const dangling = this.dangling();
    if (dangling) return dangling;
    const fixed = this.shots.values.reduce((sum, shot) => sum + (shot.seconds || 0), 0);
    if (fixed > this.settings.duration) {
      return `The shots add up to ${fixed} s, the video lasts ${this.settings.duration} s.`;
    }
    if (!elements.seed.checkValidity()) return "The seed is a whole number from 0 to 4294967295.";
    if (this.problem) return "The text could not be checked.";
    if (this.judging) return "Checking the text.";
    if (this.decision && !this.decision.allows) {
      return this.decision.verdict === "review"
        ? "The text would need a review: change the marked words."
        : "The text is refused: change the marked words.";
    }
    return "";
  }

  dangling() {
    for (const [index, text] of this.shots.texts.entries()) {
      for (const [kind, { word }] of Object.entries(KINDS)) {
        const have = this.files.all.filter((file) => file.kind === kind).length;
        for (const found of text.matchAll(new RegExp(`\\b${word} (\\d+)\\b`, "gi"))) {
          if (Number(found[1]) > have || Number(found[1]) < 1) {
            return `Shot ${index + 1} mentions ${word} ${found[1]}, which is not there.`;
          }
        }
      }
    }
    return "";
  }

  async generate() {
    if (this.sending || this.obstacle()) {
      this.whyNot.focus();
      return;
    }
    this.sending = true;
    this.button.setAttribute("aria-disabled", "true");
    this.button.textContent = "Sending";
    try {
      const job = await request("POST", "/v1/generations", {
        headers: { "Idempotency-Key": this.key },
        body: {
          shots: this.shots.values,
          images: this.files.ids("image"),
          clips: this.files.ids("video"),
          sounds: this.files.ids("audio"),
          ...this.settings,
        },
      });
      this.save(job.id);
      location.assign(`/jobs/${job.id}`);
    } catch (error) {
      this.whyNot.textContent = `${error.message} ${error.remedy}`;
      this.button.setAttribute("aria-disabled", "false");
      this.button.textContent = "Generate";
    } finally {
      this.sending = false;
    }
  }
}

customElements.define("fc-studio", Studio);
