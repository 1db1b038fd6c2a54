// A running job: the stage rail follows the server's events; at the end the page shows the outcome.

import { roughly } from "./dom.js";

class JobProgress extends HTMLElement {
  connectedCallback() {
    this.source = new EventSource(this.dataset.events);
    this.source.addEventListener("job", (event) => this.show(JSON.parse(event.data)));
    this.source.addEventListener("end", () => {
      this.source.close();
      location.reload();
    });
    this.source.addEventListener("error", () => {
      this.note(this.source.readyState === EventSource.CLOSED ? "Connection lost. Reload the page." : "Reconnecting");
    });
  }

  disconnectedCallback() {
    this.source.close();
  }

  note(words) {
    const message = this.querySelector("[data-message]");
    if (message.textContent !== words) message.textContent = words;
  }

  show(job) {
    const steps = Array.from(this.querySelectorAll("[data-step]"));
    const at = steps.findIndex((step) => step.dataset.step === job.step);
    steps.forEach((step, index) => {
      step.className = index < at ? "done" : index === at ? "now" : "";
      if (index === at) step.setAttribute("aria-current", "step");
      else step.removeAttribute("aria-current");
    });
    this.querySelector("progress").value = job.progress;
    this.querySelector("[data-percent]").textContent = `${Math.round(job.progress * 100)} %`;
    this.querySelector("[data-left]").textContent = job.seconds_left === null ? "" : roughly(job.seconds_left);
    this.note(job.message || (job.state === "queued" ? "Waiting for a free worker" : ""));
  }
}

customElements.define("fc-job", JobProgress);
