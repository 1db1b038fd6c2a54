// Side-by-side pictures of a match: choosing a moment changes both pictures and the line on the timelines.

class Pictures extends HTMLElement {
  connectedCallback() {
    this.buttons = Array.from(this.querySelectorAll("[data-moment]"));
    for (const button of this.buttons) {
      button.addEventListener("click", () => this.choose(button));
    }
    this.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      const at = this.buttons.indexOf(document.activeElement);
      if (step && at >= 0) {
        const next = this.buttons[Math.min(this.buttons.length - 1, Math.max(0, at + step))];
        next.focus();
        this.choose(next);
        event.preventDefault();
      }
    });
  }

  choose(button) {
    for (const each of this.buttons) each.setAttribute("aria-pressed", String(each === button));
    for (const pair of this.querySelectorAll("[data-pair]")) pair.hidden = pair.dataset.pair !== button.dataset.moment;
    for (const line of this.querySelectorAll("[data-line]")) {
      line.classList.toggle("now", line.dataset.line === button.dataset.moment);
    }
  }
}

customElements.define("fc-pictures", Pictures);
