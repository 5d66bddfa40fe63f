/**
 * Where the focus is in a grid whose rows move: by row id and column, so that it survives moves, sorting and refreshing.
 * One cell is the stop of the Tab key; arrows, pages, Home and End go from there.
 */

/** The id of the row of heads. */
export const HEADER = 'header';

export class GridFocus {
  #host;
  #grid;
  #active = { id: null, column: 0 };
  #wanted = null;
  #moves = false;
  #had = false;

  /**
   * @param host the element the grid is drawn in
   * @param grid its `window` of rows, and functions: `columns` and `page` answer how many there are and how many rows a
   *     page is, `show` scrolls to an index, `enter` acts on the cell of a row or, with null, of the heads, and `field`
   *     answers the selector of what has the focus instead of a cell, or null
   */
  constructor(host, grid) {
    this.#host = host;
    this.#grid = grid;
    host.addController(this);
  }

  /** The stop of the Tab key, among the rows that are drawn. */
  among(rows) {
    const { id } = this.#active;
    return id === HEADER || rows.some(({ iata }) => iata === id) ? this.#active : { id: rows[0]?.iata, column: 0 };
  }

  /** Makes a cell the stop, without moving the focus. */
  set(id, column = 0) {
    if (id === this.#active.id && column === this.#active.column) return;
    this.#active = { id, column };
    this.#host.requestUpdate();
  }

  /** Moves the focus to the stop, or to the open field, once it is drawn. */
  take() {
    this.#moves = true;
    this.#host.requestUpdate();
  }

  moveBy(rows, columns) {
    const column = Math.max(0, Math.min(this.#grid.columns() - 1, this.#active.column + columns));
    if (rows === 0) this.#moveInRow(column);
    else this.#moveTo(this.#index + rows, column);
  }

  /** What a key does here; a key that means nothing to a grid goes on. */
  key = event => {
    if (event.target.closest('button.link')) {
      if (event.key === 'Escape') this.#place();
      return;
    }
    if (this.#move(event)) event.preventDefault();
  };

  /** The focus came to a cell, however it did. */
  came = ({ target }) => {
    const cell = target.closest('[role=gridcell], [role=columnheader]');
    const row = target.closest('[role=row]');
    if (cell && row && !cell.classList.contains('reason')) this.set(row.dataset.key ?? HEADER, [...row.children].indexOf(cell));
  };

  hostUpdate() {
    this.#had = this.#host.renderRoot?.activeElement != null;
    const wanted = this.#wanted && this.#grid.window.at(this.#wanted.index);
    if (!wanted) return;
    this.#active = { id: wanted.iata, column: this.#wanted.column };
    this.#wanted = null;
    this.#moves = true;
  }

  hostUpdated() { // a row that moves takes its element out for a moment, and the focus with it
    const isLost = this.#had && this.#host.renderRoot.activeElement === null && document.activeElement === document.body;
    if (this.#moves || isLost) this.#place();
    this.#moves = false;
  }

  #move({ key, ctrlKey }) {
    const page = Math.max(1, this.#grid.page());
    switch (key) {
      case 'ArrowDown': this.moveBy(1, 0); break;
      case 'ArrowUp': this.moveBy(-1, 0); break;
      case 'ArrowLeft': this.moveBy(0, -1); break;
      case 'ArrowRight': this.moveBy(0, 1); break;
      case 'PageDown': this.moveBy(page, 0); break;
      case 'PageUp': this.moveBy(-Math.min(page, this.#index), 0); break;
      case 'Home': ctrlKey ? this.#moveTo(0) : this.#moveInRow(0); break;
      case 'End': ctrlKey ? this.#moveTo(this.#grid.window.total - 1) : this.#moveInRow(this.#grid.columns() - 1); break;
      case 'Enter': case 'F2': this.#enter(key); break;
      case 'Escape': this.#leave(); break;
      default: return false;
    }
    return true;
  }

  #enter(key) {
    const { id, column } = this.#active;
    const row = this.#grid.window.at(this.#index);
    if (id === HEADER && key === 'Enter') this.#grid.enter(null, column);
    else if (id !== HEADER && row) this.#grid.enter(row, column);
  }

  /** Esc on a row that is not saved gives the focus to what can be done about it. */
  #leave() {
    this.#host.renderRoot.querySelector(`[data-key="${this.#active.id}"] .actions button`)?.focus();
  }

  get #index() {
    return this.#active.id === HEADER ? -1 : Math.max(0, this.#grid.window.indexOf(this.#active.id));
  }

  #moveInRow(column) {
    this.#active = { ...this.#active, column };
    this.take();
  }

  #moveTo(wanted, column = this.#active.column) {
    const index = Math.max(-1, Math.min(this.#grid.window.total - 1, wanted));
    if (index < 0) {
      this.#active = { id: HEADER, column };
    } else {
      this.#grid.show(index);
      const row = this.#grid.window.at(index);
      if (row) this.#active = { id: row.iata, column };
      else this.#wanted = { index, column };
    }
    this.take();
  }

  #place() {
    const { id, column } = this.#active;
    const row = id === HEADER ? '.header' : `[data-key="${id}"]`;
    this.#host.renderRoot.querySelector(this.#grid.field() ?? `${row} > :nth-child(${column + 1})`)?.focus({ preventScroll: true });
  }
}
