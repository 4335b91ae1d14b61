// The duty panel: what only a supervisor may do, what needs somebody, what looks as if it were against the rules.

import { button, el, flash, named, put } from "./elements.js";
import { note, notePlace } from "./notes.js";
import { post } from "./server.js";

const DAY_MS = 86400000;
const NOTICE_DAYS = 7; // a change of hours two working days ahead, whatever holidays lie between
const LETTERS = "ABCDFGHJKLMNPRSTUVWXYZ23456789";

/** Buttons about one ticket, and what they ask. */
const OF_TICKET = [
  ["grant", "优先一次", (form) => ({ type: "grant", ticket: form.ticket, reason: form.reason })],
  ["call_specific", "指定叫号", (form) => ({ type: "call_specific", desk: form.desk, ticket: form.ticket, reason: form.reason })],
  ["approve_transfer", "签批转办", (form) => approve("transfer", form.ticket, form)],
  ["upgrade", "改为优先", (form) => ({ type: "upgrade", ticket: form.ticket })],
  ["void", "作废", (form) => ({ type: "void", ticket: form.ticket, reason: form.reason })],
];
/** Buttons about one desk. */
const OF_DESK = [
  ["open_tide", "开潮汐", (form) => ({ type: "open_tide", desk: form.tidal })],
  ["close_tide", "关潮汐", (form) => ({ type: "close_tide", desk: form.tidal })],
  ["approve_leave", "签批离开", (form) => approve("leave", String(form.desk), form)],
  ["approve_logout", "签批退出", (form) => approve("logout", String(form.desk), form)],
  ["end_assist", "协助已到", (form) => ({ type: "end_assist", desk: form.helped })],
  ["give_reason", "说明离开原因", (form) => ({ type: "give_reason", desk: form.desk, reason: form.reason })],
];
/** Buttons about one service. */
const OF_SERVICE = [
  ["book", "约现在这一小时", booking],
  ["enter_manual", "登记手工号(上面填 M001)", manualSlip],
];
/** Buttons about the whole hall. */
const OF_HALL = [
  ["emergency_pause", "紧急暂停", (form) => ({ type: "emergency_pause", reason: form.reason })],
  ["emergency_resume", "紧急恢复", () => ({ type: "emergency_resume" })],
  ["announce_hours", "公告改为16:30下班", announceHours],
  ["close_day", "结束今日", (form) => ({ type: "close_day", reason: form.reason })],
  ["open_day", "手动开门", (form) => ({ type: "open_day", reason: form.reason })],
];

function approve(kind, subject, form) {
  return { type: "approve", kind, subject, reason: form.reason };
}

function announceHours(form) {
  const effective = new Date(Date.parse(`${form.day}T00:00:00Z`) + NOTICE_DAYS * DAY_MS).toISOString().slice(0, 10);
  return { type: "announce_hours", hours: ["09:00-16:30"], effective, reason: form.reason };
}

/** An appointment from now on for an hour, under a code that names nobody. */
function booking(form) {
  const code = Array.from(crypto.getRandomValues(new Uint8Array(6)), (byte) => LETTERS[byte % LETTERS.length]).join("");
  const begins = Number(form.hour);
  const ends = begins < 23 ? `${String(begins + 1).padStart(2, "0")}:${form.minute}` : "23:59";
  return { type: "book", code, service: form.service, day: form.day, starts: `${form.hour}:${form.minute}`, ends };
}

/** A pre-printed slip handed out just now, for when no number can be issued. */
function manualSlip(form) {
  return { type: "enter_manual", ticket: form.ticket, service: form.service, handed: `${form.hour}:${form.minute}` };
}

