/**
 * The board: a window on the view of all airports, in the order and at the place this page asks for. Names are edited in
 * place; rows keep their element while they move.
 */
import { LitElement, css, html, nothing } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { repeat } from 'lit/directives/repeat.js';
import { Hearing, Media, parts, say, still } from 'orrery/parts.js';
import { updateInFrame } from 'orrery/live.js';
import { count, fixed } from 'orrery/format.js';
import { BoardWindow } from './board-window.js';
import { Edits } from './edits.js';
import { field, hasReason, isRefused, nameOf, nameText, reason } from './board-cell.js';
import { spark } from './spark.js';
import { step } from './delay.js';
import { keysOf } from './story.js';

const CHANNEL = 'view:board';
const TABLE = 'airports';
const BEYOND = 8;
const AT_LEAST = 40;
const MOVED_AT_MOST = 6;
const MOVE = { duration: 220, easing: 'cubic-bezier(.2,0,0,1)' };
const WASH_MS = 600;
const WASHED_EVERY_MS = 500;
const SKELETONS = 12;
const HEADER = 'header';
const HEADER_HEIGHT = 27;

const COLUMNS = [
  { id: 'iata', sort: 'iata', head: 'Airport', by: 'code', first: 'ascending' },
  { id: 'city', sort: 'city', head: 'City', by: 'city', first: 'ascending' },
  { id: 'state', sort: 'state', head: 'State', by: 'state', first: 'ascending' },
  { id: 'departures', sort: 'departures', head: 'Departures', by: 'departures', first: 'descending', number: true },
  { id: 'mean', sort: 'mean', head: 'Mean delay', by: 'mean delay', first: 'descending', number: true },
  { id: 'last', head: 'Last 24' },
  { id: 'seen', sort: 'seen', head: 'Seen', by: 'last seen', first: 'descending', number: true },
];

class Board extends LitElement {
  static properties = {
    live: { attribute: false },
    story: { attribute: false },
    flown: { attribute: false },
    phone: { type: Boolean, reflect: true },
    order: { state: true },
    failure: { state: true },
    editing: { state: true },
    active: { state: true },
  };

