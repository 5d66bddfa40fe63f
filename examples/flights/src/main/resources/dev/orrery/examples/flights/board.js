/**
 * The board: a window on the view of all airports, in the order and at the place this page asks for. Names are edited in
 * place; rows keep their element while they move.
 */
import { LitElement, html, nothing } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { repeat } from 'lit/directives/repeat.js';
import { Hearing, Media, parts } from 'orrery/parts.js';
import { updateInFrame } from 'orrery/frames.js';
import { count } from 'orrery/format.js';
import { hasReason, isRefused, reason } from './board-cell.js';
import { Editing } from './board-editing.js';
import { GridFocus, HEADER } from './board-focus.js';
import { Motion } from './board-motion.js';
import { COLUMNS, cells, heads, phoneCell, skeleton } from './board-rows.js';
import { Sight } from './board-sight.js';
import { boardStyles } from './board-styles.js';
import { BoardWindow } from './board-window.js';
import { Edits } from './edits.js';
import { isEdit } from './engine-story.js';
import { changesOf, keysOf } from './story.js';

const CHANNEL = 'view:board';
const TABLE = 'airports';
const MOST_DEPARTURES = { column: 'departures', descending: true };

class Board extends LitElement {
  static properties = {
    live: { attribute: false },
    story: { attribute: false },
    flown: { attribute: false },
    phone: { type: Boolean, reflect: true },
    order: { state: true },
    failure: { state: true },
  };

