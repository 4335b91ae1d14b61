// Draws one piece of paper from the runs a printer decoded: sizes, weight, alignment, rules, codes and bitmaps.

import { el } from "./elements.js";

const DOT_PX = 0.5; // 576 dots of paper are 288 px on the page
const CELL_PX = 12; // a 汉字 of size 1
const NUMBER = /^\s*([A-Z]{1,3}\d{3,})\s*$/;

/** The slip as an element; `data-number` is the ticket's number when one stands on it alone in its row. */
export function drawSlip(slip) {
  const rows = rowsOf(slip.runs);
  const number = rows.map((row) => NUMBER.exec(row.map((run) => run.text ?? "").join(""))).find(Boolean)?.[1] ?? "";
  const paper = el("div", { class: "paper" }, ...rows.map(drawRow));
  const bytes = Math.floor((slip.bytes.length * 3) / 4) - (slip.bytes.match(/=*$/)?.[0].length ?? 0);
  const source = `由 ${bytes} 字节 ESC/POS 画出`;
  const torn = slip.partial ? el("p", { class: "slip-torn" }, "这张纸没有打完整") : null;
  return el(
    "article",
    {
      class: "slip",
      testid: "slip",
      "data-number": number,
      "data-slip": slip.number,
      "data-partial": slip.partial || null,
      "aria-label": number ? `号票 ${number}` : `第 ${slip.number} 张纸`,
    },
    paper,
    torn,
    el("p", { class: "slip-source" }, source),
  );
}

/** Runs that share a row of paper stand together. */
function rowsOf(runs) {
  const rows = [];
  let open = [];
  for (const run of runs) {
    if (run.kind === "text") {
      open.push(run);
      if (!run.ends_row) continue;
      rows.push(open);
      open = [];
    } else {
      if (open.length) rows.push(open);
      open = [];
      rows.push([run]);
    }
  }
  if (open.length) rows.push(open);
  return rows;
}

function drawRow(row) {
  const [run] = row;
  switch (run.kind) {
    case "text": {
      const line = el("p", { class: "row", "data-align": run.align }, ...row.map(drawText));
      line.style.minHeight = `${CELL_PX * 1.25}px`;
      return line;
    }
    case "rule":
      return el("hr", { class: "row-rule" });
    case "feed": {
      const gap = el("div", { class: "row-feed" });
      gap.style.height = `${Math.min(run.dots, 240) * DOT_PX}px`;
      return gap;
    }
    case "raster": {
      const image = el("img", { src: `data:image/png;base64,${run.png}`, alt: "打印机以图形打出的字" });
      image.style.width = `${run.width * DOT_PX}px`;
      return el("div", { class: "row-image", "data-align": run.align }, image);
    }
    case "qr":
      return el(
        "div",
        { class: "row-image", "data-align": run.align },
        el("div", { class: "row-qr" }, el("b", {}, "二维码"), el("span", {}, run.data)),
      );
    default:
      return el("p", { class: "row" }, run.text ?? "");
  }
}

function drawText(run) {
  const span = el("span", { "data-bold": run.bold || null }, run.text);
  span.style.fontSize = `${CELL_PX * run.height}px`;
  if (run.width !== run.height) {
    span.style.display = "inline-block";
    span.style.transform = `scaleX(${run.width / run.height})`;
    span.style.transformOrigin = run.align;
  }
  return span;
}
