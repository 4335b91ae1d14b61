// One number dispenser: its sign, a button for each service and its priority button, the paper, the printer's knobs.

import { button, el, flash, named, put, say } from "./elements.js";
import { note, notePlace } from "./notes.js";
import { get, post } from "./server.js";
import { drawSlip } from "./slip.js";
import { canPrint } from "./visit.js";

const KEEP_SLIPS = 20;
const QUEUE_SHOWN = 5; // numbers a button has room for
const CHIPS_SHOWN = 6;
const KNOBS = [
  [
    "paper",
    "打印纸",
    [
      ["ok", "有纸"],
      ["low", "快用完"],
      ["out", "用完"],
    ],
  ],
  [
    "cover",
    "上盖",
    [
      ["closed", "合上"],
      ["open", "打开"],
    ],
  ],
  [
    "cable",
    "电缆",
    [
      ["in", "插好"],
      ["out", "拔掉"],
    ],
  ],
];

/** Builds the area of one kiosk. The first kiosk's buttons carry the plain names tests and shortcuts know. */
export function kioskArea(kiosk, services, first) {
  const prefix = first ? "kiosk" : kiosk.id;
  const notes = notePlace();
  const sign = el("p", { class: "led led-kiosk", testid: `${prefix}-sign` });
  const place = el("span", { class: "dim" });
  const fault = el("p", { class: "fault-words", testid: `${prefix}-fault`, hidden: true });
  const waiting = new Map();
  const lamps = new Map();

  const press = async (testid, service, klass) => {
    flash(named(testid));
    const asked = klass ? { service, klass } : { service };
    const failed = await post(`/api/kiosk/${encodeURIComponent(kiosk.id)}/press`, asked);
    note(notes, failed || (fault.hidden ? "" : sign.textContent), failed ? "fault" : "refused");
  };
  const rows = services.map((service) => {
    const plain = `${prefix}-press-${service.id}`;
    const green = `${plain}-G`;
    const count = el("span", { class: "take-count" });
    const queue = el("span", { class: "take-queue", testid: `${prefix}-queue-${service.id}` });
    waiting.set(service.id, [count, queue]);
    for (const name of [service.id, `${service.id}-first`]) lamps.set(name, el("i", { class: "cap-lamp", hidden: true }));
    return el(
      "li",
      {},
      button(
        { class: "take", testid: plain, on: { click: () => press(plain, service.id, "") } },
        el("span", { class: "take-name" }, lamps.get(service.id), service.name),
        el("span", { class: "take-waiting" }, count, queue),
      ),
      button(
        {
          class: "take-first",
          testid: green,
          "aria-label": `优先绿色通道:${service.name}`,
          on: { click: () => press(green, service.id, "G") },
        },
        el("b", {}, lamps.get(`${service.id}-first`), "优先"),
        el("small", {}, "绿色通道"),
      ),
    );
  });

  const code = el("input", { testid: `${prefix}-code`, maxlength: "40", placeholder: "号码或预约码", "aria-label": "号码或预约码" });
  const chips = el("div", { class: "chips", testid: `${prefix}-chips` });
  const scan = async (text) => {
    flash(named(`${prefix}-scan`));
    note(notes, await post(`/api/kiosk/${encodeURIComponent(kiosk.id)}/scan`, { code: text }), "fault");
  };
  const reader = el(
    "form",
    {
      class: "reader",
      "aria-label": "扫码器",
      on: {
        submit: (event) => {
          event.preventDefault();
          if (code.value.trim()) scan(code.value.trim());
        },
      },
    },
    el("span", { class: "dim" }, "报到"),
    code,
    el("button", { type: "submit", testid: `${prefix}-scan` }, "扫码"),
    chips,
  );

  const tray = el("div", {
    class: "tray",
    tabindex: "0",
    role: "group",
    "aria-label": "出来的号票,最新的在最上面",
    testid: "slips",
  });
  const empty = el("p", { class: "tray-empty dim" }, "按上面一项业务,号票从这里出来");
  tray.append(empty);
  const knobs = new Map();
  const printer = el(
    "fieldset",
    { class: "knobs" },
    el("legend", {}, "打印机"),
    el("span", { class: "knob-state", testid: `${prefix}-printer` }),
  );
  for (const [part, name, values] of KNOBS) {
    const buttons = values.map(([value, word]) => {
      const knob = button(
        {
          testid: `${prefix}-printer-${part}-${value}`,
          "aria-pressed": "false",
          on: {
            click: async () => {
              note(notes, await post(`/api/kiosk/${encodeURIComponent(kiosk.id)}/printer`, { [part]: value }), "fault");
            },
          },
        },
        word,
      );
      knobs.set(`${part}=${value}`, knob);
      return knob;
    });
    printer.append(
      el(
        "div",
        { class: "knob", role: "group", "aria-label": name },
        el("span", { class: "knob-name" }, name),
        ...buttons,
      ),
    );
  }

  const title = `${kiosk.id}-title`;
  const area = el(
    "section",
    { class: "panel kiosk", "aria-labelledby": title, testid: prefix, "data-kiosk": kiosk.id },
    el("h2", { id: title }, "取号机 ", place),
    sign,
    el("ul", { class: "takes" }, ...rows),
    notes,
    fault,
    reader,
    el("h3", { class: "sr" }, "号票"),
    tray,
    printer,
  );

  /** Show the kiosk as it is now. */
  function update(now, hall) {
    say(place, now.place);
    say(sign, now.sign || " ");
    for (const service of hall.services) {
      const [count, queue] = waiting.get(service.id);
      say(count, `等候 ${service.waiting} 人`);
      say(queue, service.numbers.slice(0, QUEUE_SHOWN).join(" ") + (service.numbers.length > QUEUE_SHOWN ? " …" : ""));
      put(queue, "title", service.numbers.join(" ") || null);
    }
    for (const [name, lamp] of lamps) {
      lamp.hidden = !(name in now.lamps);
      put(lamp, "data-lit", now.lamps[name] || null);
    }
    showChips(hall);
    say(fault, now.fault);
    fault.hidden = !now.fault;
    say(printer.querySelector(".knob-state"), canPrint(now) ? "可以打印" : "现在不能打印");
    put(printer, "data-online", canPrint(now) ? "yes" : "no");
    for (const [part, , values] of KNOBS) {
      for (const [value] of values)
        put(knobs.get(`${part}=${value}`), "aria-pressed", now.printer[part] === value ? "true" : "false");
    }
  }
  /** Codes somebody could hold before the reader now: appointments, numbers that were passed, yesterday's. */
  function showChips(hall) {
    const wanted = [
      ...(hall.duty?.bookings ?? []).filter((each) => !each.ticket).map((each) => [`B:${each.code}`, `预约 ${each.starts}`]),
      ...hall.may_report.map((number) => [number, `${number} 回来报到`]),
      ...hall.redeemable.map((day) => [day, `昨日 ${day.split("/")[1]} 换号`]),
    ].slice(0, CHIPS_SHOWN);
    const key = JSON.stringify(wanted);
    if (chips.dataset.key === key) return;
    put(chips, "data-key", key);
    chips.replaceChildren(
      ...wanted.map(([text, words]) =>
        button({ testid: "chip", "data-code": text, title: text, on: { click: () => scan(text) } }, words),
      ),
    );
  }
  let loading = null; // slips that come out while the earlier ones are being fetched

  /** A slip came out. */
  function addSlip(slip) {
    if (loading) loading.push(slip);
    else lay(drawSlip(slip), true);
  }
  function lay(drawn, moving) {
    empty.remove();
    put(drawn, "data-new", moving || null);
    tray.prepend(drawn);
    tray.scrollTop = 0;
    while (tray.children.length > KEEP_SLIPS) tray.lastElementChild.remove();
  }
  /** Show the slips that came out before the page looked. */
  async function loadSlips() {
    if (loading) return;
    loading = [];
    const answer = await get(`/api/kiosk/${encodeURIComponent(kiosk.id)}/slips`);
    const later = loading;
    loading = null;
    if (!answer) return;
    tray.replaceChildren(empty);
    for (const slip of answer.slips.slice(-KEEP_SLIPS)) lay(drawSlip(slip), false);
    const last = answer.slips.at(-1)?.number ?? 0;
    for (const slip of later) if (slip.number > last) lay(drawSlip(slip), true);
  }
  return { id: kiosk.id, area, notes, update, addSlip, loadSlips };
}
