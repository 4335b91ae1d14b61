// The strip of five steps, the line that says what to press next, the line that says what just happened, and the glow.

import { named, put, say } from "./elements.js";

const HAPPENED_MS = 900;
const STATE_WORDS = { todo: "", now: "现在", done: "✓ 完成", missed: "未评价" };

let glowing = [];
let caption = "";
let said = "";
let happened = "";
let happenedTimer = 0;

/** Show where the visit is and let the next button glow. */
export function showStep(plan) {
  for (let number = 1; number <= 5; number += 1) {
    const item = named(`step-${number}`);
    const past = number === 4 && plan.unrated ? "missed" : "done";
    const state = number < plan.step ? past : number === plan.step ? "now" : "todo";
    put(item, "data-state", state);
    put(item, "aria-current", state === "now" ? "step" : null);
    say(item.querySelector(".step-state"), STATE_WORDS[state]);
  }
  glow(plan.keys);
  said = plan.text;
  speak(plan.step === 6);
}

/** While a demonstration runs, its caption stands in the place of the hint; "" gives the place back. */
export function setCaption(text) {
  caption = text;
  speak(false);
}

function speak(complete) {
  const tag = document.getElementById("guide-tag");
  say(tag, caption ? "演示" : complete ? "完成" : "下一步");
  put(tag, "data-kind", caption ? "caption" : complete ? "done" : null);
  say(document.getElementById("guide-next"), caption || said);
  document.getElementById("guide-go").hidden = caption !== "" || glowing.length === 0;
}

/** What happened last; more news within a moment (or while `hold` asks for patience) waits, and only the newest stays. */
export function tellHappened(text, hold = HAPPENED_MS) {
  happened = text;
  if (happenedTimer && hold === HAPPENED_MS) return;
  clearTimeout(happenedTimer);
  const shown = document.getElementById("guide-happened");
  say(shown, happened);
  happenedTimer = setTimeout(() => {
    happenedTimer = 0;
    if (shown.textContent !== happened) tellHappened(happened);
  }, hold);
}

function glow(keys) {
  const wanted = keys.map(named).filter((node) => node !== null);
  for (const node of glowing) {
    if (wanted.includes(node)) continue;
    put(node, "data-glow", false);
    put(node, "aria-describedby", null);
  }
  for (const node of wanted) {
    put(node, "data-glow", true);
    put(node, "aria-describedby", "guide-next");
  }
  glowing = wanted;
}

/** Bring the button to press next into sight, without moving more than is needed. */
export function showGlow() {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  glowing[0]?.scrollIntoView({ block: "nearest", behavior: still ? "auto" : "smooth" });
}

/** Take the reader to the button to press next. */
export function goToGlow() {
  showGlow();
  glowing[0]?.focus({ preventScroll: true });
}
