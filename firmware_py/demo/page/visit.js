// Which ticket the page follows, how far it has come, and what to press next. Pure: records and states in, words out.

/** Nobody is followed. `stage`: none, waiting, called, serving, held, rating, rated, unrated, lost. */
export const NOBODY = Object.freeze({ ticket: null, desk: null, stage: "none", phone: "", note: "", story: [] });

const STAGE_OF = {
  called: "called",
  recalled: "called",
  arrived: "serving",
  held: "held",
  resumed: "serving",
  finish_undone: "serving",
  finished: "rating",
  rated: "rated",
  rating_closed: "unrated",
  invite_failed: "unrated",
  transfer_undone: "serving",
  pass_undone: "called",
  reported_back: "held",
  withdrawn: "waiting",
  transferred: "waiting",
  returned: "waiting",
  passed: "lost",
  cancelled: "lost",
  voided: "lost",
  expired: "lost",
  unserved: "lost",
  print_failed: "none",
};
const PHONE_ENDED = new Set(["phone_answered", "phone_abandoned", "phone_missed"]);
const TOLD = new Set(["taken", "called", "arrived", "finished", "rated", "rating_closed", "invite_failed"]);

/** The visit after one more record of the journal. */
export function follow(visit, record) {
  const { type, ticket, desk } = record;
  if (type === "day_opened") return NOBODY;
  if (PHONE_ENDED.has(type)) {
    if (visit.stage === "none" || visit.phone) return visit;
    return { ...visit, phone: record.text, story: [...visit.story, record] };
  }
  if (!ticket) return visit;
  if (type === "taken") return isFree(visit) ? begun(record, "waiting") : visit;
  if (type === "called" && ticket !== visit.ticket) {
    const movedOn = visit.stage === "rating" && desk === visit.desk; // nobody has to rate
    return isFree(visit) || visit.stage === "waiting" || movedOn ? begun(record, "called") : visit;
  }
  const stage = STAGE_OF[type];
  if (ticket !== visit.ticket || !stage) return visit;
  if (stage === "none") return { ...NOBODY, note: record.text };
  const story = TOLD.has(type) ? [...visit.story, record] : visit.story;
  return { ...visit, stage, desk: desk || visit.desk, note: stage === "lost" ? record.text : "", story };
}

/** Whether all five steps are done. */
export function isComplete(visit) {
  return isOver(visit) && visit.phone !== "";
}

function isOver(visit) {
  return visit.stage === "rated" || visit.stage === "unrated";
}

function isFree(visit) {
  return visit.stage === "none" || visit.stage === "lost" || isOver(visit);
}

function begun(record, stage) {
  return { ...NOBODY, ticket: record.ticket, desk: record.desk || null, stage, story: [record] };
}

/**
 * What to press next: `step` 1…5 (6 = all done), `text` for people, `keys` the names of the glowing buttons, `desk` the
 * window it happens at or null, `unrated` = step 4 came and nobody rated.
 */
export function next(hall, visit) {
  return { ...plan(hall, visit), unrated: visit.stage === "unrated" };
}

function plan(hall, visit) {
  if (!hall.powered) return idle(stepOf(visit), "大厅断电了,请稍候:来电后每张号都会接着办");
  if (hall.duty?.emergency)
    return { ...idle(stepOf(visit), "紧急暂停中,次序和计时都不变:请在值班台按“紧急恢复”"), keys: ["duty-emergency_resume"] };
  const desk = hall.desks.find((each) => each.id === visit.desk);
  switch (visit.stage) {
    case "called":
      return desk ? atDesk(3, desk, "arrive", `${visit.ticket} 号走到${desk.name}了,请按“到达”`) : idle(3, "");
    case "serving":
      if (desk?.interrupted)
        return atDesk(3, desk, "resume_desk", `${desk.name}暂时离开,${visit.ticket} 号在窗口等:回来请按“恢复服务”`);
      return desk ? atDesk(3, desk, "finish", `${desk.name}正在办理 ${visit.ticket},办完请按“办结”`) : idle(3, "");
    case "held":
      return desk ? atDesk(3, desk, "resume_ticket", `${visit.ticket} 号挂起了,群众回来后请按“恢复”`) : idle(3, "");
    case "rating":
      return desk ? toRate(desk) : idle(4, "");
    case "rated":
    case "unrated":
      return isComplete(visit) ? allDone(hall, visit) : toRing(hall, visit, desk);
    case "waiting":
      return toCall(hall, visit.ticket, serving(hall, visit.ticket), waitingFor(hall, visit.ticket));
    default:
      return hall.waiting ? toCall(hall, null, hall.desks, `还有 ${hall.waiting} 人等候`) : toTake(hall, visit);
  }
}

/** Who waits: the only one by number; with others there, the hall decides whose turn it is. */
function waitingFor(hall, ticket) {
  return hall.waiting > 1 ? `${ticket} 等 ${hall.waiting} 个号在等候,由系统按次序叫` : `${ticket} 号在等候`;
}

