/** The airports that have flown, most departures first: one list that the panels share. */
import { patched } from 'orrery/live.js';

export class Flown extends EventTarget {
  /** Null before they have come. */
  rows = null;

  whole({ rows }) {
    this.#take(rows);
  }

  delta(patches) {
    this.#take(patched(this.rows, patches));
  }

  #take(rows) {
    this.rows = rows;
    this.dispatchEvent(new Event('flown'));
  }
}
