// What this browser remembers of its user's choices; a browser that forbids it remembers nothing.

/** Whether a switch was left on; switches begin on. */
export function wasOn(name) {
  try {
    return localStorage.getItem(`hall-demo-${name}`) !== "off";
  } catch {
    return true;
  }
}

/** Keep a switch's place for the next visit. */
export function keepOn(name, on) {
  try {
    localStorage.setItem(`hall-demo-${name}`, on ? "on" : "off");
  } catch {
    // private windows: the choice lasts as long as the page
  }
}
