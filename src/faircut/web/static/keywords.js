// A list of keywords, one a line, with offers that one click adds to it.

class KeywordList extends HTMLElement {
  connectedCallback() {
    this.list = this.querySelector("textarea");
    this.addEventListener("click", (event) => {
      const offer = event.target.closest("[data-keyword]");
      if (offer) this.add(offer);
    });
    this.dataset.ready = "";
  }

  add(offer) {
    const said = this.list.value.trimEnd();
    this.list.value = said ? `${said}\n${offer.dataset.keyword}` : offer.dataset.keyword;
    const place = offer.closest("li");
    const next = (place.nextElementSibling || place.previousElementSibling)?.querySelector("button") || this.list;
    place.remove();
    next.focus();
    this.list.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

customElements.define("fc-keywords", KeywordList);