  #window = new BoardWindow();
  #edits = new Edits(TABLE);
  #stops = [];
  #asked = { first: 0, rows: AT_LEAST };
  #top = 0;
  #room = 0;
  #places = new Map();
  #changed = new Map();
  #washed = new Map();
  #wanted = null;
  #hot = new Set();
  #focusMoves = false;
  #hadFocus = false;
  #resize = new ResizeObserver(([{ contentRect }]) => {
    this.#room = contentRect.height;
    this.#look();
    updateInFrame(this);
  });

  constructor() {
    super();
    this.phone = false;
    this.order = { column: 'departures', descending: true };
    this.failure = '';
    this.editing = null;
    this.active = { id: null, column: 0 };
    new Hearing(this, () => this.story, 'story');
    this.medium = new Media(this, '(min-width: 1280px) and (max-width: 1399.98px)');
    this.#edits.addEventListener('change', ({ detail }) => this.#editChanged(detail));
  }

  /** How many edits the server does not have yet. */
  get waiting() {
    return this.#edits.unsent;
  }

  get #row() {
    return this.phone ? 48 : 32;
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

  #stopRows = () => {};

  #follow() {
    this.#stopRows();
    const { column, descending } = this.order;
    this.#stopRows = this.live.subscribe(CHANNEL, {
      whole: whole => this.#take(() => this.#window.whole(whole)),
      delta: patches => this.#take(() => this.#note(this.#window.patch(patches))),
      refused: why => this.#take(() => { this.failure = why; }),
    }, { order: [{ column, descending }], ...this.#asked });
  }

  #take(change) {
    change();
    updateInFrame(this);
  }

  #note(changed) {
    for (const [id, columns] of changed) {
      this.#changed.set(id, new Set([...(this.#changed.get(id) ?? []), ...columns]));
    }
  }

  #sort(column) {
    if (!column.sort) return;
    const descending = this.order.column === column.sort ? !this.order.descending : column.first === 'descending';
    this.order = { column: column.sort, descending };
    this.#places.clear();
    this.#scroller.scrollTop = 0;
    this.#top = 0;
    this.#asked = this.#viewport();
    if (this.live) this.#follow();
  }

  /** Scrolls to an airport that has flown: in the order by departures its place is known. */
  reveal(iata) {
    const known = this.#window.indexOf(iata);
    const index = known >= 0 ? known : (this.flown ?? []).findIndex(row => row.iata === iata);
    if (index < 0) return;
    const usual = this.order.column === 'departures' && this.order.descending;
    if (known < 0 && !usual) this.#sort(COLUMNS[3]);
    this.active = { id: iata, column: 0 };
    this.#scroller.scrollTop = Math.max(0, index * this.#row - this.#room / 2);
  }

  /** Moves the focus into the board. */
  focusBoard() {
    (this.renderRoot.querySelector('[role=row] [tabindex="0"]') ?? this.#scroller)?.focus();
  }

  // the viewport

  get #scroller() {
    return this.renderRoot.querySelector('.scroll');
  }

  #scrolled = ({ target }) => {
    this.#top = target.scrollTop;
    this.#look();
    updateInFrame(this);
  };

  /** The rows to ask for: those in sight and some on each side, begun at an even place so that not each pixel asks. */
  #viewport() {
    const sight = Math.ceil(this.#room / this.#row) + 1;
    const first = Math.max(0, Math.floor(this.#top / this.#row) - BEYOND);
    return { first: first - first % 4, rows: Math.max(AT_LEAST, sight + 2 * BEYOND + 4) };
  }

  #look() {
    const { first, rows } = this.#viewport();
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

  #scrollTo(index) {
    const top = index * this.#row;
    const below = this.#top + this.#room - 2 * this.#row;
    if (top < this.#top) this.#scroller.scrollTop = top;
    else if (top > below) this.#scroller.scrollTop = top - this.#room + 2 * this.#row;
  }

  // editing

  #edit(row, draft = nameOf(row, this.#edits.of(row.iata))) {
    const index = this.#window.indexOf(row.iata);
    this.editing = { id: row.iata, draft, base: row.name, row, index: Math.max(0, index), isNew: true };
    this.active = { id: row.iata, column: 0 };
  }

  #save(further = 0) {
    const { id, draft, base } = this.editing;
    this.#close();
    if (draft !== base) this.#edits.save(id, { name: base }, { name: draft });
    else if (isRefused(this.#edits.of(id))) this.#edits.discard(id);
    if (further) this.#moveBy(further, 0);
  }

  #close() {
    this.editing = null;
    this.#focusMoves = true;
  }

  #fieldKey = event => {
    event.stopPropagation();
    if (event.key === 'Enter') this.#save();
    else if (event.key === 'Escape') this.#close();
    else if (event.key === 'Tab') this.#save(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
  };

  #pressed = event => {
    if (this.editing && !event.composedPath().some(element => element.classList?.contains('field'))) this.#save();
  };

  #editChanged(edit) {
    if (edit.own && edit.state === 'saved') say(this, `Saved: ${edit.key} is now ${edit.fields.name}.`);
    if (edit.own && isRefused(edit) && this.#edits.of(edit.key) === edit) say(this, `Not saved: ${edit.key}, ${edit.fields.name}.`, true);
    updateInFrame(this);
    this.dispatchEvent(new CustomEvent('orrery-edits', { bubbles: true, composed: true }));
  }

  // keys

  #key = event => {
    if (event.target.closest('button.link')) {
      if (event.key === 'Escape') this.#refocus();
      return;
    }
    const index = this.#activeIndex();
    const page = Math.max(1, Math.floor(this.#room / this.#row) - 2);
    switch (event.key) {
      case 'ArrowDown': this.#moveBy(1, 0); break;
      case 'ArrowUp': this.#moveBy(-1, 0); break;
      case 'ArrowLeft': this.#moveBy(0, -1); break;
      case 'ArrowRight': this.#moveBy(0, 1); break;
      case 'PageDown': this.#moveBy(page, 0); break;
      case 'PageUp': this.#moveBy(-Math.min(page, index), 0); break;
      case 'Home': event.ctrlKey ? this.#moveTo(0) : this.#toColumn(0); break;
      case 'End': event.ctrlKey ? this.#moveTo(this.#window.total - 1) : this.#toColumn(this.#columns.length - 1); break;
      case 'Enter': case 'F2': this.#enter(event); break;
      case 'Escape': this.#leave(); break;
      default: return;
    }
    event.preventDefault();
  };

  #enter({ key }) {
    if (this.active.id === HEADER) {
      if (key === 'Enter') this.#sort(this.#columns[this.active.column]);
      return;
    }
    const row = this.#window.at(this.#activeIndex());
    if (row) this.#edit(row);
  }

  /** Esc on a row that is not saved gives the focus to what can be done about it. */
  #leave() {
    this.renderRoot.querySelector(`[data-key="${this.active.id}"] .actions button`)?.focus();
  }

  #activeIndex() {
    return this.active.id === HEADER ? -1 : Math.max(0, this.#window.indexOf(this.active.id));
  }

  #toColumn(column) {
    this.active = { ...this.active, column };
    this.#focusMoves = true;
  }

  #moveBy(rows, columns) {
    const column = Math.max(0, Math.min(this.#columns.length - 1, this.active.column + columns));
    if (rows === 0) this.#toColumn(column);
    else this.#moveTo(this.#activeIndex() + rows, column);
  }

  #moveTo(wanted, column = this.active.column) {
    const index = Math.max(-1, Math.min(this.#window.total - 1, wanted));
    if (index < 0) {
      this.active = { id: HEADER, column };
    } else {
      this.#scrollTo(index);
      const row = this.#window.at(index);
      if (row) this.active = { id: row.iata, column };
      else this.#wanted = { index, column };
    }
    this.#focusMoves = true;
  }

  #refocus() {
    const selector = this.editing
      ? '.field'
      : this.active.id === HEADER
        ? `[role=columnheader]:nth-child(${this.active.column + 1})`
        : `[data-key="${this.active.id}"] > [role=gridcell]:nth-child(${this.active.column + 1})`;
    this.renderRoot.querySelector(selector)?.focus({ preventScroll: true });
  }

  #focused = ({ target }) => {
    const cell = target.closest('[role=gridcell], [role=columnheader]');
    const row = target.closest('[role=row]');
    if (!cell || !row || cell.classList.contains('reason')) return;
    const column = [...row.children].indexOf(cell);
    const id = row.dataset.key ?? HEADER;
    if (id !== this.active.id || column !== this.active.column) this.active = { id, column };
  };

  // drawing

  get #columns() {
    return this.phone ? COLUMNS.slice(0, 1) : this.medium.matches ? COLUMNS.slice(0, -1) : COLUMNS;
  }

  willUpdate() {
    this.#hadFocus = this.renderRoot?.activeElement != null;
    const wanted = this.#wanted && this.#window.at(this.#wanted.index);
    if (wanted) {
      this.active = { id: wanted.iata, column: this.#wanted.column };
      this.#wanted = null;
      this.#focusMoves = true;
    }
  }

  render() {
    const { loaded, total, first } = this.#window;
    const rows = this.#window.shown(this.editing);
    const current = rows.some(({ iata }) => iata === this.active.id) || this.active.id === HEADER ? this.active : { id: rows[0]?.iata, column: 0 };
    this.#hot = this.#told();
    const below = Math.max(0, (total < 0 ? 0 : total) - first - rows.length);
    return html`
      <section class="panel" aria-labelledby="title" @pointerdown=${this.#pressed}>
        <div class="title">
          <h2 id="title">Board</h2>
          <span class="hint">${loaded && total > 0 ? this.#range() : nothing}</span>
          <span class="hint end">${this.phone || !loaded ? nothing : this.editing ? 'Enter saves, Esc reverts' : 'Enter or double-click a name to edit it'}</span>
        </div>
        <div class="scroll" @scroll=${this.#scrolled} tabindex=${rows.length ? nothing : 0}>
          <div role="grid" aria-labelledby="title" aria-rowcount=${total < 0 ? -1 : total + 1} aria-colcount=${this.#columns.length}
            @keydown=${this.#key} @focusin=${this.#focused}>
            ${this.#header(current)}
            ${loaded ? html`
              <div role="rowgroup" class="rows">
                <div class="space" role="presentation" .style=${`height: ${first * this.#row}px`}></div>
                ${repeat(rows, ({ iata }) => iata, (row, at) => this.#drawn(row, first + at, current))}
                <div class="space" role="presentation" .style=${`height: ${below * this.#row}px`}></div>
              </div>` : this.#skeleton()}
          </div>
          ${loaded && total === 0 ? html`<p class="empty">No airports yet.</p>` : nothing}
          ${this.failure ? html`<p class="empty" role="alert">These rows did not load: ${this.failure}.
            <button class="link" @click=${() => this.#again()}>Try again</button></p>` : nothing}
        </div>
      </section>`;
  }

  #again() {
    this.failure = '';
    this.#follow();
  }

  #range() {
    const from = Math.floor(this.#top / this.#row) + 1;
    const to = Math.min(this.#window.total, Math.max(from, Math.round((this.#top + this.#room - (this.phone ? 0 : HEADER_HEIGHT)) / this.#row)));
    const by = COLUMNS.find(({ sort }) => sort === this.order.column)?.by;
    return `${count(from)}–${count(to)} of ${count(this.#window.total)}, by ${by}`;
  }

  #header(current) {
    return html`
      <div role="row" class="header" aria-rowindex="1">
        ${this.#columns.map((column, index) => {
          const sorted = column.sort && column.sort === this.order.column;
          return html`<div role="columnheader" class="c-${column.id} ${column.number ? 'n' : ''}" ?data-sorted=${sorted} ?data-sorts=${column.sort}
            aria-sort=${column.sort ? (sorted ? (this.order.descending ? 'descending' : 'ascending') : 'none') : nothing}
            tabindex=${current.id === HEADER && current.column === index ? 0 : -1}
            @click=${() => this.#sort(column)}>${column.head}${sorted ? html`<span aria-hidden="true"> ${this.order.descending ? '▾' : '▴'}</span>` : nothing}</div>`;
        })}
      </div>`;
  }

  #drawn(row, index, current) {
    const edit = this.#edits.of(row.iata);
    const hot = this.#hot.has(row.iata) || edit?.state === 'saving';
    const focus = current.id === row.iata ? current.column : -1;
    const id = `why-${row.iata}`;
    return html`
      <div role="row" data-key=${row.iata} data-index=${index} aria-rowindex=${index + 2} ?data-hot=${hot} ?data-refused=${isRefused(edit)}>
        ${this.phone ? this.#phoneCells(row, edit, focus, id) : this.#cells(row, edit, focus, id)}
        ${hasReason(edit) ? html`
          <div role="gridcell" class="reason ${isRefused(edit) ? 'refused' : ''}" aria-colspan=${this.#columns.length}>
            ${reason(edit, id, {
              edit: () => this.#edit(row, edit.fields.name),
              discard: () => this.#decided(row, () => this.#edits.discard(row.iata)),
              insist: () => this.#decided(row, () => this.#edits.insist(row.iata)),
            })}</div>` : nothing}
      </div>`;
  }

  #decided(row, act) {
    this.active = { id: row.iata, column: 0 };
    this.#focusMoves = true;
    act();
  }

  #nameCell(row, edit, focus, id, content) {
    return html`
      <div role="gridcell" class="c-iata" tabindex=${focus === 0 ? 0 : -1} aria-invalid=${isRefused(edit) ? 'true' : nothing}
        aria-describedby=${hasReason(edit) ? id : nothing} @dblclick=${() => this.#edit(row)}>
        <span class="code">${row.iata}</span>
        ${content}
      </div>`;
  }

  #nameContent(row, edit) {
    return this.editing?.id === row.iata
      ? field(row, this.editing.draft, { input: ({ target }) => { this.editing.draft = target.value; }, keydown: this.#fieldKey })
      : html`<span class="text">${nameText(row, edit)}</span>`;
  }

  #cells(row, edit, focus, id) {
    const cell = (at, name, content, title) => html`
      <div role="gridcell" class="c-${name} ${COLUMNS[at].number ? 'n' : ''}" tabindex=${focus === at ? 0 : -1} title=${title ?? nothing}>${content}</div>`;
    return html`
      ${this.#nameCell(row, edit, focus, id, this.#nameContent(row, edit))}
      ${cell(1, 'city', row.city, row.city)}
      ${cell(2, 'state', row.state)}
      ${cell(3, 'departures', count(row.departures ?? 0))}
      ${cell(4, 'mean', this.#mean(row))}
      ${cell(5, 'last', this.#spark(row, 24))}
      ${this.medium.matches ? nothing : cell(6, 'seen', row.seen ? row.seen.split(' ')[1] : '')}`;
  }

  #phoneCells(row, edit, focus, id) {
    return this.#nameCell(row, edit, focus, id, html`
      <span class="two">${this.#nameContent(row, edit)}<span class="place">${row.city}, ${row.state}</span></span>
      ${this.#spark(row, 14)}
      <span class="figures n"><span class="c-departures">${count(row.departures ?? 0)}</span><span class="c-mean">${this.#mean(row)}</span></span>`);
  }

  #mean({ mean }) {
    return mean == null ? '' : html`<span class="swatch" data-step=${step(mean)}></span> ${fixed(mean, 1)}`;
  }

  #spark({ last }, most) {
    return guard([last, most], () => (last?.length ? spark(last, most) : nothing));
  }

  /** The rows of the commit that is told. */
  #told() {
    const { shown, phase, frozen } = this.story ?? {};
    if (!shown || phase === 'dim' || phase === 'fading' || frozen) return new Set();
    return new Set([...keysOf(shown, 'delays'), ...keysOf(shown, TABLE)]);
  }

  #skeleton() {
    return html`<div role="rowgroup" class="rows cold" aria-hidden="true">${Array.from({ length: SKELETONS }, (_, index) => html`
      <div class="line">${this.#columns.map(column => html`<span class="c-${column.id} ${column.number ? 'n' : ''}">
        ${column.id === 'iata' ? html`<i class="skeleton code-bar"></i>` : nothing}<i class="skeleton" data-length=${(index * 7 + column.id.length) % 4}></i></span>`)}</div>`)}</div>`;
  }

  // motion and focus, after the rows stand

  updated() {
    const isLost = this.#hadFocus && this.renderRoot.activeElement === null && document.activeElement === document.body;
    if (this.editing?.isNew) {
      this.editing.isNew = false;
      this.renderRoot.querySelector('.field')?.focus({ preventScroll: true });
      this.renderRoot.querySelector('.field')?.select();
    } else if (this.#focusMoves || isLost) { // a row that moves takes its element out for a moment, and the focus with it
      this.#refocus();
    }
    this.#focusMoves = false;
    this.#move();
    this.#wash();
  }

  /** Rows are of one height, so where a row was and is are known without asking the layout. */
  #move() {
    const before = this.#places;
    const after = new Map();
    const moved = [];
    for (const element of this.renderRoot.querySelectorAll('[data-key]')) {
      const index = Number(element.dataset.index);
      after.set(element.dataset.key, index);
      const by = (before.get(element.dataset.key) ?? index) - index;
      if (by !== 0) moved.push({ element, by, index });
    }
    this.#places = after;
    const inSight = moved.filter(({ by, index }) => this.#inSight(index) || this.#inSight(index + by));
    if (inSight.length === 0 || inSight.length > MOVED_AT_MOST || still()) return;
    for (const { element, by } of inSight) {
      element.animate([
        { transform: `translateY(${by * this.#row}px)`, zIndex: by > 0 ? 1 : 0 },
        { transform: 'none', zIndex: by > 0 ? 1 : 0 },
      ], MOVE);
    }
  }

  #inSight(index) {
    const top = index * this.#row;
    return top > this.#top - this.#row && top < this.#top + this.#room;
  }

  #wash() {
    const now = performance.now();
    for (const [id, columns] of this.#changed) {
      const row = this.renderRoot.querySelector(`[data-key="${id}"]`);
      if (!row || !this.#inSight(Number(row.dataset.index))) continue;
      for (const column of columns) {
        if (column === 'last' || column === 'seen' || column === 'minutes') continue;
        const cell = row.querySelector(`.c-${column === 'name' ? 'iata' : column}`);
        if (!cell || now - (this.#washed.get(cell) ?? -Infinity) < WASHED_EVERY_MS) continue;
        this.#washed.set(cell, now);
        washed(cell);
      }
    }
    this.#changed.clear();
    if (this.#washed.size > 400) this.#washed.clear();
  }

  static styles = [parts, css`
    :host { min-height: 0; }
    .scroll { flex: 1; min-height: 0; overflow: auto; overflow-anchor: none; scrollbar-width: thin; position: relative; }
    [role=row], .line {
      display: grid; align-items: center; padding: 0 14px; min-height: 32px; position: relative;
      grid-template-columns: 198px minmax(0, 1fr) 44px 78px 80px 96px 44px;
    }
    .header {
      position: sticky; top: 0; z-index: 4; min-height: 27px; background: var(--surface); border-bottom: 1px solid var(--line2);
      color: var(--ink2); font-size: 12px; line-height: 16px; font-weight: 550;
    }
    .header [data-sorts] { cursor: pointer; }
    .header [data-sorted] { color: var(--ink); font-weight: 600; }
    .n { text-align: end; }
    .rows [role=row], .line { border-bottom: 1px solid var(--line); background: var(--surface); }
    [role=gridcell], [role=columnheader] { min-width: 0; white-space: nowrap; line-height: 31px; }
    [role=columnheader] { line-height: 26px; }
    [role=gridcell]:focus-visible, [role=columnheader]:focus-visible { outline-offset: -2px; border-radius: 4px; }
    .c-iata { display: flex; align-items: center; min-width: 0; padding-inline-end: 8px; }
    .header .c-iata { display: block; }
    .rows .c-iata { cursor: text; }
    .c-iata .code { flex: none; width: 38px; }
    .text { min-width: 0; overflow: hidden; text-overflow: ellipsis; }
    .c-city { overflow: hidden; text-overflow: ellipsis; padding-inline-end: 8px; }
    .c-departures, .c-mean { font-size: 13.5px; }
    .header :is(.c-departures, .c-mean) { font-size: 12px; }
    .c-mean .swatch { display: inline-block; vertical-align: 0; margin-inline-end: 3px; }
    .c-last { padding-inline-start: 12px; }
    .c-seen { color: var(--ink2); }
    .header .c-seen { color: inherit; }
    .late { fill: var(--delay-4); }
    .early { fill: var(--delay-1); }
    .even { fill: var(--ctl); }

    .rows [data-hot] { background: var(--brass-wash); }
    .rows [data-hot]::before, .rows [data-refused]::before { content: ''; position: absolute; inset: 0 auto 0 0; width: 3px; background: var(--brass-fill); }
    .rows [data-refused] { background: var(--err-wash); }
    .rows [data-refused]::before { background: var(--err); }
    [data-washed] { background: var(--brass-wash); }

    .name[data-state=saving], .name[data-state=waiting], .name[data-state=saved] { border-bottom: 1.5px dashed var(--brass); }
    .name[data-state=saved] { border-color: transparent; transition: border-color 400ms; }
    .word { margin-inline-start: 4px; font-size: 12px; color: var(--ink3); }
    .not-saved { color: var(--err); font-weight: 600; }
    .field {
      flex: 1; min-width: 0; height: 28px; margin-inline: -8px 0; padding: 0 6px; border: 2px solid var(--focus); border-radius: 6px;
      background: var(--surface); color: var(--ink); font: inherit;
    }
    .field:focus-visible { outline: none; }
    .reason {
      grid-column: 1 / -1; padding: 3px 0 11px 44px; white-space: normal; line-height: 17px; overflow: hidden;
      animation: unfold 160ms ease-out;
    }
    .reason > span > b { font-weight: 600; }
    .reason.refused > span > b { color: var(--err); }
    .actions { white-space: nowrap; }
    .actions .link { position: relative; margin-inline-end: 4px; line-height: 17px; }
    .actions .link::after { content: ''; position: absolute; inset: -5px -2px; }
    @keyframes unfold { from { max-height: 0; padding-block: 0; } to { max-height: 60px; } }

    .empty { padding: 20px 14px; color: var(--ink2); }
    .line .skeleton { height: 10px; width: 60%; }
    .line .c-iata .skeleton { width: 125px; }
    .line .c-iata .code-bar { width: 30px; margin-inline-end: 3px; }
    .line .c-iata [data-length='1'] { width: 100px; }
    .line .c-iata [data-length='2'] { width: 118px; }
    .line .c-iata [data-length='3'] { width: 135px; }
    .line .c-city .skeleton { width: 70px; }
    .line .c-state .skeleton { width: 18px; }
    .line .c-departures .skeleton { width: 26px; }
    .line .c-mean .skeleton { width: 34px; }
    .line .c-last .skeleton { width: 70px; }
    .line .c-seen .skeleton { width: 34px; }

    @media (min-width: 1280px) and (max-width: 1399.98px) {
      [role=row], .line { grid-template-columns: 160px minmax(0, 1fr) 48px 84px 80px 92px; }
    }
    :host([phone]) [role=row], :host([phone]) .line { grid-template-columns: minmax(0, 1fr); min-height: 48px; }
    :host([phone]) .header { position: absolute; width: 1px; height: 1px; min-height: 0; overflow: hidden; clip-path: inset(50%); }
    :host([phone]) .panel { height: auto; }
    :host([phone]) .scroll { height: 336px; flex: none; border-top: 1px solid var(--line); }
    :host([phone]) .c-iata { gap: 10px; padding: 0; line-height: 18px; }
    :host([phone]) .c-iata .code { align-self: start; padding-top: 5px; width: 28px; }
    .two { display: grid; flex: 1; min-width: 0; }
    .two .text, .place { overflow: hidden; text-overflow: ellipsis; }
    .place { color: var(--ink2); }
    .figures { display: grid; width: 52px; }
    :host([phone]) .figures > span { line-height: 18px; padding: 0; }
    :host([phone]) .field { height: 28px; margin-inline: -8px 0; }
    :host([phone]) .reason { padding-inline-start: 38px; }
    :host([phone]) .link { padding-block: 13px; }
  `];
}

function washed(cell) {
  if (still()) {
    cell.toggleAttribute('data-washed', true);
    setTimeout(() => cell.toggleAttribute('data-washed', false), 1_000);
  } else {
    cell.animate([{ backgroundColor: 'var(--brass-wash)' }, { backgroundColor: 'transparent' }], { duration: WASH_MS });
  }
}

customElements.define('orrery-board', Board);
