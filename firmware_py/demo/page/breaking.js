// Switches that break the devices, so that anybody can see what the hall does about it and how it recovers.

import { nameOf } from "./devices.js";
import { button, el, put, say } from "./elements.js";
import { note, notePlace } from "./notes.js";
import { post } from "./server.js";
import { tellHappened } from "./steps.js";

const WATCH_MS = 8000; // what to watch stays this long before news push it away

/** Builds the area: choose a device, switch its faults on and off, mend everything. */
export function breakingArea() {
  const notes = notePlace();
  const choice = el("select", { id: "breaking-device", testid: "breaking-device" });
  const switches = el("div", { class: "breaking-switches", role: "group", "aria-labelledby": "breaking-title" });
  const mend = button({ class: "scene", testid: "breaking-mend" }, "全部修好");
  const summary = el("p", { class: "breaking-summary", testid: "breaking-summary", role: "status" });
  const area = el(
    "section",
    { class: "panel breaking", "aria-labelledby": "breaking-title" },
    el("h2", { id: "breaking-title" }, "让设备出故障"),
    el(
      "p",
      { class: "dim" },
      "选一个设备,按一种故障,看大厅怎样说明、怎样绕开,修好后怎样自己恢复。有的故障用到设备时才发现:请按一下取号、叫号或评价。",
    ),
    notes,
    el("label", { for: "breaking-device" }, "设备 ", choice),
    switches,
    el("div", {}, mend),
    summary,
  );
  let hall = null;
  let listed = "";
  let drawn = "";

  choice.addEventListener("change", draw);
  mend.addEventListener("click", () => ask({}, "设备全部修好了:请看“设备状态”怎样一个一个自己恢复"));

  async function ask(body, watch) {
    const failed = await post("/api/fault", body);
    if (failed) note(notes, failed, "fault");
    else tellHappened(watch, WATCH_MS);
  }

  /** Follow the hall; the switches stay the same elements while their device does, so that the focus stays. */
  function update(now) {
    hall = now;
    const names = JSON.stringify(now.faults.map((each) => each.device));
    if (names !== listed) {
      listed = names;
      const chosen = choice.value;
      choice.replaceChildren(
        ...now.faults.map((each) => el("option", { value: each.device }, nameOf(named(each), now))),
      );
      if (now.faults.some((each) => each.device === chosen)) choice.value = chosen;
    }
    draw();
    const broken = now.faults.flatMap((each) =>
      each.faults.filter((fault) => fault.on).map((fault) => `${nameOf(named(each), now)}:${fault.text}`),
    );
    say(summary, broken.length ? `现在坏着:${broken.join(";")}` : "现在没有坏的");
    put(summary, "data-bad", broken.length > 0 || null);
  }

  function draw() {
    const device = hall?.faults.find((each) => each.device === choice.value);
    if (!device) return;
    const key = `${device.device} ${device.faults.map((each) => each.fault)}`;
    if (key !== drawn) {
      drawn = key;
      switches.replaceChildren(...device.faults.map((each) => made(device, each)));
    }
    for (const each of device.faults) {
      const cap = switches.querySelector(`[data-fault="${CSS.escape(each.fault)}"]`);
      put(cap, "aria-pressed", each.on ? "true" : "false");
    }
  }

  function made(device, { fault, text }) {
    const cap = button({ class: "breaking-switch", testid: `break-${fault}`, "data-fault": fault }, text);
    cap.addEventListener("click", () => {
      const on = cap.getAttribute("aria-pressed") !== "true";
      const name = nameOf(named(device), hall);
      ask({ device: device.device, fault, on }, on ? `${name}:${text}。请看“设备状态”和大厅怎样应对` : `${name}:修好了。请看它自己恢复`);
    });
    return cap;
  }
  return { area, update };
}

/** A device of this list as `nameOf` takes it. */
function named({ device, kind }) {
  return { id: device, kind };
}
