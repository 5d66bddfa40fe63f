/** The wash behind what changed: it fades, and comes at most twice a second in one place. */
import { still } from './parts.js';

const FADES_MS = 600;
const STILL_MS = 1_000;
const EVERY_MS = 500;
const KEPT = 400;

export class Washes {
  #at = new Map();

  /**
   * Washes a place unless it was washed a moment ago.
   *
   * @param place names it
   * @param find answers its element, or nothing when it is not there
   */
  wash(place, find) {
    const now = performance.now();
    if (now - (this.#at.get(place) ?? -Infinity) < EVERY_MS) return;
    if (this.#at.size > KEPT) this.#at.clear();
    this.#at.set(place, now);
    const element = find();
    if (element) washed(element);
  }
}

function washed(element) {
  if (still()) {
    element.toggleAttribute('data-washed', true);
    setTimeout(() => element.toggleAttribute('data-washed', false), STILL_MS);
  } else {
    element.animate([{ backgroundColor: 'var(--brass-wash)' }, { backgroundColor: 'transparent' }], { duration: FADES_MS });
  }
}
