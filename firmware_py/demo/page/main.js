// The front panel's page: builds the areas once, then follows the hall as it changes.

import { breakingArea } from "./breaking.js";
import { deskArea } from "./desk.js";
import { devicesArea } from "./devices.js";
import { dutyArea } from "./duty.js";
import { el, named, put, say } from "./elements.js";
import { journalArea } from "./journal.js";
import { wireKeyboard } from "./keyboard.js";
import { kioskArea } from "./kiosk.js";
import { note } from "./notes.js";
import { scenesArea } from "./scenes.js";
import { get, listen, watchRequests } from "./server.js";
import { playVisit } from "./show.js";
import { speakerArea } from "./speaker.js";
import { goToGlow, setCaption, showStep, tellHappened } from "./steps.js";
import { showBanner, showTop } from "./top.js";
import { NOBODY, follow, next } from "./visit.js";
import { wake } from "./waiting.js";

const startButton = document.getElementById("start-demo");
const journal = journalArea();
const devices = devicesArea();
const scenes = scenesArea();
const breaking = breakingArea();
const duty = dutyArea();
const speaker = speakerArea(document.getElementById("sound-toggle"));

let hall = null;
let visit = NOBODY;
let kiosks = [];
let desks = [];
let built = "";
let current = null; // the desk single keys go to
let guided = null; // the desk the hint was about
let show = null;
let connected = false;
let fresh = false; // connected anew: what was missed must be fetched
let early = null; // records that arrive while the journal is being loaded

// --- building --------------------------------------------------------------------------------------------------------

/** What decides which areas there are; while it stays the same, only texts change and the focus stays where it is. */
function shapeOf(now) {
  return JSON.stringify([
    now.kiosks.map((each) => each.id),
    now.services.map((each) => [each.id, each.name]),
    now.desks.map((each) => [each.id, each.name]),
  ]);
}

function build(now) {
  kiosks = now.kiosks.map((kiosk, at) => kioskArea(kiosk, now.services, at === 0));
  desks = now.desks.map(deskArea);
  for (const desk of desks) {
    for (const touch of ["focusin", "pointerdown"]) desk.area.addEventListener(touch, () => makeCurrent(desk.id));
  }
  document
    .getElementById("hall")
    .replaceChildren(
      el("div", { class: "column-kiosk" }, ...kiosks.map((kiosk) => kiosk.area)),
      el(
        "div",
        { class: "column-hall" },
        el("div", { class: "shared" }, speaker.boardArea, speaker.area, scenes.area),
        el(
          "section",
          { class: "desks", "aria-labelledby": "desks-title" },
          el("h2", { id: "desks-title", class: "sr" }, "窗口"),
          ...desks.map((desk) => desk.area),
          duty.area,
        ),
      ),
      el("div", { class: "records" }, journal.area, el("div", { class: "troubles" }, devices.area, breaking.area)),
    );
  makeCurrent(now.desks[0]?.id ?? null);
}

// --- following the hall ----------------------------------------------------------------------------------------------

function onState(now) {
  const before = hall;
  hall = now;
  const shape = shapeOf(now);
  if (shape !== built) {
    built = shape;
    build(now);
  }
  showTop(now);
  now.kiosks.forEach((kiosk, at) => kiosks[at].update(kiosk, now));
  now.desks.forEach((desk, at) => desks[at].update(desk, now));
  duty.update(now);
  speaker.update(now);
  scenes.update(now);
  devices.update(now);
  breaking.update(now);
  showBanner(hall, connected);
  guide();
  if (before && before.closed !== now.closed && now.closed)
    tellHappened("今日已取号的全部办完,服务结束。要接着看请按“次日上午”");
  wake({ hall });
}

function guide() {
  if (!hall) return;
  const plan = next(hall, visit);
  if (!connected) {
    showStep({ ...plan, keys: [], text: "与演示程序失去联系,重新连上后从这里接着走" });
    return;
  }
  if (plan.desk !== null && plan.desk !== guided) makeCurrent(plan.desk);
  guided = plan.desk;
  showStep(plan);
}

