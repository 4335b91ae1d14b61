// Single-key shortcuts for those who do not use a mouse; they can be switched off (WCAG 2.1.4).

import { el } from "./elements.js";

const REMEMBERED = "hall-demo-keys";

/** Wires the shortcuts: `actions` is a list of [key, words, action]. */
export function wireKeyboard(actions) {
  const dialog = document.getElementById("keys");
  const box = document.getElementById("keys-on");
  const list = document.getElementById("keys-list");
  const open = () => dialog.showModal();

  const all = [...actions, ["?", "打开这个说明", open]];
  for (const [key, words] of all) {
    const shown = key === " " ? "空格" : key.toUpperCase();
    list.append(el("div", {}, el("dt", {}, el("kbd", {}, shown)), el("dd", {}, words)));
  }
  document.getElementById("keys-open").addEventListener("click", open);
  box.checked = localStorage.getItem(REMEMBERED) !== "off";
  box.addEventListener("change", () => localStorage.setItem(REMEMBERED, box.checked ? "on" : "off"));

  document.addEventListener("keydown", (event) => {
    if (!box.checked || dialog.open || event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
    if (event.target.closest?.("input:not([type=radio]), textarea, select")) return;
    const found = all.find(([key]) => key === event.key || key === event.key.toLowerCase() || (key === "?" && event.key === "?"));
    if (!found) return;
    event.preventDefault();
    found[2]();
  });
}
