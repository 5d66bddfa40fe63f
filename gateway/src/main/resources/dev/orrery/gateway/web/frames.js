/**
 * One frame for all panels. What comes is merged as it comes and drawn in the next frame, once however often it changed.
 *
 * A frame draws until it has worked for a while and leaves the rest to the next one, in the order it was asked for: however
 * much changes at once, the page goes on answering whoever uses it.
 */
const BUDGET_MS = 3;

let tasks = [];
/** What is to be drawn, by who draws it, in the order it was asked for. */
const drawings = new Map();
let asked = false;

function ask() {
  if (asked) return;
  asked = true;
  requestAnimationFrame(frame);
}

function frame(stamp) {
  asked = false;
  const due = tasks;
  tasks = [];
  for (const task of due) attempt(() => task(stamp));
  const until = performance.now() + BUDGET_MS;
  for (const [key, draw] of drawings) {
    drawings.delete(key);
    attempt(draw);
    if (performance.now() >= until) break;
  }
  if (drawings.size) ask();
}

/** What one panel fails at is told as any error is, and keeps no other from being drawn. */
function attempt(work) {
  try {
    work();
  } catch (error) {
    reportError(error);
  }
}

/** Runs a task in the next frame, the one all panels share; a hidden page has none until it is seen again. */
export function onFrame(task) {
  tasks.push(task);
  ask();
}

/** Draws in the next frame that has time for it, once however often it is asked for under one key. */
export function drawInFrame(key, draw) {
  drawings.set(key, draw);
  ask();
}

/** Updates an element in the next frame that has time for it. */
export function updateInFrame(host) {
  drawInFrame(host, () => {
    host.requestUpdate();
    if (host.isConnected) host.performUpdate();
  });
}

/** Takes the stamp of the frame that follows once all that waits to be drawn now is drawn. */
export function whenDrawn(take) {
  drawInFrame({}, () => requestAnimationFrame(take));
}
