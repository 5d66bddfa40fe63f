/** The worst airport of each state: fifty-one watched queries, followed in one batch, sorted by their answer. */
import { LitElement, css, html, nothing } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { repeat } from 'lit/directives/repeat.js';
import { Hearing, Media, parts, still } from 'orrery/parts.js';
import { updateInFrame } from 'orrery/frames.js';
import { Follow } from 'orrery/live.js';
import { count, fixed } from 'orrery/format.js';
import { ORIGINS } from './origins.js';
import { step } from './delay.js';
import { statesOf } from './story.js';

const ROW = 37;
const MOVED_AT_MOST = 6;
const MOVE = { duration: 220, easing: 'cubic-bezier(.2,0,0,1)' };
const SKELETONS = 9;

class WorstPerState extends LitElement {
  static properties = {
    live: { attribute: false },
    story: { attribute: false },
    flown: { attribute: false },
  };

  #answers = new Map();
  #stops = new Map();
  #places = new Map();
  #shown = [];
  /** The airports whose states are followed. */
  #followed;

  constructor() {
    super();
    this.counters = {};
    new Hearing(this, () => this.story, 'story');
    new Hearing(this, () => this.flown, 'flown');
    new Follow(this, 'engine:queries', {
      whole: counters => { this.counters = counters['worst-airport'] ?? {}; },
      delta: changed => { this.counters = { ...this.counters, ...changed['worst-airport'] }; },
    });
    this.wide = new Media(this, '(min-width: 1400px)');
    this.desktop = new Media(this, '(min-width: 1280px)');
  }

  connectedCallback() {
    super.connectedCallback();
    if (this.live) this.#follow();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    for (const stop of this.#stops.values()) stop();
    this.#stops.clear();
  }

  willUpdate(changed) {
    if (changed.has('live') || this.flown?.rows !== this.#followed) this.#follow();
  }

  /** Every state that has origins, also one that only these flights have. */
  #follow() {
    if (!this.isConnected || !this.live) return;
    this.#followed = this.flown?.rows;
    for (const state of ORIGINS.keys()) this.#followState(state);
    for (const { state } of this.flown?.rows ?? []) this.#followState(state);
  }

  #followState(state) {
    if (this.#stops.has(state)) return;
    const take = answer => {
      this.#answers.set(state, answer);
      updateInFrame(this);
    };
    this.#stops.set(state, this.live.subscribe(`query:worst-airport:${state}`, { whole: take, delta: take }));
  }

  /** The newest answer of a state, or undefined. */
  answer(state) {
    return this.#answers.get(state);
  }

  #rows() {
    const cities = this.flown?.cities;
    return [...this.#answers]
      .map(([state, { airport, name, mean }]) => ({
        state, airport, place: cities?.get(airport) ?? name, mean: airport ? Number(mean) : -Infinity,
      }))
      .sort((left, right) => right.mean - left.mean || left.state.localeCompare(right.state));
  }

  render() {
    const rows = this.#rows();
    this.#shown = rows;
    const { shown, phase } = this.story ?? {};
    const hot = phase === 'dim' || this.story?.frozen ? new Set() : statesOf(shown);
    return html`
      <section class="panel" aria-labelledby="title">
        <div class="title"><h2 id="title">Worst per state</h2><span class="hint end">${count(this.#stops.size)} queries</span></div>
        <div class="scroll" tabindex="0" role="group" aria-labelledby="title">
          <ol>${rows.length
            ? repeat(rows, ({ state }) => state, row => this.#row(row, hot.has(row.state)))
            : Array.from({ length: SKELETONS }, skeleton)}</ol>
        </div>
        <p class="foot hint">minutes, airports with 5+ departures</p>
      </section>`;
  }

  #row({ state, airport, place, mean }, hot) {
    const ran = this.#ran(state);
    return guard([airport, place, mean, hot, ran], () => html`
      <li ?data-hot=${hot} data-state=${state}>
        <span class="tile">${state}</span>
        <span class="what">
          <span class="place">${airport ? html`<b class="code">${airport}</b> ${place}` : html`<span class="none">fewer than 5 departures</span>`}</span>
          <span class="tiny ran">${ran}</span>
        </span>
        ${airport ? html`<span class="swatch" data-step=${step(mean)}></span><b class="mean">${fixed(mean, 1)}</b>` : nothing}
      </li>`);
  }

  #ran(state) {
    const ran = this.counters[state]?.computed;
    if (ran === undefined) return nothing;
    const of = this.story?.totals?.commits;
    return this.desktop.matches && !this.wide.matches || of === undefined
      ? `ran ${count(ran)}` : `ran ${count(ran)} of ${count(of)}`;
  }

  /** Rows are of one height, so where a row was and is are known without asking the layout. */
  updated() {
    const before = this.#places;
    this.#places = new Map(this.#shown.map(({ state }, index) => [state, index]));
    const moved = this.#shown
      .map(({ state }, index) => ({ state, by: (before.get(state) ?? index) - index }))
      .filter(({ by }) => by !== 0);
    if (moved.length > MOVED_AT_MOST || still()) return;
    for (const { state, by } of moved) {
      this.renderRoot.querySelector(`li[data-state="${state}"]`)?.animate([{ transform: `translateY(${by * ROW}px)`, zIndex: by > 0 ? 1 : 0 }, { transform: 'none' }], MOVE);
    }
  }

  static styles = [parts, css`
    .scroll { flex: 1; min-height: 0; overflow: auto; scrollbar-width: thin; border-top: 1px solid var(--line); }
    .scroll:focus-visible { outline-offset: -2px; }
    li {
      position: relative; display: grid; grid-template-columns: 30px minmax(0, 1fr) auto auto; align-items: center; gap: 8px;
      height: ${ROW}px; padding: 0 14px; border-bottom: 1px solid var(--line); background: var(--surface); contain: strict;
    }
    li[data-hot] { background: var(--brass-wash); box-shadow: inset 3px 0 var(--brass-fill); }
    .tile {
      display: grid; place-items: center; height: 22px; border: 1px solid var(--line2); border-radius: 4px;
      font: 550 11.5px/14px var(--mono); color: var(--ink);
    }
    [data-hot] .tile { background: var(--brass-fill); border-color: var(--brass-stroke); color: var(--on-brass); font-weight: 700; }
    .what { display: grid; min-width: 0; }
    .place { line-height: 16px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
    .ran { white-space: nowrap; overflow: hidden; text-overflow: clip; line-height: 13px; }
    .mean { font-weight: 600; text-align: right; }
    .none { color: var(--ink3); }
    .title { min-height: 39px; }
    li .skeleton { width: 40px; height: 10px; }
    li .tall { width: 30px; height: 20px; }
    li .name { width: 96px; }
    .foot { flex: none; padding: 7px 14px 8px; border-top: 1px solid var(--line2); white-space: nowrap; }
    @media (min-width: 1280px) and (max-width: 1399.98px) {
      .foot { padding-inline: 11px 0; letter-spacing: -0.03em; }
    }
    @media (max-width: 1279.98px) {
      .scroll { max-height: 340px; }
    }
    @media (max-width: 599.98px) {
      .scroll { max-height: ${5 * ROW + 1}px; }
    }
  `];
}

function skeleton() {
  return html`
    <li aria-hidden="true"><span class="skeleton tall"></span><span class="skeleton name"></span><span></span><span class="skeleton"></span></li>`;
}

customElements.define('flights-worst', WorstPerState);
