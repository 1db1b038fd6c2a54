// The files of the request: each is sent at once and judged before anything is spent.

import { clone, make, verdictChip } from "./dom.js";
import { request, sendForm } from "./http.js";

export const KINDS = {
  image: { word: "Image", limit: 9, many: "images" },
  video: { word: "Video", limit: 3, many: "clips" },
  audio: { word: "Audio", limit: 3, many: "sounds" },
};

const GLYPHS = { image: "glyph-image", video: "glyph-video", audio: "glyph-audio" };

export class Files {
  constructor(root, { onChange, onInsert, onRemove, maxBytes }) {
    this.list = root.querySelector(".tiles");
    this.drop = root.querySelector(".drop");
    this.picker = root.querySelector("input[type=file]");
    this.status = root.querySelector("[data-file-status]");
    this.onChange = onChange;
    this.onInsert = onInsert;
    this.onRemove = onRemove;
    this.maxBytes = maxBytes;
    this.all = [];
    this.picker.addEventListener("change", () => {
      this.take(this.picker.files);
      this.picker.value = "";
    });
    root.querySelector("[data-choose]").addEventListener("click", () => this.picker.click());
    for (const name of ["dragenter", "dragover"]) {
      this.drop.addEventListener(name, (event) => {
        event.preventDefault();
        this.drop.classList.add("over");
      });
    }
    this.drop.addEventListener("dragleave", (event) => {
      if (!this.drop.contains(event.relatedTarget)) this.drop.classList.remove("over");
    });
    this.drop.addEventListener("drop", (event) => {
      event.preventDefault();
      this.drop.classList.remove("over");
      this.take(event.dataTransfer.files);
    });
    // A file dropped beside the zone must not make the browser leave the page.
    for (const name of ["dragover", "drop"]) {
      window.addEventListener(name, (event) => event.preventDefault());
    }
  }

  ids(kind) {
    return this.all.filter((file) => file.kind === kind && file.id).map((file) => file.id);
  }

  get names() {
    return this.all.map((file) => file.name);
  }

  label(file) {
    const place = this.all.filter((each) => each.kind === file.kind).indexOf(file) + 1;
    return file.kind in KINDS ? `${KINDS[file.kind].word} ${place}` : "File";
  }

  take(chosen) {
    for (const blob of chosen) {
      const file = this.place({ name: blob.name, kind: blob.type.split("/")[0], blob });
      this.send(file, blob);
    }
    this.changed();
  }

  async restore(ids) {
    for (const id of ids) {
      try {
        const upload = await request("GET", `/v1/uploads/${encodeURIComponent(id)}`);
        const file = this.place({ name: upload.name, kind: upload.kind });
        this.judged(file, upload);
      } catch (error) {
        if (error.status !== 404) throw error;
      }
    }
    this.changed();
  }

  place({ name, kind, blob = null }) {
    const element = clone("tile-template");
    const file = { name, kind, element, id: null, decision: null, state: "sending", error: null, sending: null };
    element.querySelector(".tile-name").textContent = name;
    element.querySelector(".tile-name").title = name;
    element.querySelector("[data-remove]").addEventListener("click", () => this.remove(file));
    element.querySelector("[data-insert]").addEventListener("click", () => this.onInsert(this.label(file)));
    this.picture(file, blob);
    this.all.push(file);
    this.list.append(element);
    return file;
  }

  picture(file, blob) {
    const place = file.element.querySelector("[data-picture]");
    if (blob && (file.kind === "image" || file.kind === "video")) {
      file.url = URL.createObjectURL(blob);
      const picture =
        file.kind === "image"
          ? make("img", { src: file.url, alt: "" })
          : make("video", { src: `${file.url}#t=0.1`, preload: "metadata", muted: true, playsinline: true, tabindex: -1 });
      picture.addEventListener("error", () => place.replaceChildren(this.glyph(file.kind)));
      place.replaceChildren(picture);
    } else {
      place.replaceChildren(this.glyph(file.kind));
    }
  }

  glyph(kind) {
    return document.getElementById(GLYPHS[kind] || "glyph-file").content.firstElementChild.cloneNode(true);
  }

