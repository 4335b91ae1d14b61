// What the loudspeakers say: the hall board beside it, a list of sounds to play again, and playing each as it is heard.

import { button, el, put, say } from "./elements.js";
import { keepOn, wasOn } from "./remember.js";

const KEEP_SOUNDS = 30;
const MOST_QUEUED = 3;

/** Plays sounds of one place one after the other; places do not wait for each other. */
class Player {
  constructor(onTrouble) {
    this.onTrouble = onTrouble;
    this.queues = new Map();
    this.playing = new Map();
  }

  add(where, url) {
    const queue = this.queues.get(where) ?? [];
    this.queues.set(where, queue);
    queue.push(url);
    while (queue.length > MOST_QUEUED) queue.shift();
    if (!this.playing.has(where)) this.next(where);
  }

  next(where) {
    const url = this.queues.get(where)?.shift();
    if (!url) {
      this.playing.delete(where);
      return;
    }
    const audio = new Audio(url);
    this.playing.set(where, audio);
    const done = () => this.playing.get(where) === audio && this.next(where);
    audio.addEventListener("ended", done);
    audio.addEventListener("error", done);
    audio.play().catch((error) => {
      if (error.name === "NotAllowedError") this.onTrouble();
      done();
    });
  }

  stop() {
    this.queues.clear();
    for (const audio of this.playing.values()) audio.pause();
    this.playing.clear();
  }
}

/** Builds the board and the loudspeaker; `toggle` is the page's 声音 button. */
export function speakerArea(toggle) {
  const board = el("p", { class: "led led-board", testid: "board" });
  const list = el("ol", { class: "sounds", testid: "sounds", tabindex: "0", "aria-label": "最近的声音,最新的在最上面" });
  const quiet = el("li", { class: "dim" }, "还没有声音:叫号后从这里听");
  const trouble = el("p", { class: "voice-note", testid: "voice-problem", hidden: true });
  list.append(quiet);
  let on = wasOn("sound");
  let problem = "";
  let blocked = false;
  const known = new Set();
  const player = new Player(() => {
    blocked = true;
    showTrouble();
  });

  const unblock = () => {
    if (!blocked) return;
    blocked = false;
    showTrouble();
  };
  for (const gesture of ["pointerdown", "keydown"]) document.addEventListener(gesture, unblock);
  toggle.addEventListener("click", () => {
    on = !on;
    keepOn("sound", on);
    if (!on) player.stop();
    showToggle();
  });
  function showToggle() {
    say(toggle, on ? "声音:开" : "声音:关");
    put(toggle, "aria-pressed", on ? "true" : "false");
  }
  function showTrouble() {
    const words = problem || (blocked ? "浏览器要您先点一下页面,才让播放声音" : "");
    say(trouble, words);
    trouble.hidden = !words;
  }
  showToggle();

  const boardArea = el("section", { class: "panel board", "aria-labelledby": "board-title" }, el("h2", { id: "board-title" }, "大厅屏"), board);
  const area = el("section", { class: "panel speaker", "aria-labelledby": "speaker-title" }, el("h2", { id: "speaker-title" }, "喇叭"), trouble, list);

  /** Show what the board shows and whether the voice works. */
  function update(hall) {
    say(board, hall.board || " ");
    problem = hall.voice_problem;
    showTrouble();
  }
  /** A sound was heard just now (`live`), or before the page was opened. */
  function add(sound, live) {
    const key = `${sound.where}/${sound.number}/${sound.start}`;
    if (known.has(key)) return;
    known.add(key);
    quiet.remove();
    const where = sound.where === "hall" ? "大厅" : `${sound.where.replace(/\D/g, "")}号窗口`;
    const text = sound.text || "(一段声音)";
    const play = button({ class: "play", testid: `play-${sound.where}-${sound.number}`, "aria-label": `播放:${text}` }, "播放");
    play.addEventListener("click", () => {
      player.stop();
      player.add(sound.where, sound.url);
    });
    list.prepend(el("li", { testid: "sound", "data-where": sound.where }, play, el("span", { class: "sound-where" }, where), el("span", { class: "sound-text" }, text)));
    while (list.children.length > KEEP_SOUNDS) list.lastElementChild.remove();
    if (live && on) player.add(sound.where, sound.url);
  }
  /** Begin with these, oldest first. */
  function reset(sounds) {
    known.clear();
    list.replaceChildren(quiet);
    for (const sound of sounds) add(sound, false);
  }
  return { boardArea, area, update, add, reset };
}
