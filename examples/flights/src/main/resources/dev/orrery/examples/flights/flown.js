/** The airports that have flown, most departures first: one list that the panels share. */
import { patched } from 'orrery/live.js';

export class Flown extends EventTarget {
  /** Null before they have come. */
  rows = null;
  #cities = null;

  /** The city of each, by its code. */
  get cities() {
    return this.#cities ??= new Map((this.rows ?? []).map(({ iata, city }) => [iata, city]));
  }

  whole({ rows }) {
    this.#take(rows);
  }

  delta(patches) {
    this.#take(patched(this.rows, patches));
  }

  #take(rows) {
    this.rows = rows;
    this.#cities = null;
    this.dispatchEvent(new Event('flown'));
  }
}
