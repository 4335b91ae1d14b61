// Waiting for the hall: somebody asks for a moment that passes a test, and every piece of news may be that moment.

const watchers = new Set();
let last = {};

/** News from the hall: `{ hall, voice? }`. */
export function wake(news) {
  last = { hall: news.hall };
  for (const watcher of [...watchers]) watcher(news);
}

/** Resolves true when `test` passes on news (or on what is known already), false after `ms` or when stopped. */
export function until(test, ms, signal) {
  return new Promise((resolve) => {
    const end = (came) => {
      clearTimeout(timer);
      watchers.delete(watcher);
      signal.removeEventListener("abort", stop);
      resolve(came);
    };
    const watcher = (news) => test(news) && end(true);
    const stop = () => end(false);
    const timer = setTimeout(stop, ms);
    watchers.add(watcher);
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
    else if (last.hall) watcher(last);
  });
}
