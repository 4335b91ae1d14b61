// The four buttons that put the hall to the test, each with what to watch.

import { button, el, put, say } from "./elements.js";
import { note, notePlace } from "./notes.js";
import { post } from "./server.js";
import { tellHappened } from "./steps.js";

const SCENES = [
  [
    "crowd",
    "来20位群众",
    "看排队,和叫号的次序",
    "20 位群众正在取号:请看等候人数和号票,再按“下一位”,流水账会说为什么先叫他",
  ],
  ["paper_out", "拔掉打印纸", "看取号机怎样请人到别处", "打印纸拔掉了:请按一下取号,没有打出来的号不会叫到任何人"],
  ["power_cut", "断电再开", "看号一个不少,次序不变", "整个大厅断电了:来电以后,每张号、每个窗口都和断电前一样"],
  ["closing", "到17:30", "停止取号,等候的都办完", "到下班时间了:不再取号,已经取号的一位一位办完;过号的最后再叫一次,然后才下班"],
];
const WATCH_MS = 8000; // what to watch stays this long before news push it away
const PAPER_BACK = ["装回打印纸", "看取号机自己恢复取号", "打印纸装回去了:取号机自己恢复,请再按一下取号"];

const MORNING = ["次日上午", "新的一天,号码从头开始", "断电过夜,第二天上午送电:新的一天,号码从头开始;昨天没有办完的,可以在取号机换号,优先办理"];

/** Builds the area of the four scenes. */
export function scenesArea() {
  const notes = notePlace();
  let paperOut = false;
  let over = false;
  const words = (scene, own) => (scene === "paper_out" && paperOut ? PAPER_BACK : scene === "closing" && over ? MORNING : own);
  const made = SCENES.map(([scene, ...own]) => {
    const cap = button({ class: "scene", testid: `scene-${scene}`, "aria-describedby": `scene-${scene}-why` }, own[0]);
    const why = el("span", { class: "scene-why", id: `scene-${scene}-why` }, own[1]);
    cap.addEventListener("click", async () => {
      if (cap.getAttribute("aria-busy") === "true") return;
      put(cap, "aria-busy", "true");
      const watch = words(scene, own)[2];
      const failed = await post("/api/scene", { scene: scene === "closing" && over ? "morning" : scene });
      put(cap, "aria-busy", null);
      if (failed) note(notes, failed, "fault");
      else tellHappened(watch, WATCH_MS);
    });
    return { scene, own, cap, why, item: el("li", {}, cap, why) };
  });
  const area = el(
    "section",
    { class: "panel scenes", "aria-labelledby": "scenes-title" },
    el("h2", { id: "scenes-title" }, "试一试"),
    notes,
    el("ul", {}, ...made.map((each) => each.item)),
  );

  /** The paper button says what it would do now. */
  function update(hall) {
    over = hall.reason === "issue_closed" || hall.closed;
    paperOut = hall.kiosks.some((kiosk) => kiosk.printer.paper === "out");
    for (const { scene, own, cap, why } of made) {
      const [label, watch] = words(scene, own);
      say(cap, label);
      say(why, watch);
    }
  }
  return { area, update };
}
