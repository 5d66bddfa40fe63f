/** The board's window on its view: rows from a first index on, as patches leave them. Pure but for what it holds. */
export class BoardWindow {
  first = 0;
  rows = [];
  /** How many rows there are in all, or −1 when nobody knows exactly. */
  total = -1;
  loaded = false;

  whole({ first, rows, total }) {
    this.first = first;
    this.rows = rows;
    this.total = exact(total);
    this.loaded = true;
  }

  /** Applies patches; answers which columns of which rows changed, by row id. */
  patch(patches) {
    const changed = new Map();
    const rows = this.rows.slice();
    for (const patch of patches) {
      const [[operation, what]] = Object.entries(patch);
      switch (operation) {
        case 'Insert': rows.splice(what.index, 0, what.row); break;
        case 'Update': rows[what.index] = what.row; changed.set(what.row.iata, what.changed); break;
        case 'Move': rows.splice(what.to, 0, ...rows.splice(what.from, 1)); break;
        case 'Remove': rows.splice(what.index, 1); break;
        case 'Totalled': this.total = exact(what.total); break;
        case 'Scrolled': this.first = what.first; break;
      }
    }
    this.rows = rows;
    return changed;
  }

  indexOf(id) {
    const at = this.rows.findIndex(({ iata }) => iata === id);
    return at < 0 ? -1 : this.first + at;
  }

  at(index) {
    return this.rows[index - this.first];
  }

  /** The rows from an index up to another as they are shown, with the index of the first. */
  shown(pinned, { first, until }) {
    const rows = this.#placed(pinned);
    const from = Math.min(rows.length, Math.max(0, first - this.first));
    return { first: this.first + from, rows: rows.slice(from, Math.max(from, until - this.first)) };
  }

  /** All rows: one that is pinned stays at its index, as it was if it has left. */
  #placed(pinned) {
    if (!pinned) return this.rows;
    const rows = this.rows.filter(({ iata }) => iata !== pinned.row.iata);
    const now = this.rows.find(({ iata }) => iata === pinned.row.iata) ?? pinned.row;
    rows.splice(Math.max(0, Math.min(rows.length, pinned.index - this.first)), 0, now);
    return rows;
  }
}

function exact(total) {
  return total?.Exact ? total.Exact.rows ?? Object.values(total.Exact)[0] : -1;
}
