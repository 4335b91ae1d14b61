// 开始演示: one visit played by itself within a minute, over the same requests a hand would make.

import { flash, named } from "./elements.js";
import { post } from "./server.js";
import { showGlow } from "./steps.js";
import { canPrint, pressName } from "./visit.js";
import { until } from "./waiting.js";

const READY = ["ready", "rating", "closing"];

const HANDS = "演示先停在这里,您可以接着用手按";
const LONGEST_VOICE_MS = 9000;
const RATING_MS = 11000; // a window open this long no longer holds up the next citizen
const AHEAD_MS = 15000;

class Stopped extends Error {}
class Stuck extends Error {}

/**
 * Plays one visit. `page.hall()` is the newest state, `page.caption(text)` tells people what happens.
 */
export async function playVisit(page, signal) {
  const step = new Step(page, signal);
  try {
    await play(step);
  } catch (error) {
    if (error instanceof Stuck) await step.tell(error.message, 6000).catch(() => {});
    else if (!(error instanceof Stopped)) throw error;
  } finally {
    page.caption("");
  }
}

async function play(step) {
  const { kiosk, service, desk: id } = choose(step.hall);
  const desk = () => step.hall.desks.find((each) => each.id === id);
  const { name } = desk();

  await step.tell("一位群众走进大厅,马上在取号机上按一下", 1800);
  const slip = step.ahead((news) => news.slip && news.kiosk === kiosk.id);
  const path = `/api/kiosk/${encodeURIComponent(kiosk.id)}/press`;
  await step.press(pressName(step.hall, kiosk, service), path, { service: service.id });
  if (!(await slip(8000))) throw new Stuck(`号票没有打出来,请看取号机上的提示。${HANDS}`);
  await step.tell(`① 取号:“${service.name}”的号票打出来了,上面写着前面还有几位`, 3200);

  if (desk().state === "closed") {
    await step.press(`desk-${id}-key-login`, `/api/desk/${id}/key`, { key: "login" });
    await step.until(() => desk().state !== "closed", 6000, `${name}没有登录上,请看窗口的提示`);
    await step.tell(`${name}的工作人员登录了,可以叫号`, 2000);
  }
  if (["wait", "paused"].includes(desk().state)) {
    await step.press(`desk-${id}-key-resume_desk`, `/api/desk/${id}/key`, { key: "resume_desk" });
    await step.until(() => READY.includes(desk().state), 6000, `${name}没有恢复服务,请看窗口的提示`);
  }

  const voice = step.ahead((news) => news.voice?.where === "hall");
  await step.press(`desk-${id}-key-next`, `/api/desk/${id}/key`, { key: "next" });
  await step.until(() => desk().state === "calling", 6000, `${name}没有叫到号,请看窗口的提示`);
  const { ticket } = desk();
  await step.tell(`② 叫号:${name}按“下一位”,窗口屏和大厅屏马上亮出 ${ticket},请听喇叭`, 600);
  const heard = step.hall.voice_problem ? null : await voice(4000);
  await step.pause(heard ? Math.min(heard.voice.duration_ms + 500, LONGEST_VOICE_MS) : 2500);
  if (desk().rating) {
    step.say(`${ticket} 的群众到了,请上一位先评价完`); // nobody's rating is hurried away (R-EVAL-02)
    await until(() => !desk().rating, RATING_MS, step.signal);
  }

  await step.press(`desk-${id}-key-arrive`, `/api/desk/${id}/key`, { key: "arrive" });
  await step.until(() => desk().state === "serving", 6000, `${name}没有登记到达,请看窗口的提示`);
  await step.tell(`③ 到窗:${ticket} 的群众到了,窗口屏写着正在办理`, 3000);

  await step.press(`desk-${id}-key-finish`, `/api/desk/${id}/key`, { key: "finish" });
  await step.until(() => desk().invited, 6000, `${name}的评价器没有亮,请看设备状态`);
  await step.tell(`④ 评价:办结了,五个键亮起来,请群众自己选一个`, 3500);
  await step.press(`eval-${id}-key-5`, `/api/evaluator/${id}/key`, { key: 5 });
  await step.until(() => !desk().invited, 6000, "评价没有登记上,请看流水账");
  await step.tell("群众按了一个键:只显示“谢谢您的评价”,窗口看不到按的是哪个", 3000);

  if (!desk().phone.line) return;
  await step.press(`phone-${id}-ring-3`, `/api/phone/${id}`, { rings: 3, then: "answer" });
  await step.until(() => desk().phone.line !== "idle", 3000, "电话没有响");
  for (let ring = 1; ring <= 3; ring += 1) {
    await step.until(() => desk().phone.ring >= ring || desk().phone.line !== "ringing", 8000, "电话没有响完");
    step.say(`⑤ 电话三声:${name}的电话响第 ${ring} 声,三声内接听才算及时`);
  }
  await step.until(() => desk().phone.line === "talking", 8000, "电话没有接起来");
  await step.tell(`响到第三声接听了,算三声内。流水账里一条一条都有记录`, 4000);
}

