// What the hall board shows and the loudspeakers say: a list of sounds to play again, and each played as it is heard.

import { button, el, put, say } from "./elements.js";
import { hush, isBlocked, isOn, playSound, setOn, watchSound } from "./sound.js";

const KEEP_SOUNDS = 30;

/** Builds the board and the loudspeaker; `toggle` is the page's 声音 button. */
export function speakerArea(toggle) {
  const board = el("p", { class: "led led-board", testid: "board" });
  const list = el("ol", {
    class: "sounds",
    testid: "sounds",
    tabindex: "0",
    "aria-label": "最近的声音,最新的在最上面",
  });
  const quiet = el("li", { class: "dim" }, "还没有声音:叫号后从这里听");
  const trouble = el("p", { class: "voice-note", testid: "voice-problem", hidden: true });
  list.append(quiet);
  let problem = "";
  const known = new Set();

  toggle.addEventListener("click", () => setOn(!isOn()));
  function showSwitch() {
    say(toggle, isOn() ? "声音:开" : "声音:关");
    put(toggle, "aria-pressed", isOn() ? "true" : "false");
    const words = problem || (isBlocked() ? "浏览器要您先点一下页面,才让播放声音" : "");
    say(trouble, words);
    trouble.hidden = !words;
  }
  watchSound(showSwitch);
  showSwitch();

  const boardArea = el(
    "section",
    { class: "panel board", "aria-labelledby": "board-title" },
    el("h2", { id: "board-title" }, "大厅屏"),
    board,
  );
  const area = el(
    "section",
    { class: "panel speaker", "aria-labelledby": "speaker-title" },
    el("h2", { id: "speaker-title" }, "喇叭"),
    trouble,
    list,
  );

  /** Show what the board shows and whether the voice works. */
  function update(hall) {
    say(board, hall.board || " ");
    if (problem === hall.voice_problem) return;
    problem = hall.voice_problem;
    showSwitch();
  }
  /** A sound was heard just now (`live`), or before the page was opened. */
  function add(sound, live) {
    const key = `${sound.where}/${sound.number}/${sound.start}`;
    if (known.has(key)) return;
    known.add(key);
    quiet.remove();
    const where = sound.where === "hall" ? "大厅" : `${sound.where.replace(/\D/g, "")}号窗口`;
    const text = sound.text || "(一段声音)";
    const play = button(
      { class: "play", testid: `play-${sound.where}-${sound.number}`, "aria-label": `播放:${text}` },
      "播放",
    );
    play.addEventListener("click", () => {
      hush();
      playSound(sound.where, sound.url, { asked: true });
    });
    list.prepend(
      el(
        "li",
        { testid: "sound", "data-where": sound.where },
        play,
        el("span", { class: "sound-where" }, where),
        el("span", { class: "sound-text" }, text),
      ),
    );
    while (list.children.length > KEEP_SOUNDS) list.lastElementChild.remove();
    if (live) playSound(sound.where, sound.url);
  }
  /** Begin with these, oldest first. */
  function reset(sounds) {
    known.clear();
    list.replaceChildren(quiet);
    for (const sound of sounds) add(sound, false);
  }
  return { boardArea, area, update, add, reset };
}
