// The five keys a citizen rates with: lit only while invited; afterwards nothing tells which one was pressed.

import { button, el, flash, named, put, say } from "./elements.js";
import { note } from "./notes.js";
import { post } from "./server.js";

const LEVELS = [
  [5, "非常", "满意"],
  [4, "", "满意"],
  [3, "基本", "满意"],
  [2, "", "不满意"],
  [1, "非常", "不满意"],
];

/** Builds the evaluator of desk `id`; failures go to `notes`. */
export function evaluatorBox(id, notes) {
  const lamp = el("span", { class: "lamp", testid: `eval-${id}-lamp` });
  const title = `eval-${id}-title`;
  const press = async (level) => {
    flash(named(`eval-${id}-key-${level}`));
    note(notes, await post(`/api/evaluator/${id}/key`, { key: level }), "fault");
  };
  const keys = LEVELS.map(([level, first, second]) =>
    button(
      { class: "level", testid: `eval-${id}-key-${level}`, on: { click: () => press(level) } },
      el("span", {}, first),
      el("span", {}, second),
    ),
  );
  const box = el(
    "div",
    { class: "box evaluator", role: "group", "aria-labelledby": title },
    el("p", { class: "box-head" }, el("b", { id: title }, "评价器"), lamp),
    el("div", { class: "levels" }, ...keys),
  );

  /** Light or dark, as the keypad itself shows it. */
  function update(now) {
    put(box, "data-lit", now.invited ? "yes" : "no");
    const words = now.invited ? "亮:请对我的服务进行评价" : now.rated ? "谢谢您的评价" : "暗:办结后才会亮";
    say(lamp, words);
  }
  return { box, update };
}
