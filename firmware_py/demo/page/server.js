// The way to the demo process: actions go out as requests, the hall comes back as server-sent events.

const SILENT_MS = 8000; // the hall's clock alone brings a state every second
const RETRY_MS = 1000;
const KEEP_REQUESTS = 12;

const requests = [];
let onRequest = () => {};

/** Tell `listener` the last requests, newest first, as lines a developer can read. */
export function watchRequests(listener) {
  onRequest = listener;
}

function remember(line) {
  requests.unshift(line);
  requests.length = Math.min(requests.length, KEEP_REQUESTS);
  onRequest(requests);
}

/** Move a far end. Resolves to "" when it moved, else to a sentence that says why not. */
export async function post(path, body) {
  const said = JSON.stringify(body);
  let answer;
  try {
    answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: said });
  } catch {
    remember(`POST ${path} ${said} → 没有送到`);
    return "与演示程序失去联系,这一下没有送到,请稍候再按";
  }
  remember(`POST ${path} ${said} → ${answer.status}`);
  if (answer.ok) return "";
  const told = await answer.json().catch(() => ({}));
  if (typeof told.error === "string" && told.error) return told.error;
  return `演示程序不能完成这一下(${answer.status}),请稍候再按`;
}

/** Read something; null when the demo process does not answer. */
export async function get(path) {
  try {
    const answer = await fetch(path, { cache: "no-store" });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

/**
 * Listen for as long as the page lives, across any number of restarts of the demo process.
 * `heard[kind](data)` gets state, journal, refused, slip and voice; `heard.up()` and `heard.down()` the connection.
 */
export function listen(heard) {
  let source = null;
  let silence = 0;

  const lost = () => {
    source.close();
    clearTimeout(silence);
    heard.down();
    setTimeout(connect, RETRY_MS);
  };
  const alive = () => {
    clearTimeout(silence);
    silence = setTimeout(lost, SILENT_MS);
  };
  function connect() {
    let first = true;
    source = new EventSource("/api/events");
    source.addEventListener("error", lost, { once: true });
    for (const kind of ["state", "journal", "refused", "slip", "voice"]) {
      source.addEventListener(kind, (event) => {
        alive();
        if (first) heard.up();
        first = false;
        heard[kind](JSON.parse(event.data));
      });
    }
    alive();
  }
  connect();
}