function onRecord(record) {
  if (early) {
    early.push(record);
    return;
  }
  const isNew = journal.add(record);
  if (isNew === null) loadAll();
  if (!isNew) return;
  visit = follow(visit, record);
  journal.followed(visit.ticket);
  tellHappened(record.text);
  guide();
}

function makeCurrent(id) {
  current = id;
  for (const desk of desks) desk.setCurrent(desk.id === id);
}

// --- what was there before the page ----------------------------------------------------------------------------------

async function loadAll() {
  if (early) return;
  early = [];
  const records = await journal.load(hall?.seq ?? 0);
  const later = early;
  early = null;
  if (records === null) return;
  visit = records.reduce(follow, NOBODY);
  const last = records[records.length - 1];
  if (last) tellHappened(last.text);
  for (const record of later) onRecord(record);
  journal.followed(visit.ticket);
  guide();
}

async function loadSounds() {
  const answer = await get("/api/voice");
  if (answer) speaker.reset(answer.sounds);
}

// --- the demonstration -----------------------------------------------------------------------------------------------

async function toggleShow() {
  if (show) {
    show.abort();
    return;
  }
  if (!hall || !connected) return;
  show = new AbortController();
  say(startButton, "停止演示");
  put(startButton, "data-on", true);
  await playVisit({ hall: () => hall, caption: setCaption }, show.signal);
  show = null;
  say(startButton, "开始演示(有声音)");
  put(startButton, "data-on", false);
}

// --- wiring ----------------------------------------------------------------------------------------------------------

function pressNamed(testid) {
  named(testid)?.click();
}

function atCurrent(key) {
  return () => current !== null && pressNamed(`desk-${current}-key-${key}`);
}

function nextDesk() {
  if (!desks.length) return;
  const at = desks.findIndex((desk) => desk.id === current);
  const desk = desks[(at + 1) % desks.length];
  makeCurrent(desk.id);
  desk.area.focus();
}

startButton.addEventListener("click", toggleShow);
document.getElementById("guide-go").addEventListener("click", goToGlow);
watchRequests((lines) => say(document.getElementById("requests"), lines.join("\n")));
wireKeyboard([
  ["g", "转到下一步要按的键(再按回车)", goToGlow],
  ["1", "取号:第一项业务(2、3 是第二、第三项)", () => takeNumber(0)],
  ["2", "", () => takeNumber(1)],
  ["3", "", () => takeNumber(2)],
  ["w", "换一个窗口;下面的键对标着“键盘”的窗口生效", nextDesk],
  ["l", "登录", atCurrent("login")],
  ["n", "下一位", atCurrent("next")],
  ["r", "重呼", atCurrent("recall")],
  ["a", "到达", atCurrent("arrive")],
  ["f", "办结", atCurrent("finish")],
  ["p", "电话响三声", () => current !== null && pressNamed(`phone-${current}-ring-3`)],
  ["d", "开始或停止演示", toggleShow],
  ["s", "声音开或关", () => pressNamed("sound-toggle")],
]);

function takeNumber(at) {
  if (hall?.services[at]) pressNamed(`kiosk-press-${hall.services[at].id}`);
}

listen({
  up() {
    connected = true;
    fresh = true;
  },
  down() {
    connected = false;
    showBanner(hall, connected);
    guide();
  },
  state(now) {
    onState(now);
    if (!fresh) return;
    fresh = false;
    loadAll();
    for (const kiosk of kiosks) kiosk.loadSlips();
    loadSounds();
  },
  journal: onRecord,
  slip({ kiosk, slip }) {
    kiosks.find((each) => each.id === kiosk)?.addSlip(slip);
    wake({ hall, kiosk, slip });
  },
  voice(sound) {
    speaker.add(sound, true);
    wake({ hall, voice: sound });
  },
  refused({ desk, instance, text }) {
    if (instance === "duty") {
      note(duty.notes, text);
      return;
    }
    const place = desk
      ? desks.find((each) => each.id === desk)
      : (kiosks.find((each) => each.id === instance) ?? kiosks[0]);
    if (place) note(place.notes, text);
  },
});
