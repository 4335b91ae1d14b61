// The page's own loudspeaker: plays what the hall says, and makes the bell of a telephone and the beep of a pad.

import { keepOn, wasOn } from "./remember.js";

const MOST_QUEUED = 3;
const BELL_S = 1.0; // one ring of a Chinese telephone
const BEEP_S = 0.09;

let context = null;
let on = wasOn("sound");
let blocked = false;
let onChange = () => {};
const queues = new Map(); // place → addresses of sounds still to play there
const playing = new Map(); // place → the source that plays there

// Browsers let a page sound only after a hand has touched it once.
for (const gesture of ["pointerdown", "keydown"]) document.addEventListener(gesture, unlock);

function unlock() {
  context ??= new AudioContext();
  if (context.state === "suspended") context.resume().then(settle, settle);
  else settle();
}

function settle() {
  if (context?.state === "running" && blocked) {
    blocked = false;
    onChange();
  }
}

function ready() {
  if (!on) return false;
  if (context?.state === "running") return true;
  blocked = true;
  onChange();
  return false;
}

/** Told when `isOn` or `isBlocked` changed. */
export function watchSound(listener) {
  onChange = listener;
}

/** Whether the user wants sound. */
export function isOn() {
  return on;
}

/** Whether the browser still waits for a first touch. */
export function isBlocked() {
  return on && blocked;
}

/** 声音:开/关. Off is silent at once. */
export function setOn(wanted) {
  on = wanted;
  keepOn("sound", on);
  if (!on) hush();
  onChange();
}

/** Silence what plays and what waits. */
export function hush() {
  queues.clear();
  for (const source of playing.values()) source.stop();
  playing.clear();
}

/** Play a sound after the others of its place; places do not wait for each other, as in the hall. */
export function playSound(where, url, { asked = false } = {}) {
  if (asked) unlock();
  if (!asked && !ready()) return;
  const queue = queues.get(where) ?? [];
  queues.set(where, queue);
  queue.push(url);
  while (queue.length > MOST_QUEUED) queue.shift();
  if (!playing.has(where)) playNext(where);
}

async function playNext(where) {
  const url = queues.get(where)?.shift();
  if (!url) {
    playing.delete(where);
    return;
  }
  const source = context.createBufferSource();
  playing.set(where, source);
  const next = () => playing.get(where) === source && playNext(where);
  try {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
    source.buffer = await context.decodeAudioData(await answer.arrayBuffer());
  } catch {
    next(); // it is too old and has been forgotten, or the demo process is away
    return;
  }
  if (playing.get(where) !== source) return;
  source.connect(context.destination);
  source.addEventListener("ended", next);
  source.start();
}

function tone(hertz, seconds, loud, flutter) {
  if (!ready()) return;
  const now = context.currentTime;
  const volume = context.createGain();
  volume.gain.setValueAtTime(loud, now);
  volume.gain.setTargetAtTime(0, now + seconds - 0.03, 0.01);
  volume.connect(context.destination);
  for (const each of hertz) {
    const source = context.createOscillator();
    source.frequency.value = each;
    if (flutter) {
      const tremble = context.createOscillator();
      const depth = context.createGain();
      tremble.frequency.value = flutter;
      depth.gain.value = loud / 2;
      tremble.connect(depth).connect(volume.gain);
      tremble.start(now);
      tremble.stop(now + seconds);
    }
    source.connect(volume);
    source.start(now);
    source.stop(now + seconds + 0.05);
  }
}

/** One ring of a telephone bell. */
export function ringBell() {
  tone([820, 1060], BELL_S, 0.05, 22);
}

/** The short beep of a staff pad. */
export function beep() {
  tone([2400], BEEP_S, 0.04, 0);
}
