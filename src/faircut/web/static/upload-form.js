// A form that sends a file with a progress bar, then follows the registration until it is searchable.

import { request, sendForm } from "./http.js";

const POLL_MS = 300;

class UploadForm extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.panel = this.querySelector("[data-progress]");
    this.bar = this.querySelector("progress");
    this.message = this.querySelector("[data-message]");
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
  }

  say(words, kind = "") {
    this.panel.hidden = false;
    this.message.className = kind ? `notice ${kind}` : "muted small";
    this.message.textContent = words;
  }

  async send() {
    const button = this.form.querySelector("button[type=submit]");
    button.disabled = true;
    this.bar.hidden = false;
    this.bar.value = 0;
    this.say("Sending");
    try {
      const answer = await sendForm(this.form.action, new FormData(this.form), (share) => {
        this.bar.value = this.dataset.registers === undefined ? share : share * 0.3;
      }).done;
      if (this.dataset.registers !== undefined) await this.follow(answer.id);
      else this.say(this.dataset.done || "Done", "allow");
      const url = new URL(location.href);
      url.hash = this.dataset.then || "";
      location.replace(url);
      location.reload();
    } catch (error) {
      this.bar.hidden = true;
      this.say([error.message, error.remedy].filter(Boolean).join(" "), "block");
      button.disabled = false;
    }
  }

  async follow(id) {
    for (;;) {
      const state = await request("GET", `/v1/catalogue/registrations/${id}`);
      this.bar.value = 0.3 + 0.7 * state.progress;
      if (state.state === "failed") throw Object.assign(new Error(state.error.message), state.error);
      if (state.state === "done") return;
      this.say(state.message || "Fingerprinting");
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}

customElements.define("fc-upload-form", UploadForm);
