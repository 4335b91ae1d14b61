// The front panel's page: builds the areas once, then follows the hall as it changes.

import { deskArea } from "./desk.js";
import { devicesArea } from "./devices.js";
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
import { NOBODY, follow, next } from "./visit.js";

const startButton = document.getElementById("start-demo");
const journal = journalArea();
const devices = devicesArea();
const scenes = scenesArea();
const speaker = speakerArea(document.getElementById("sound-toggle"));
const watchers = new Set();

let hall = null;
let visit = NOBODY;
let kiosks = [];
let desks = [];
let built = "";
let current = null;
let show = null;
let connected = false;
let fresh = false; // connected anew: what was missed must be fetched
let early = null; // records that arrive while the journal is being loaded

// --- building --------------------------------------------------------------------------------------------------------

/** What decides which areas there are; while it stays the same, only texts change and the focus stays where it is. */
function shapeOf(now) {
  return JSON.stringify([now.kiosks.map((each) => each.id), now.services.map((each) => [each.id, each.name]), now.desks.map((each) => [each.id, each.name])]);
}

function build(now) {
  kiosks = now.kiosks.map((kiosk, at) => kioskArea(kiosk, now.services, at === 0));
  desks = now.desks.map(deskArea);
  for (const desk of desks) {
    for (const touch of ["focusin", "pointerdown"]) desk.area.addEventListener(touch, () => makeCurrent(desk.id));
  }
  document.getElementById("hall").replaceChildren(
    el("div", { class: "column-kiosk" }, ...kiosks.map((kiosk) => kiosk.area)),
    el("div", { class: "column-hall" }, el("div", { class: "shared" }, speaker.boardArea, speaker.area, scenes.area), el("section", { class: "desks", "aria-labelledby": "desks-title" }, el("h2", { id: "desks-title", class: "sr" }, "窗口"), ...desks.map((desk) => desk.area))),
    el("div", { class: "records" }, journal.area, devices.area),
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
  say(document.getElementById("hall-name"), now.name);
  say(document.getElementById("hall-clock"), now.time.replace(/^\d+-(\d+)-(\d+) /, (_, month, day) => `${Number(month)}月${Number(day)}日 `));
  put(document.getElementById("hall-clock"), "datetime", now.time.replace(" ", "T"));
  say(document.getElementById("hall-waiting"), String(now.waiting));
  const hours = document.getElementById("hall-hours");
  say(hours, now.issuing || !now.notice ? `服务时间 ${now.hours}` : now.notice);
  put(hours, "class", now.issuing || !now.notice ? "dim" : "over");
  now.kiosks.forEach((kiosk, at) => kiosks[at].update(kiosk, now.services));
  now.desks.forEach((desk, at) => desks[at].update(desk));
  speaker.update(now);
  scenes.update(now);
  devices.update(now);
  showBanner();
  guide();
  if (before && before.closed !== now.closed && now.closed) tellHappened("今日已取号的全部办完,服务结束。重新启动演示就回到服务时间");
  wake({ hall: now });
}

function guide() {
  if (!hall) return;
  const plan = next(hall, visit);
  if (!connected) {
    showStep({ ...plan, keys: [], text: "与演示程序失去联系,重新连上后从这里接着走" });
    return;
  }
  if (plan.desk !== null && plan.desk !== guide.desk) makeCurrent(plan.desk);
  guide.desk = plan.desk;
  showStep(plan);
}

function showBanner() {
  const banner = document.getElementById("banner");
  const crashed = hall ? Object.entries(hall.crashed) : [];
  let words = "";
  if (!connected) words = "与演示程序失去联系,正在自动重连。如果已经关闭,请在终端里重新运行 hall demo";
  else if (!hall.powered) words = "大厅断电了:屏和键盘都没有反应,几秒后来电";
  else if (crashed.length) words = `有程序出错停止:${crashed.map(([name, error]) => `${name}(${error})`).join(";")}`;
  say(banner, words);
  put(banner, "data-kind", !connected || crashed.length ? "fault" : "notice");
  banner.hidden = !words;
  put(document.body, "data-connected", connected ? "yes" : "no");
  put(document.body, "data-powered", !hall || hall.powered ? "yes" : "no");
}

function onRecord(record) {
  if (early) {
    early.push(record);
    return;
  }
  const fresh = journal.add(record);
  if (fresh === null) loadAll();
  if (!fresh) return;
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

// --- waiting, for the demonstration ----------------------------------------------------------------------------------

function wake(news) {
  for (const watcher of [...watchers]) watcher(news);
}

/** Resolves true when `test` passes on a state or a sound, false after `ms` or when stopped. */
function until(test, ms, signal) {
  return new Promise((resolve) => {
    const end = (came) => {
      clearTimeout(timer);
      watchers.delete(watcher);
      signal.removeEventListener("abort", stop);
      resolve(came);
    };
    const watcher = (news) => test({ hall, ...news }) && end(true);
    const stop = () => end(false);
    const timer = setTimeout(stop, ms);
    watchers.add(watcher);
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
    else watcher({});
  });
}

async function toggleShow() {
  if (show) {
    show.abort();
    return;
  }
  if (!hall || !connected) return;
  show = new AbortController();
  say(startButton, "停止演示");
  put(startButton, "data-on", true);
  await playVisit({ hall: () => hall, until, caption: setCaption }, show.signal);
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
    showBanner();
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
  },
  voice(sound) {
    speaker.add(sound, true);
    wake({ voice: sound });
  },
  refused({ desk, instance, text }) {
    const place = desk ? desks.find((each) => each.id === desk) : (kiosks.find((each) => each.id === instance) ?? kiosks[0]);
    if (place) note(place.notes, text);
  },
});