/** Builds the area of the duty panel. */
export function dutyArea() {
  const notes = notePlace();
  const ticket = el("input", { testid: "duty-ticket", size: "8", maxlength: "8", autocapitalize: "characters", list: "duty-numbers", placeholder: "如 A001" });
  const numbers = el("datalist", { id: "duty-numbers" });
  const desk = el("select", { testid: "duty-desk" });
  const service = el("select", { testid: "duty-service" });
  const reason = el("input", { testid: "duty-reason", size: "24", maxlength: "40", value: "情况特殊,值班长同意" });
  const alerts = el("ul", { class: "alerts", testid: "duty-alerts" });
  const findings = el("ul", { class: "alerts", testid: "duty-findings" });
  const quiet = el("p", { class: "dim" }, "没有需要处理的提醒");
  const keys = new Map();
  let now = null;

  const ask = async (name, make) => {
    flash(named(`duty-${name}`));
    const [day, clock] = now.time.split(" ");
    const [hour, minute] = clock.split(":");
    const chosen = now.desks.find((each) => each.id === Number(desk.value));
    const asks = now.duty.alerts.filter((alert) => alert.kind === "assist").map((alert) => Number(alert.subject));
    const form = {
      ticket: ticket.value.trim().toUpperCase(),
      desk: Number(desk.value),
      // what only one desk can be meant by needs no choosing
      tidal: (chosen?.tidal.length ? chosen : now.desks.find((each) => each.tidal.length))?.id ?? Number(desk.value),
      helped: asks.includes(Number(desk.value)) ? Number(desk.value) : (asks[0] ?? Number(desk.value)),
      service: service.value,
      reason: reason.value.trim(),
      day,
      hour,
      minute,
    };
    note(notes, await post("/api/duty", { command: make(form) }), "fault");
  };
  const row = (title, fields, buttons) =>
    el(
      "div",
      { class: "duty-row", role: "group", "aria-label": title },
      el("b", {}, title),
      ...fields,
      ...buttons.map(([name, words, make]) => {
        const made = button({ testid: `duty-${name}`, on: { click: () => ask(name, make) } }, words);
        keys.set(name, made);
        return made;
      }),
    );
  const labelled = (words, field) => el("label", {}, words, " ", field);
  const area = el(
    "section",
    { class: "panel duty", id: "duty", testid: "duty", "aria-labelledby": "duty-title" },
    el("h3", { id: "duty-title" }, "值班台 ", el("span", { class: "dim" }, "只有负责人能做的事,每一件都记在流水账里")),
    notes,
    labelled("原因", reason),
    row("号", [el("label", {}, el("span", { class: "sr" }, "号码"), ticket)], OF_TICKET),
    row("窗口", [el("label", {}, el("span", { class: "sr" }, "窗口"), desk)], OF_DESK),
    row("业务", [el("label", {}, el("span", { class: "sr" }, "业务"), service)], OF_SERVICE),
    row("大厅", [], OF_HALL),
    el("h4", {}, "提醒"),
    quiet,
    alerts,
    findings,
    numbers,
  );

  /** Show what needs somebody; without a duty panel in the hall's plan there is none here. */
  function update(hall) {
    now = hall;
    area.hidden = !hall.duty;
    if (!hall.duty) return;
    options(desk, hall.desks.map((each) => [String(each.id), each.name]));
    options(service, hall.services.map((each) => [each.id, each.name]));
    options(numbers, [...hall.services.flatMap((each) => each.numbers), ...hall.open].map((each) => [each, each]));
    lines(alerts, hall.duty.alerts.map((alert) => (alert.eased ? `${alert.text}(已缓解)` : alert.text)));
    lines(findings, hall.duty.findings);
    quiet.hidden = hall.duty.alerts.length + hall.duty.findings.length > 0;
    put(keys.get("emergency_resume"), "data-next", hall.duty.emergency || null);
    const crowded = hall.duty.alerts.some((alert) => ["tidal", "crowd", "uncovered"].includes(alert.kind) && !alert.eased);
    put(keys.get("open_tide"), "data-next", (crowded && hall.desks.some((each) => each.tidal.length && !each.tide)) || null);
    const asked = hall.duty.alerts.some((alert) => alert.kind === "assist");
    put(keys.get("end_assist"), "data-next", asked || null);
  }
  return { area, notes, update };
}

/** A list's choices, made anew only when they are others: what somebody has chosen stays. */
function options(list, wanted) {
  const key = JSON.stringify(wanted);
  if (list.dataset.key === key) return;
  const chosen = list.value;
  put(list, "data-key", key);
  list.replaceChildren(...wanted.map(([value, words]) => el("option", { value }, words)));
  if (wanted.some(([value]) => value === chosen)) list.value = chosen;
}

function lines(list, wanted) {
  const shown = [...list.children].map((item) => item.textContent);
  if (JSON.stringify(shown) === JSON.stringify(wanted)) return;
  list.replaceChildren(...wanted.map((text) => el("li", {}, text)));
}