function stepOf(visit) {
  return { called: 3, serving: 3, held: 3, rating: 4, rated: 5, unrated: 5, waiting: 2 }[visit.stage] ?? 1;
}

function idle(step, text) {
  return { step, text, keys: [], desk: null };
}

function atDesk(step, desk, key, text) {
  return { step, text, keys: [`desk-${desk.id}-key-${key}`], desk: desk.id };
}

function toTake(hall, visit) {
  if (!hall.issuing) return idle(1, hall.notice || "现在不取号");
  const note = visit.note ? `${visit.note}。` : "";
  const at = hall.kiosks.findIndex(canPrint);
  if (at < 0) return idle(1, `${note}取号机现在不能打印。${hall.kiosks[0]?.fault ?? ""}`);
  const keys = hall.services.map((service) => pressName(hall, hall.kiosks[at], service));
  return { step: 1, text: `${note}请在取号机上按一项业务,取一张号`, keys, desk: null };
}

/** Whether a slip asked for now would come out. */
export function canPrint(kiosk) {
  return kiosk.printer.online && kiosk.printer.cable === "in";
}

/** The name of a kiosk's button for a service; the first kiosk is simply `kiosk`. */
export function pressName(hall, kiosk, service) {
  return `${kiosk.id === hall.kiosks[0].id ? "kiosk" : kiosk.id}-press-${service.id}`;
}

/** The desks that serve a ticket, by the longest prefix that fits its number. */
function serving(hall, ticket) {
  const fitting = hall.services.filter(
    (service) => /^\d+$/.test(ticket.slice(service.prefix.length)) && ticket.startsWith(service.prefix),
  );
  const names = fitting.flatMap((service) => [service.id, service.name]);
  const found = hall.desks.filter((desk) => desk.services.some((each) => names.includes(each)));
  return found.length ? found : hall.desks;
}

const READY = ["ready", "rating", "closing"];

function toCall(hall, ticket, desks, who) {
  if (!hall.calling) return idle(2, `${who};叫号时间还没有到,请稍候`);
  const waited = desks.filter((desk) => desk.waiting || desk.state === "closed");
  const able = waited.length ? waited : desks;
  const ready = able.find((desk) => READY.includes(desk.state));
  if (ready) return atDesk(2, ready, "next", `${who}:请在${ready.name}按“下一位”`);
  const away = able.find((desk) => desk.state === "wait" || desk.state === "paused");
  if (away) return atDesk(2, away, "resume_desk", `${who},${away.name}${away.state_text}:请按“恢复服务”`);
  const closed = able.find((desk) => desk.state === "closed");
  if (closed) return atDesk(2, closed, "login", `${who},还没有窗口能叫号:请在${closed.name}按“登录”`);
  const busy = able.find((desk) => desk.next_keys.length);
  if (busy)
    return atDesk(
      2,
      busy,
      busy.next_keys[0],
      `${who}。${busy.name}${busy.state_text} ${busy.ticket ?? ""},请先办完这一位`,
    );
  return idle(2, `${who},请等窗口办完手里的号`);
}

function toRate(desk) {
  const keys = [5, 4, 3, 2, 1].map((level) => `eval-${desk.id}-key-${level}`);
  const text = desk.invited
    ? `${desk.name}的评价器亮了:请替群众按一个键,按哪个都可以`
    : `${desk.name}正在请群众评价,请稍候`;
  return { step: 4, text, keys: desk.invited ? keys : [], desk: desk.id };
}

function toRing(hall, visit, own) {
  const desk = own?.phone.line ? own : hall.desks.find((each) => each.phone.line);
  if (!desk) return allDone(hall, { ...visit, phone: "这个大厅没有接电话" });
  const { line, ring } = desk.phone;
  if (line === "ringing")
    return { step: 5, text: `${desk.name}电话响第 ${ring || 1} 声,三声内接听才算及时`, keys: [], desk: desk.id };
  if (line === "talking") return { step: 5, text: `${desk.name}接听了电话`, keys: [], desk: desk.id };
  const text = `最后一步:让${desk.name}的电话响三声再接听,请按“响3声”`;
  return { step: 5, text, keys: [`phone-${desk.id}-ring-3`], desk: desk.id };
}

function allDone(hall, visit) {
  const first = visit.story[0];
  const last = visit.story[visit.story.length - 1];
  const again = hall.issuing
    ? "再看一遍,请再取一个号"
    : hall.closed
      ? "今日服务已结束,要接着看请按“次日上午”"
      : "今日不再取号,等候的都会办完";
  const span = first && last ? `(${first.time} 到 ${last.time})` : "";
  const text = `${visit.ticket} 号走完了大厅${span}:取号、叫号、到窗、${visit.stage === "rated" ? "评价" : "没有评价"},${visit.phone}。${again}`;
  return { step: 6, text, keys: [], desk: null };
}
