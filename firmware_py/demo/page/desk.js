// One service window: sign, staff screen, pad. What stands on the desk besides (evaluator, telephone) has its own file.

import { button, el, flash, named, put, say } from "./elements.js";
import { evaluatorBox } from "./evaluator.js";
import { forgetRefusals, note, notePlace } from "./notes.js";
import { phoneBox } from "./phone.js";
import { post } from "./server.js";
import { beep as soundBeep } from "./sound.js";

/** The pad's keys as rows: name of the row, then word, keycap and, where pads in use call it otherwise, that name. */
const ROWS = [
  [
    "叫号和办结",
    [
      ["next", "下一位", "呼叫"],
      ["recall", "重呼"],
      ["arrive", "到达"],
      ["finish", "办结", "评价"],
    ],
  ],
  [
    "手里的号",
    [
      ["pass", "过号"],
      ["hold", "挂起"],
      ["resume_ticket", "恢复"],
      ["transfer", "转办"],
    ],
  ],
  [
    "登录和电话",
    [
      ["login", "登录"],
      ["logout", "退出"],
      ["pickup", "代接"],
      ["callback_done", "回拨完成"],
    ],
  ],
  [
    "暂时离开",
    [
      ["wait", "请稍候"],
      ["pause", "暂停服务"],
      ["resume_desk", "恢复服务"],
    ],
  ],
];
const BEEP_MS = 1500;
const REFUSED_MS = 12000;

/** Builds the area of one desk. */
export function deskArea(desk) {
  const id = desk.id;
  const notes = notePlace();
  const state = el("span", { class: "state", testid: `desk-${id}-state` });
  const current = el("span", { class: "current", title: "单键快捷键对这个窗口生效", hidden: true }, "键盘");
  const services = el("span", { class: "dim desk-services" });
  const sign = el("p", { class: "led led-sign", testid: `desk-${id}-sign` });
  const counts = [
    el("b", { class: "digits", testid: `desk-${id}-digits-waiting` }),
    el("b", { class: "digits", testid: `desk-${id}-digits-ticket` }),
  ];
  const beep = el("span", { class: "beep", testid: `desk-${id}-beep`, "data-beeps": "0" }, "嘀");
  const prompts = el("ul", { class: "prompts", testid: `desk-${id}-prompts` });
  const refused = el("p", { class: "refused", testid: `desk-${id}-refused`, hidden: true });
  const keys = new Map();
  let beeps = null;
  let beepTimer = 0;
  let refusedTimer = 0;

  const press = async (key) => {
    flash(named(`desk-${id}-key-${key}`));
    note(notes, await post(`/api/desk/${id}/key`, { key }), "fault");
  };
  const pad = el(
    "div",
    { class: "pad", role: "group", "aria-label": `${id}号窗口叫号键盘` },
    ...ROWS.map(([name, row]) =>
      el(
        "div",
        { class: "pad-row", role: "group", "aria-label": name },
        ...row.map(([key, cap, also]) => {
          const made = button(
            { class: "key", testid: `desk-${id}-key-${key}`, "data-key": key, on: { click: () => press(key) } },
            el("span", {}, cap),
            also ? el("small", {}, also) : null,
          );
          keys.set(key, made);
          return made;
        }),
      ),
    ),
  );
  const evaluator = evaluatorBox(id, notes);
  const phone = phoneBox(id, notes);
  const title = `desk-${id}-title`;
  const area = el(
    "section",
    {
      class: "panel desk",
      id: `desk-${id}`,
      testid: `desk-${id}`,
      "data-desk": id,
      "aria-labelledby": title,
      tabindex: "-1",
    },
    el("div", { class: "desk-head" }, el("h3", { id: title }, desk.name), state, current, services),
    sign,
    el(
      "div",
      { class: "staff" },
      el(
        "p",
        { class: "pad-face" },
        el("span", { class: "sr" }, "键盘显示:"),
        "等候 ",
        counts[0],
        " 号码 ",
        counts[1],
        beep,
      ),
      notes,
      refused,
      prompts,
    ),
    pad,
    evaluator.box,
    phone.box,
  );

  /** Show the desk as it is now. */
  function update(now) {
    put(area, "data-state", now.state);
    say(state, now.ticket ? `${now.state_text} ${now.ticket}` : now.state_text);
    say(services, now.services.join("、"));
    put(services, "title", now.services.join("、"));
    say(sign, now.sign || " ");
    const digits = (now.digits || "").padEnd(6);
    say(counts[0], digits.slice(0, 3).trim() || "—");
    say(counts[1], digits.slice(3, 6).trim() || "—");
    put(beep, "data-beeps", now.beeps);
    put(beep, "title", `键盘响过 ${now.beeps} 次`);
    if (beeps !== null && now.beeps > beeps) ring();
    beeps = now.beeps;
    showPrompts(now.prompts);
    if (!now.refused && !refused.hidden) forgetRefusals(notes);
    if ((now.refused ?? "") !== refused.textContent) {
      clearTimeout(refusedTimer); // a countdown that stands still would soon be a lie
      refusedTimer = setTimeout(() => (refused.hidden = true), REFUSED_MS);
      refused.hidden = !now.refused;
    }
    say(refused, now.refused ?? "");
    for (const [key, made] of keys) put(made, "data-next", now.next_keys.includes(key) || null);
    evaluator.update(now);
    phone.update(now);
  }
  function ring() {
    put(beep, "data-on", true);
    soundBeep();
    clearTimeout(beepTimer);
    beepTimer = setTimeout(() => put(beep, "data-on", false), BEEP_MS);
  }
  function showPrompts(sentences) {
    const shown = [...prompts.children].map((item) => item.textContent);
    if (shown.length === sentences.length && shown.every((text, at) => text === sentences[at])) return;
    prompts.replaceChildren(
      ...sentences.map((text) => el("li", { "data-urgent": /代接|马上接听|回拨/.test(text) || null }, text)),
    );
  }
  /** Whether shortcuts go to this desk. */
  function setCurrent(is) {
    current.hidden = !is;
  }
  return { id, area, notes, update, press, setCurrent };
}
