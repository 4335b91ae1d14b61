// Single-key shortcuts for those who do not use a mouse; they can be switched off (WCAG 2.1.4).

import { el, put } from "./elements.js";
import { keepOn, wasOn } from "./remember.js";

/** Wires the shortcuts: `actions` is a list of [key, words, action]; one without words is not listed. */
export function wireKeyboard(actions) {
  const dialog = document.getElementById("keys");
  const box = document.getElementById("keys-on");
  const list = document.getElementById("keys-list");
  const open = () => dialog.showModal();

  const all = [...actions, ["?", "打开这个说明", open]];
  for (const [key, words] of all) {
    if (words) list.append(el("div", {}, el("dt", {}, el("kbd", {}, key.toUpperCase())), el("dd", {}, words)));
  }
  document.getElementById("keys-open").addEventListener("click", open);
  box.checked = wasOn("keys");
  box.addEventListener("change", () => keepOn("keys", box.checked));

  document.addEventListener("keydown", (event) => {
    if (
      !box.checked ||
      dialog.open ||
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      event.repeat ||
      event.isComposing
    )
      return;
    if (event.target.closest?.("input:not([type=radio]), textarea, select")) return;
    const found = all.find(([key]) => key === event.key.toLowerCase());
    if (!found) return;
    event.preventDefault();
    put(document.body, "data-keyboard", true);
    found[2]();
  });
}