/** A service and a desk for it, where our citizen would be the next one if there is such a desk. */
function choose(hall) {
  if (!hall.powered) throw new Stuck("大厅断电了,请等来电后再开始演示");
  if (!hall.issuing || !hall.calling) throw new Stuck(`${hall.notice || "现在不在取号时间"}。请在服务时间再看演示`);
  const kiosk = hall.kiosks.find(canPrint);
  if (!kiosk) throw new Stuck(`取号机现在不能打印,请先把打印机恢复好。${hall.kiosks[0]?.fault ?? ""}`);
  const free = hall.desks.filter(
    (desk) => [...READY, "closed", "wait", "paused"].includes(desk.state) && ["idle", ""].includes(desk.phone.line),
  );
  const pairs = free.flatMap((desk) =>
    hall.services
      .filter((service) => desk.services.includes(service.name) || desk.services.includes(service.id))
      .map((service) => ({ desk, service })),
  );
  const trouble = (desk) => (desk.rating ? 0.7 : 0) + (READY.includes(desk.state) ? 0 : 0.5);
  const rank = ({ desk, service }) => desk.waiting + service.waiting + trouble(desk);
  pairs.sort((one, other) => rank(one) - rank(other));
  if (!pairs.length) throw new Stuck("每个窗口手里都有号,请先办完一位,再开始演示");
  return { kiosk, service: pairs[0].service, desk: pairs[0].desk.id };
}

/** The demonstration's hands and patience; every wait ends at once when it is stopped. */
class Step {
  constructor(page, signal) {
    this.page = page;
    this.signal = signal;
  }

  get hall() {
    return this.page.hall();
  }

  say(text) {
    this.check();
    this.page.caption(text);
  }

  async tell(text, ms) {
    this.say(text);
    await this.pause(ms);
  }

  check() {
    if (this.signal.aborted) throw new Stopped();
  }

  pause(ms) {
    return until(() => false, ms, this.signal).then(() => this.check());
  }

  async press(testid, path, body) {
    this.check();
    showGlow();
    flash(named(testid));
    const failed = await post(path, body);
    if (failed) throw new Stuck(failed);
  }

  async until(test, ms, otherwise) {
    const came = await until(({ hall }) => test(hall), ms, this.signal);
    this.check();
    if (!came) throw new Stuck(`${otherwise}。${HANDS}`);
  }

  /** From now on watches for news that passes; the answer waits for it, null when none came. */
  ahead(test) {
    let found = null;
    const coming = until(
      (news) => {
        if (test(news)) found = news;
        return found !== null;
      },
      AHEAD_MS,
      this.signal,
    );
    return async (ms) => {
      await Promise.race([coming, until(() => false, ms, this.signal)]);
      this.check();
      return found;
    };
  }
}