  #window = new BoardWindow();
  #sight = new Sight();
  #motion = new Motion();
  #edits = new Edits(TABLE);
  #focus = new GridFocus(this, {
    window: this.#window,
    columns: () => this.#columns.length,
    page: () => this.#sight.page,
    show: index => { this.#scroller.scrollTop = this.#sight.topFor(index); },
    enter: (row, column) => (row ? this.#edit(row) : this.#sort(this.#columns[column])),
    field: () => (this.#editing.open ? '.field' : null),
  });
  #editing = new Editing(this, this.#edits, this.#focus);
  #stops = [];
  #stopRows = () => {};
  #asked = this.#sight.viewport;
  /** The rows that are drawn, and the index of the first. */
  #shown = { first: 0, rows: [] };
  #resize = new ResizeObserver(([{ contentRect }]) => {
    this.#sight.room = contentRect.height;
    this.#look();
    updateInFrame(this);
  });

  constructor() {
    super();
    this.phone = false;
    this.order = MOST_DEPARTURES;
    this.failure = '';
    new Hearing(this, () => this.story, 'story');
    this.medium = new Media(this, '(min-width: 1280px) and (max-width: 1399.98px)');
  }

  /** How many edits the server does not have yet. */
  get waiting() {
    return this.#edits.unsent;
  }

  /** When the key was pressed for the edit that a record tells of; undefined when it was not pressed here. */
  pressed(record) {
    const [change] = isEdit(record) ? changesOf(record, TABLE) : [];
    return change && this.#edits.pressed(change.key, change.after);
  }

  /** Moves the focus into the board. */
  focusBoard() {
    (this.renderRoot.querySelector('[role=row] [tabindex="0"]') ?? this.#scroller)?.focus();
  }

  /** Scrolls to an airport that has flown: in the order by departures its place is known. */
  reveal(iata) {
    const known = this.#window.indexOf(iata);
    const index = known >= 0 ? known : (this.flown?.rows ?? []).findIndex(row => row.iata === iata);
    if (index < 0) return;
    const isUsual = this.order.column === MOST_DEPARTURES.column && this.order.descending;
    if (known < 0 && !isUsual) this.#reorder(MOST_DEPARTURES);
    this.#focus.set(iata);
    this.#scroller.scrollTop = this.#sight.middleFor(index);
  }

  // following

  connectedCallback() {
    super.connectedCallback();
    if (this.hasUpdated) this.#begin();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#stops.forEach(stop => stop());
    this.#stops = [];
    this.#resize.disconnect();
  }

  firstUpdated() {
    this.#begin();
  }

  #begin() {
    if (!this.live || this.#stops.length) return;
    this.#resize.observe(this.#scroller);
    this.#stops = [this.#edits.follow(this.live), () => this.#stopRows()];
    this.#follow();
  }

  #follow() {
    this.#stopRows();
    const { column, descending } = this.order;
    this.#stopRows = this.live.subscribe(CHANNEL, {
      whole: whole => this.#take(() => this.#window.whole(whole)),
      delta: patches => this.#take(() => this.#motion.note(this.#window.patch(patches))),
      refused: why => this.#take(() => { this.failure = why; }),
    }, { order: [{ column, descending }], ...this.#asked });
  }

  #take(change) {
    change();
    updateInFrame(this);
  }

  #sort({ sort, first }) {
    if (!sort) return;
    this.#reorder({ column: sort, descending: this.order.column === sort ? !this.order.descending : first === 'descending' });
  }

  #reorder(order) {
    this.order = order;
    this.#motion.forget();
    this.#scroller.scrollTop = 0;
    this.#sight.top = 0;
    this.#asked = this.#sight.viewport;
    if (this.live) this.#follow();
  }

  #again() {
    this.failure = '';
    this.#follow();
  }

  // the viewport

  get #scroller() {
    return this.renderRoot.querySelector('.scroll');
  }

  #scrolled = ({ target }) => {
    this.#sight.top = target.scrollTop;
    this.#look();
    updateInFrame(this);
  };

  #look() {
    const { first, rows } = this.#sight.viewport;
    if (!this.live || (first === this.#asked.first && rows === this.#asked.rows)) return;
    this.#asked = { first, rows };
    this.#ask();
  }

  async #ask() {
    try {
      await this.live.look(CHANNEL, this.#asked);
      this.failure = '';
    } catch (error) {
      if (this.live.online) this.failure = error.message;
    }
  }

  // editing

  #edit(row, draft) {
    this.#editing.begin(row, this.#window.indexOf(row.iata), draft);
  }

  #decided({ iata }, act) {
    this.#focus.set(iata);
    this.#focus.take();
    act();
  }

  // drawing

  get #columns() {
    return this.phone ? COLUMNS.slice(0, 1) : this.medium.matches ? COLUMNS.slice(0, -1) : COLUMNS;
  }

  willUpdate() {
    this.#sight.height = this.phone ? 48 : 32;
  }

  updated() {
    const { first, rows } = this.#shown;
    this.#motion.run(
      rows.map(({ iata }, at) => ({ id: iata, index: first + at })),
      id => this.renderRoot.querySelector(`[data-key="${id}"]`),
      this.#sight);
  }

  render() {
    const { loaded, total } = this.#window;
    this.#shown = this.#window.shown(this.#editing.open, this.#sight.drawn);
    const { rows } = this.#shown;
    const stop = this.#focus.among(rows);
    return html`
      <section class="panel" aria-labelledby="title" @pointerdown=${this.#editing.pressed}>
        <div class="title">
          <h2 id="title">Board</h2>
          <span class="hint">${loaded && total > 0 ? this.#range() : nothing}</span>
          <span class="hint end">${this.phone || !loaded ? nothing : this.#editing.open ? 'Enter saves, Esc reverts' : 'Enter or double-click a name to edit it'}</span>
        </div>
        <div class="scroll" @scroll=${this.#scrolled} tabindex=${rows.length ? nothing : 0}>
          <div role="grid" aria-labelledby="title" aria-rowcount=${total < 0 ? -1 : total + 1} aria-colcount=${this.#columns.length}
            @keydown=${this.#focus.key} @focusin=${this.#focus.came}>
            <div role="row" class="header" aria-rowindex="1">
              ${heads(this.#columns, this.order, stop.id === HEADER ? stop.column : -1, column => this.#sort(column))}
            </div>
            ${loaded ? this.#rows(stop) : skeleton(this.#columns)}
          </div>
          ${loaded && total === 0 ? html`<p class="empty">No airports yet.</p>` : nothing}
          ${this.failure ? html`<p class="empty" role="alert">These rows did not load: ${this.failure}.
            <button class="link" @click=${() => this.#again()}>Try again</button></p>` : nothing}
        </div>
      </section>`;
  }

  #range() {
    const { total } = this.#window;
    const [from, to] = this.#sight.range(total, !this.phone);
    const by = COLUMNS.find(({ sort }) => sort === this.order.column)?.by;
    return `${count(from)}–${count(to)} of ${count(total)}, by ${by}`;
  }

  #rows(stop) {
    const { total } = this.#window;
    const { first, rows } = this.#shown;
    const columns = this.#columns;
    const { height } = this.#sight;
    const below = Math.max(0, total - first - rows.length);
    const told = this.#told();
    return html`
      <div role="rowgroup" class="rows">
        <div class="space" role="presentation" .style=${`height: ${first * height}px`}></div>
        ${repeat(rows, ({ iata }) => iata, (row, at) => this.#row(row, first + at, columns, stop, told.has(row.iata)))}
        <div class="space" role="presentation" .style=${`height: ${below * height}px`}></div>
      </div>`;
  }

  /** A row that is as it was is not looked at. */
  #row(row, index, columns, { id, column }, told) {
    const edit = this.#edits.of(row.iata);
    const stop = id === row.iata ? column : -1;
    const isOpen = this.#editing.isIn(row);
    return guard([row, index, columns.length, stop, told, edit, isOpen && {}], () => this.#drawRow(row, index, columns, stop, told, edit));
  }

  #drawRow(row, index, columns, stop, told, edit) {
    const why = `why-${row.iata}`;
    const cell = {
      edit, why, editing: this.#editing, stop, begin: () => this.#edit(row),
    };
    return html`
      <div role="row" data-key=${row.iata} data-index=${index} aria-rowindex=${index + 2}
        ?data-hot=${told || edit?.state === 'saving'} ?data-refused=${isRefused(edit)}>
        ${this.phone ? phoneCell(row, cell) : cells(row, columns, cell)}
        ${hasReason(edit) ? html`
          <div role="gridcell" class="reason ${isRefused(edit) ? 'refused' : ''}" aria-colspan=${columns.length}>
            ${reason(edit, why, {
              edit: () => this.#edit(row, edit.fields.name),
              discard: () => this.#decided(row, () => this.#edits.discard(row.iata)),
              insist: () => this.#decided(row, () => this.#edits.insist(row.iata)),
            })}</div>` : nothing}
      </div>`;
  }

  /** The rows of the commit that is told. */
  #told() {
    const { shown, phase, frozen } = this.story ?? {};
    if (!shown || phase === 'dim' || phase === 'fading' || frozen) return new Set();
    return new Set([...keysOf(shown, 'delays'), ...keysOf(shown, TABLE)]);
  }

  static styles = [parts, boardStyles];
}

customElements.define('orrery-board', Board);
