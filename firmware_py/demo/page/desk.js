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
/** Keys that are needed now and then. */
const MORE = [
  ["add_item", "加办"],
  ["interrupt", "离开办理"],
  ["stand_in", "替岗"],
  ["undo", "撤销"],
  ["assist", "协助"],
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

  const press = async (key, typed = {}) => {
    flash(named(`desk-${id}-key-${key}`));
    choices.hidden = true;
    note(notes, await post(`/api/desk/${id}/key`, { key, ...typed }), "fault");
  };
  const choices = el("div", { class: "choices", role: "group", testid: `desk-${id}-choices`, hidden: true });
  let latest = null;
  let around = null;
  /** What is typed behind 转办 and 加办 is chosen from a list; the real pad's digits are pressed for it. */
  const choose = (key) => {
    if (!choices.hidden && choices.dataset.key === key) {
      choices.hidden = true;
      return;
    }
    const wanted = key === "transfer" ? transferChoices(latest, around) : itemChoices(latest);
    if (typeof wanted === "string") {
      note(notes, wanted);
      return;
    }
    const title = key === "transfer" ? "转办到(号码和次序不变)" : "加办";
    put(choices, "data-key", key);
    put(choices, "aria-label", title);
    choices.replaceChildren(
      el("b", {}, title),
      ...wanted.map(([testid, words, typed]) =>
        button({ testid: `desk-${id}-${testid}`, on: { click: () => press(key, typed) } }, words),
      ),
      button({ class: "choices-close", on: { click: () => (choices.hidden = true) } }, "取消"),
    );
    choices.hidden = false;
    choices.querySelector("button").focus();
  };
  const keyButton = ([key, cap, also]) => {
    const act = key === "transfer" || key === "add_item" ? () => choose(key) : () => press(key);
    const made = button(
      { class: "key", testid: `desk-${id}-key-${key}`, "data-key": key, on: { click: act } },
      el("span", {}, cap),
      also ? el("small", {}, also) : null,
    );
    keys.set(key, made);
    return made;
  };
  const pad = el(
    "div",
    { class: "pad", role: "group", "aria-label": `${id}号窗口叫号键盘` },
    ...ROWS.map(([name, row]) =>
      el(
        "div",
        { class: "pad-row", role: "group", "aria-label": name },
        ...row.map(keyButton),
      ),
    ),
    choices,
    el(
      "details",
      { class: "more-keys" },
      el("summary", { testid: `desk-${id}-more` }, "更多"),
      el("div", { class: "pad-row", role: "group", "aria-label": "不常用的键" }, ...MORE.map(keyButton)),
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
  function update(now, hall) {
    latest = now;
    around = hall;
    if (now.state !== "serving" && !now.held.length) choices.hidden = true;
    put(area, "data-state", now.state);
    say(state, now.interrupted ? `暂时离开 ${now.ticket}` : now.ticket ? `${now.state_text} ${now.ticket}` : now.state_text);
    const served = now.services.join("、") + (now.tide ? "(潮汐)" : "");
    say(services, served);
    put(services, "title", served);
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
      ...sentences.map((text) => el("li", { "data-urgent": /代接|马上接听|回拨|已按办结登记/.test(text) || null }, text)),
    );
  }
  /** Whether shortcuts go to this desk. */
  function setCurrent(is) {
    current.hidden = !is;
  }
  return { id, area, notes, update, press, setCurrent };
}

/** Where the ticket may go: desks where somebody sits, and services; a sentence when there is nothing to transfer. */
function transferChoices(desk, hall) {
  if (!desk || (desk.state !== "serving" && !desk.held.length)) return "没有正在办理的号:叫号、到达以后才能转办";
  const open = hall.desks.filter((each) => each.id !== desk.id && each.staff);
  return [
    ...open.map((each) => [`transfer-desk-${each.id}`, each.name, { target: each.id }]),
    ...hall.services.map((each) => [`transfer-service-${each.id}`, each.name, { service: each.id }]),
  ];
}

function itemChoices(desk) {
  if (!desk || desk.state !== "serving") return "没有正在办理的号:叫号、到达以后才能加办";
  if (!desk.items.length) return "这项业务没有可以加办的事项,请办结后另取一个号";
  return desk.items.map((item, at) => [`item-${at + 1}`, item, { item }]);
}
