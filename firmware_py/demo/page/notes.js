// Short notes beside the thing they are about: refusals and failures, in words, gone by themselves.

import { button, el } from "./elements.js";

const STAY_MS = 7000;

/** The place for an area's notes; a live region must stand before its first text. */
export function notePlace() {
  return el("div", { class: "notes", role: "status" });
}

/** Put a note into an area's place. `kind`: "refused" (the hall said no) or "fault" (the far end could not). */
export function note(place, text, kind = "refused") {
  if (!text) return;
  const item = el("div", { class: "note", testid: "toast", "data-kind": kind }, el("span", {}, text));
  let timer = 0;
  const away = () => item.remove();
  const stop = () => clearTimeout(timer);
  const start = () => {
    stop();
    timer = setTimeout(away, STAY_MS);
  };
  item.append(button({ class: "note-close", "aria-label": "关闭提示", on: { click: away } }, "×"));
  for (const [kindOf, listener] of Object.entries({
    mouseenter: stop,
    mouseleave: start,
    focusin: stop,
    focusout: start,
  })) {
    item.addEventListener(kindOf, listener);
  }
  place.replaceChildren(item); // one at a time: the newest is what the last key did
  start();
}

/** Something was done since: what the hall refused before is history. */
export function forgetRefusals(place) {
  for (const item of [...place.children]) if (item.dataset.kind === "refused") item.remove();
}
