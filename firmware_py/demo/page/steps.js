// The strip of five steps, the line that says what to press next, the line that says what just happened, and the glow.

import { named, put, say } from "./elements.js";

const HAPPENED_MS = 700; // so that a crowd does not flood a screen reader
const STATE_WORDS = { todo: "", now: "现在", done: "✓ 完成" };

let glowing = [];
let caption = "";
let said = "";
let happened = "";
let happenedTimer = 0;

/** Show where the visit is and let the next button glow. */
export function showStep(plan) {
  for (let number = 1; number <= 5; number += 1) {
    const item = named(`step-${number}`);
    const state = number < plan.step ? "done" : number === plan.step ? "now" : "todo";
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

/** What happened last, at most once in a while. */
export function tellHappened(text) {
  happened = text;
  if (happenedTimer) return;
  happenedTimer = setTimeout(() => {
    happenedTimer = 0;
    say(document.getElementById("guide-happened"), happened);
  }, HAPPENED_MS);
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

/** Take the reader to the button to press next. */
export function goToGlow() {
  const [node] = glowing;
  if (!node) return;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  node.scrollIntoView({ block: "center", behavior: still ? "auto" : "smooth" });
  node.focus({ preventScroll: true });
}
