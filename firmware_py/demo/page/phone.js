// The telephone of one desk: who calls, how often it rings, whether anybody lifts, and the rings as they are counted.

import { button, el, flash, named, put, say } from "./elements.js";
import { note } from "./notes.js";
import { post } from "./server.js";
import { ringBell } from "./sound.js";

const MOST_RINGS = 5;
const IN_TIME = 3;

/** Builds the telephone of desk `id`; failures go to `notes`. */
export function phoneBox(id, notes) {
  const line = el("span", { class: "line", testid: `phone-${id}-line` });
  const dots = el("span", { class: "dots", "aria-hidden": "true" });
  for (let ring = 1; ring <= MOST_RINGS; ring += 1) dots.append(el("i", { "data-late": ring > IN_TIME || null }));
  const title = `phone-${id}-title`;
  const choice = (value, words, checked) =>
    el(
      "label",
      { class: "check" },
      el("input", { type: "radio", name: `phone-${id}-then`, value, checked, testid: `phone-${id}-then-${value}` }),
      words,
    );
  const thens = el(
    "span",
    { class: "thens", role: "radiogroup", "aria-label": "响完以后" },
    choice("answer", "接听", true),
    choice("stop", "不接", false),
  );
  const call = async (rings) => {
    flash(named(`phone-${id}-ring-${rings}`));
    const then = thens.querySelector("input:checked").value;
    note(notes, await post(`/api/phone/${id}`, { rings, then }), "fault");
  };
  const rings = [1, 2, 3, 4, 5].map((count) =>
    button({ class: "ring", testid: `phone-${id}-ring-${count}`, on: { click: () => call(count) } }, `响${count}声`),
  );
  const box = el(
    "div",
    { class: "box phone", role: "group", "aria-labelledby": title },
    el("p", { class: "box-head" }, el("b", { id: title }, "电话"), line, dots, thens),
    el("div", { class: "rings" }, ...rings),
  );

  let rung = 0;

  /** Show the line and the rings as the hall has counted them. */
  function update(now) {
    const { ring, line: state, callbacks } = now.phone;
    put(box, "data-line", state);
    box.hidden = !state;
    // how many calls are owed stands among the prompts too: here there is room for one thing at a time
    const words = { idle: callbacks ? `待回拨 ${callbacks}` : "空闲", ringing: ring ? `第 ${ring} 声` : "响铃", talking: "通话中" }[state] ?? state;
    say(line, words);
    if (ring > rung && state === "ringing") ringBell();
    rung = ring;
    [...dots.children].forEach((dot, at) => put(dot, "data-on", (state !== "idle" && at < ring) || null));
  }
  return { box, update };
}
