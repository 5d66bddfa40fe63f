/** What moves in the board: rows that change places, and the wash behind cells that changed. */
import { still } from 'orrery/parts.js';
import { Washes } from 'orrery/wash.js';

const MOVED_AT_MOST = 6;
const MOVE = { duration: 220, easing: 'cubic-bezier(.2,0,0,1)' };
const UNWASHED = new Set(['last', 'seen', 'minutes']);

export class Motion {
  #places = new Map();
  #changed = new Map();
  #washes = new Washes();

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
   * @param rows their `id` and `index`, by which where one was and is are known without asking the layout
   * @param elementOf finds the element of a row
   * @param sight which rows can be seen, and how tall each is
   */
  run(rows, elementOf, sight) {
    this.#move(rows, elementOf, sight);
    this.#wash(rows, elementOf, sight);
  }

  #move(rows, elementOf, sight) {
    const before = this.#places;
    this.#places = new Map(rows.map(({ id, index }) => [id, index]));
    const moved = rows
      .map(({ id, index }) => ({ id, index, by: (before.get(id) ?? index) - index }))
      .filter(({ index, by }) => by !== 0 && (sight.has(index) || sight.has(index + by)));
    if (moved.length > MOVED_AT_MOST || still()) return;
    for (const { id, by } of moved) {
      const zIndex = by > 0 ? 1 : 0;
      elementOf(id)?.animate([{ transform: `translateY(${by * sight.height}px)`, zIndex }, { transform: 'none', zIndex }], MOVE);
    }
  }

  #wash(rows, elementOf, sight) {
    if (this.#changed.size === 0) return;
    for (const { id, index } of rows) {
      const columns = this.#changed.get(id);
      if (!columns || !sight.has(index)) continue;
      for (const column of columns) {
        if (!UNWASHED.has(column)) this.#washes.wash(`${id} ${column}`, () => elementOf(id)?.querySelector(cellOf(column)));
      }
    }
    this.#changed.clear();
  }
}

function cellOf(column) {
  return `.c-${column === 'name' ? 'iata' : column}`;
}
