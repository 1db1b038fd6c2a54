// Small helpers for building and describing elements.

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function clone(id) {
  return document.getElementById(id).content.firstElementChild.cloneNode(true);
}

export const VERDICT_WORDS = { allow: "Clear", review: "Needs review", block: "Refused" };

export function verdictChip(verdict, words = VERDICT_WORDS[verdict]) {
  return make("span", { class: `chip ${verdict}` }, words);
}

export function subjectWords(reason) {
  if (reason.element && reason.work) return [reason.element, `in ${reason.work}`];
  return [reason.element || reason.work || reason.input, ""];
}

export function clock(seconds) {
  const whole = Math.floor(seconds);
  const tenths = Math.floor((seconds - whole) * 10);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}.${tenths}`;
}

export function roughly(seconds) {
  if (seconds < 1) return "almost done";
  if (seconds < 60) return `about ${Math.ceil(seconds)} s left`;
  return `about ${Math.ceil(seconds / 60)} min left`;
}

export function reasonItem(reason, { showInput = true } = {}) {
  const [what, where] = subjectWords(reason);
  const title = make("div", { class: "reason-title" }, what);
  if (where) title.append(make("span", { class: "muted" }, where));
  title.append(verdictChip(reason.verdict, showInput ? reason.input : undefined));
  return make(
    "li",
    { class: `notice ${reason.verdict}` },
    title,
    make("div", {}, reason.message),
    make("div", { class: "remedy" }, make("b", {}, "What to change: "), reason.remedy),
  );
}
