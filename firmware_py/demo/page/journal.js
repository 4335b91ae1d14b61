// The journal as sentences, newest first; every record has an address, and a call that needs explaining explains itself.

import { button, el, put, say } from "./elements.js";
import { get } from "./server.js";

const FIRST = 200;
const MORE = 200;
const MOST = 1000;

/** Builds the area of the journal. */
export function journalArea() {
  const rows = el("ol", { class: "journal-rows", testid: "journal", reversed: true });
  const more = button({ class: "more", testid: "journal-more", hidden: true }, "更早的记录");
  const count = el("span", { class: "dim" });
  const area = el(
    "section",
    { class: "panel journal", "aria-labelledby": "journal-title" },
    el("h2", { id: "journal-title" }, "流水账 ", count),
    rows,
    more,
  );
  let records = new Map();
  let oldest = 0;
  let newest = { seq: 0, wall: "" };
  let own = null; // the ticket the page follows

  function row(record) {
    const id = `j${record.seq}`;
    const why = record.why
      ? el("details", { testid: "journal-why" }, el("summary", {}, "为什么先叫他"), el("p", {}, record.why))
      : null;
    return el(
      "li",
      {
        id,
        testid: "journal-row",
        "data-seq": record.seq,
        "data-type": record.type,
        "data-ticket": record.ticket || null,
        "data-own": (own && record.ticket === own) || null,
      },
      el("time", {}, record.time),
      el("div", { class: "journal-words" }, el("span", {}, record.text), why),
      el("a", { href: `#${id}`, "aria-label": `第 ${record.seq} 条的链接` }, `#${record.seq}`),
    );
  }
  function counted() {
    say(count, newest.seq ? `共 ${newest.seq} 条,最新的在最上面` : "");
    more.hidden = oldest <= 1;
  }
  /** The records of the last screenful, oldest first; everything shown before is forgotten. */
  async function load(seq) {
    const from = Math.max(0, Math.min(seq - FIRST, linked() - 20));
    const answer = await get(`/api/journal?after=${from}`);
    if (!answer) return null;
    records = new Map();
    rows.replaceChildren();
    newest = { seq: 0, wall: "" };
    oldest = answer.records[0]?.seq ?? 0;
    for (const record of answer.records) show(record);
    counted();
    toLinked();
    return [...records.values()];
  }
  /** One more record: true when it is new, null when it belongs to another journal and all must be loaded anew. */
  function add(record) {
    if (record.seq <= newest.seq) {
      const same = records.get(record.seq);
      return (same ? same.wall === record.wall : record.wall <= newest.wall) ? false : null;
    }
    show(record);
    counted();
    return true;
  }
  function show(record) {
    records.set(record.seq, record);
    newest = record;
    oldest ||= record.seq;
    rows.prepend(row(record));
    while (rows.children.length > MOST) {
      const gone = rows.lastElementChild;
      records.delete(Number(gone.dataset.seq));
      gone.remove();
      oldest = Number(rows.lastElementChild.dataset.seq);
    }
  }
  more.addEventListener("click", async () => {
    const answer = await get(`/api/journal?after=${Math.max(0, oldest - 1 - MORE)}`);
    if (!answer) return;
    const older = answer.records.filter((record) => record.seq < oldest).reverse();
    for (const record of older) {
      records.set(record.seq, record);
      rows.append(row(record));
      oldest = record.seq;
    }
    counted();
  });

  function linked() {
    return Number(/^#j(\d+)$/.exec(location.hash)?.[1] ?? Number.MAX_SAFE_INTEGER);
  }
  function toLinked() {
    const target = document.getElementById(location.hash.slice(1));
    if (target && location.hash.startsWith("#j")) target.scrollIntoView({ block: "center" });
  }
  /** Mark the rows of the ticket the page follows. */
  function followed(ticket) {
    if (own === ticket) return;
    own = ticket;
    for (const item of rows.children) put(item, "data-own", (own && item.dataset.ticket === own) || null);
  }
  return { area, load, add, followed };
}
