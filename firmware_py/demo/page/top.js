// The top of the page: which hall, what time it is there, how many wait, and what everybody must know at once.

import { put, say } from "./elements.js";

/** Show the hall's facts. */
export function showTop(now) {
  say(document.getElementById("hall-name"), now.name);
  say(
    document.getElementById("hall-clock"),
    now.time.replace(/^\d+-(\d+)-(\d+) /, (_, month, day) => `${Number(month)}月${Number(day)}日 `),
  );
  put(document.getElementById("hall-clock"), "datetime", now.time.replace(" ", "T"));
  say(document.getElementById("hall-waiting"), String(now.waiting));
  const hours = document.getElementById("hall-hours");
  say(hours, now.issuing || !now.notice ? `服务时间 ${now.hours}` : now.notice);
  put(hours, "class", now.issuing || !now.notice ? "dim" : "over");
}

/** What everybody must know at once: no connection, no power, a program that failed. */
export function showBanner(hall, connected) {
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
