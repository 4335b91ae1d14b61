// Which devices are well and which need somebody, in words, those that need somebody first.

import { el, put, say } from "./elements.js";

const KINDS = {
  printer: "打印机",
  sign: "显示屏",
  board: "大厅显示屏",
  led: "显示屏",
  voice: "语音",
  evaluator: "评价器",
  pad: "叫号键盘",
  reader: "扫码器",
  buttons: "取号按键",
  lamps: "按键灯",
  phone: "电话线路",
  daemon: "程序",
  journal: "日志",
  plan: "大厅设置",
};
const STATES = {
  ok: "正常",
  ready: "正常",
  init: "正在启动",
  disconnected: "已断开",
  lost: "失去联系",
  crashed: "程序出错,已停止",
};

/** Builds the area of the devices. */
export function devicesArea() {
  const summary = el("p", { class: "devices-summary", testid: "devices-summary" });
  const list = el("ul", { class: "devices-list", testid: "devices" });
  const well = el("ul", { class: "devices-list" });
  const rest = el("details", {}, el("summary", {}, "正常的设备"), well);
  const area = el(
    "section",
    { class: "panel devices", "aria-labelledby": "devices-title" },
    el("h2", { id: "devices-title" }, "设备状态"),
    summary,
    list,
    rest,
  );
  let shown = "";

  /** Show them as they are now. */
  function update(hall) {
    const key = JSON.stringify(hall.devices);
    if (key === shown) return;
    shown = key;
    const bad = hall.devices.filter((device) => device.status !== "ok");
    const good = hall.devices.filter((device) => device.status === "ok");
    say(summary, bad.length ? `${bad.length} 处需要处理` : `全部正常,共 ${good.length} 个程序在运行`);
    put(summary, "data-bad", bad.length > 0 || null);
    list.replaceChildren(...bad.map((device) => row(device, hall)));
    well.replaceChildren(...good.map((device) => row(device, hall)));
  }
  function row(device, hall) {
    const ok = device.status === "ok";
    return el(
      "li",
      { testid: "device", "data-device": device.id, "data-status": device.status },
      el("b", {}, nameOf(device, hall)),
      el("span", {}, ok ? "正常" : device.text || STATES[device.status] || "需要处理"),
    );
  }
  return { area, update };
}

/** `desk1-eval` is 1号窗口's evaluator, `kiosk1/printer` the printer at its place, in the words of the hall. */
export function nameOf(device, hall) {
  const [instance, part] = device.id.split("/");
  const kind = part ? (KINDS[device.kind] ?? "设备") : "";
  const kiosk = hall.kiosks.find((each) => each.id === instance);
  const desk = /^desk(\d+)(?:-(\w+))?$/.exec(instance);
  if (kiosk) return `取号机(${kiosk.place || kiosk.id})${kind}`;
  if (desk) return `${desk[1]}号窗口${kind || { eval: "评价器", phone: "电话线路" }[desk[2]] || "叫号键盘和屏"}`;
  if (instance === "controller") return `主控${kind}`;
  if (instance === "duty") return `值班台${kind}`;
  if (instance === "hall") return `大厅${kind || "屏和喇叭"}`;
  return kind ? `${instance} ${kind}` : instance;
}
