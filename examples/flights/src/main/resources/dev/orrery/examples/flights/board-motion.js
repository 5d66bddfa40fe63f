/** What moves in the board: rows that change places, and the wash behind cells that changed. */
import { still } from 'orrery/parts.js';

const MOVED_AT_MOST = 6;
const MOVE = { duration: 220, easing: 'cubic-bezier(.2,0,0,1)' };
const WASH_MS = 600;
const STILL_WASH_MS = 1_000;
const WASHED_EVERY_MS = 500;
const WASHED_KEPT = 400;
const UNWASHED = new Set(['last', 'seen', 'minutes']);

export class Motion {
  #places = new Map();
  #changed = new Map();
  #washed = new Map();

  /** Which columns of which rows changed since the rows were drawn. */
  note(changed) {
    for (const [id, columns] of changed) {
      this.#changed.set(id, new Set([...(this.#changed.get(id) ?? []), ...columns]));
    }
  }

  /** Another order is no movement. */
  forget() {
    this.#places.clear();
  }

  /**
   * The rows stand: moves and washes those in sight.
   *
   * @param rows their elements
   * @param height of one row, by which where it was and is are known without asking the layout
   * @param inSight whether the row at an index can be seen
   */
  run(rows, height, inSight) {
    this.#move(rows, height, inSight);
    this.#wash(rows, inSight);
  }

  #move(rows, height, inSight) {
    const before = this.#places;
    const after = new Map();
    const moved = [];
    for (const element of rows) {
      const index = Number(element.dataset.index);
      after.set(element.dataset.key, index);
      const by = (before.get(element.dataset.key) ?? index) - index;
      if (by !== 0 && (inSight(index) || inSight(index + by))) moved.push({ element, by });
    }
    this.#places = after;
    if (moved.length > MOVED_AT_MOST || still()) return;
    for (const { element, by } of moved) {
      const zIndex = by > 0 ? 1 : 0;
      element.animate([{ transform: `translateY(${by * height}px)`, zIndex }, { transform: 'none', zIndex }], MOVE);
    }
  }

  #wash(rows, inSight) {
    if (this.#changed.size === 0) return;
    const now = performance.now();
    for (const row of rows) {
      const columns = this.#changed.get(row.dataset.key);
      if (!columns || !inSight(Number(row.dataset.index))) continue;
      for (const column of columns) {
        if (UNWASHED.has(column)) continue;
        const cell = row.querySelector(`.c-${column === 'name' ? 'iata' : column}`);
        if (!cell || now - (this.#washed.get(cell) ?? -Infinity) < WASHED_EVERY_MS) continue;
        this.#washed.set(cell, now);
        washed(cell);
      }
    }
    this.#changed.clear();
    if (this.#washed.size > WASHED_KEPT) this.#washed.clear();
  }
}

function washed(cell) {
  if (still()) {
    cell.toggleAttribute('data-washed', true);
    setTimeout(() => cell.toggleAttribute('data-washed', false), STILL_WASH_MS);
  } else {
    cell.animate([{ backgroundColor: 'var(--brass-wash)' }, { backgroundColor: 'transparent' }], { duration: WASH_MS });
  }
}
