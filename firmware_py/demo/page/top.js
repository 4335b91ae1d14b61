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
  const held = document.getElementById("standing"); // in the strip that stays in sight
  const lasting = hall && connected && hall.powered ? standing(hall) : "";
  say(held, lasting);
  held.hidden = !lasting;
  put(document.body, "data-connected", connected ? "yes" : "no");
  put(document.body, "data-powered", !hall || hall.powered ? "yes" : "no");
}

/** After closing time everybody with a number is still served: how many those are, and who is called for the last time. */
function standing(hall) {
  if (hall.duty?.emergency) return "紧急暂停中:不叫号、不取号,次序和计时都不变";
  if (hall.closed) return "今日服务结束:有号的群众已全部办完";
  if (hall.reason !== "issue_closed" || !hall.calling) return "";
  const left = hall.waiting + hall.open.length;
  const last = hall.final.length ? `;最后一次呼叫:${hall.final.join(" ")}` : "";
  return left ? `延时服务:停止取号,还有 ${left} 人没有办完${last}` : "延时服务:停止取号,没有人在等候";
}