  async send(file, blob) {
    const excess = this.tooMany(file);
    if (excess || blob.size > this.maxBytes) {
      this.failed(file, {
        message: excess || `The file is larger than ${Math.floor(this.maxBytes / 2 ** 20)} MB.`,
        remedy: excess ? "Remove this file, or another of its kind." : "Use a shorter or smaller version.",
      });
      return;
    }
    const form = new FormData();
    form.append("file", blob, file.name);
    const bar = file.element.querySelector("progress");
    file.sending = sendForm("/v1/uploads", form, (share) => {
      bar.value = share;
      if (share === 1) {
        file.state = "checking";
        this.changed();
      }
    });
    try {
      this.judged(file, await file.sending.done);
    } catch (error) {
      if (error.name === "AbortError") return;
      this.failed(file, error);
    }
    this.changed();
  }

  tooMany(file) {
    const rule = KINDS[file.kind];
    if (!rule) return "";
    const place = this.all.filter((each) => each.kind === file.kind).indexOf(file) + 1;
    return place > rule.limit ? `${rule.word} ${place} is one too many: a request takes ${rule.limit} ${rule.many}.` : "";
  }

  judged(file, upload) {
    file.id = upload.id;
    file.decision = upload.decision;
    file.state = "judged";
    if (file.kind !== upload.kind) {
      // The server judges by the bytes; what the browser guessed from the name does not count.
      file.kind = upload.kind;
      this.picture(file, null);
    }
  }

  failed(file, { message, remedy }) {
    file.state = "failed";
    file.error = { message, remedy };
  }

  changed() {
    for (const file of this.all) this.paint(file);
    const waiting = this.all.filter((file) => file.state === "sending" || file.state === "checking").length;
    const words = waiting ? `Checking ${waiting} ${waiting === 1 ? "file" : "files"}` : "";
    if (this.status.textContent !== words) this.status.textContent = words;
    this.onChange();
  }

  paint(file) {
    const { element } = file;
    const label = this.label(file);
    const verdict = file.decision ? file.decision.verdict : file.state === "failed" ? "block" : "";
    element.className = `tile ${verdict === "allow" ? "" : verdict}`;
    element.querySelector("[data-label]").textContent = label;
    element.querySelector("[data-remove]").setAttribute("aria-label", `Remove ${label}`);
    const insert = element.querySelector("[data-insert]");
    insert.hidden = !file.decision;
    insert.setAttribute("aria-label", `Insert ${label} into the prompt`);
    const bar = element.querySelector("progress");
    bar.hidden = !(file.state === "sending" || file.state === "checking");
    bar.setAttribute("aria-label", `Sending ${label}`);
    if (file.state === "checking") bar.removeAttribute("value");
    const state = element.querySelector(".tile-state");
    const reason = element.querySelector(".tile-reason");
    if (file.state === "sending") state.replaceChildren("Sending");
    else if (file.state === "checking") state.replaceChildren("Checking against the catalogue");
    else if (file.state === "failed") {
      state.replaceChildren(make("span", { class: "chip block" }, "Not accepted"));
      reason.replaceChildren(make("p", {}, file.error.message), make("p", { class: "remedy" }, file.error.remedy));
    } else {
      state.replaceChildren(verdictChip(file.decision.verdict));
      const first = file.decision.reasons[0];
      if (first) {
        reason.replaceChildren(
          make("p", {}, first.message),
          make("p", { class: "remedy" }, first.remedy),
          make("p", {}, make("a", { href: `/decisions/${file.decision.id}` }, "See the match")),
        );
      }
    }
  }

  remove(file) {
    const place = this.all.filter((each) => each.kind === file.kind).indexOf(file) + 1;
    if (file.sending) file.sending.abort();
    if (file.url) URL.revokeObjectURL(file.url);
    this.all = this.all.filter((each) => each !== file);
    file.element.remove();
    if (file.kind in KINDS) this.onRemove(KINDS[file.kind].word, place);
    this.drop.querySelector("[data-choose]").focus();
    this.changed();
  }
}
