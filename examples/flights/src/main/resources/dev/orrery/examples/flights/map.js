/** The map: every airport is a star, every airport that has flown a disc, and the stars of the touched state light up. */
import { LitElement, css, html, nothing, svg } from 'lit';
import { createRef, ref } from 'lit/directives/ref.js';
import { onFrame } from 'orrery/live.js';
import { Hearing, Themed, parts, still, token } from 'orrery/parts.js';
import { count, fixed } from 'orrery/format.js';
import { EXTENT, graticule, place } from './albers.js';
import { chart } from './charts.js';
import { step } from './delay.js';
import { flightsOf, statesOf } from './story.js';

const REDRAW_MS = 100;
const ARCS = 9;
const RING = { size: 31, grows: 12, millis: 600 };
const ARC_FADE_MS = 1_200;
const LABELS = new Set(['SEA', 'SFO', 'LAX', 'PHX', 'DEN', 'DFW', 'ORD', 'ATL', 'MIA', 'JFK', 'ANC', 'HNL', 'SJU']);
const STEPS = [0, 1, 2, 3, 4, 5, 6];

class FlightsMap extends LitElement {
  static properties = {
    live: { attribute: false },
    story: { attribute: false },
    flown: { attribute: false },
    picked: { state: true },
    ready: { state: true },
  };

  #box = createRef();
  #chart = null;
  #size = { width: 0, height: 0 };
  #resize = new ResizeObserver(([{ contentRect }]) => onFrame(() => this.#resized(contentRect)));
  #places = new Map();
  #stars = [];
  #drawnAt = -Infinity;
  #due = null;
  /** The record that is or was lit, and since when it fades; null while it is lit. */
  #lit = { record: null, since: -Infinity };

  constructor() {
    super();
    this.picked = null;
    this.flown = null;
    this.ready = false;
    new Hearing(this, () => this.story, 'story');
    new Themed(this, () => this.#paint());
  }

  connectedCallback() {
    super.connectedCallback();
    this.live?.addEventListener('state', this.#connected);
    if (this.hasUpdated) this.updateComplete.then(() => this.#begin());
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.live?.removeEventListener('state', this.#connected);
    clearTimeout(this.#due);
    this.#due = null;
    this.#resize.disconnect();
    this.#chart?.dispose();
    this.#chart = null;
  }

  firstUpdated() {
    this.#begin();
  }

  async #begin() {
    const box = this.#box.value;
    const made = await chart(box, 'canvas');
    if (!this.isConnected) {
      made.dispose();
      return;
    }
    this.#chart = made;
    this.#chart.on('mouseover', { seriesId: 'discs' }, ({ data }) => this.#pick(data.name));
    this.#chart.on('mouseout', { seriesId: 'discs' }, () => { this.picked = null; });
    this.#chart.on('click', { seriesId: 'discs' }, ({ data }) => this.#reveal(data.name));
    this.#resize.observe(box);
    this.#readStars();
    this.#paint();
  }

  #connected = () => {
    if (this.live.state === 'live') this.#readStars();
  };

  /** All airports, once for each life of the server's data. */
  async #readStars() {
    if (!this.live?.online || this.#stars.length && !this.live.beganAnew) return;
    const airports = await this.live.rpc('flights.stars').catch(() => []);
    this.#stars = [];
    for (const [code, state, longitude, latitude] of airports) {
      const at = place(state, longitude, latitude);
      if (!at) continue;
      this.#places.set(code, at);
      this.#stars.push({ state, at });
    }
    this.ready = this.#stars.length > 0;
    this.#paint();
  }

  updated() {
    const { shown, phase } = this.story ?? {};
    if (shown && phase === 'lit') this.#lit = { record: shown, since: null };
    else this.#lit.since ??= performance.now();
    this.#redrawInTime();
  }

  /** At most ten times a second, and for as long as something fades. */
  #redrawInTime() {
    if (this.#due !== null || !this.#chart) return;
    const wait = Math.max(0, this.#drawnAt + REDRAW_MS - performance.now());
    this.#due = setTimeout(() => onFrame(() => {
      this.#due = null;
      this.#redraw();
    }), wait);
  }

  #resized({ width, height }) {
    if (!this.#chart || !width || !height) return;
    this.#size = { width, height };
    this.#chart.resize({ width, height });
    this.#paint();
  }

  get #scale() {
    return Math.min(this.#size.width / EXTENT.width, this.#size.height / EXTENT.height);
  }

  /** Everything anew: after a change of size, of theme, or of the stars. */
  #paint() {
    const { width, height } = this.#size;
    if (!this.#chart || !width) return;
    const axis = (centre, pixels) => ({
      type: 'value', show: false, min: centre - pixels / this.#scale / 2, max: centre + pixels / this.#scale / 2,
    });
    this.#chart.setOption({
      animation: false,
      grid: { left: 0, right: 0, top: 0, bottom: 0 },
      xAxis: axis(EXTENT.x, width),
      yAxis: axis(EXTENT.y, height),
      aria: { enabled: true, label: { description: this.#inWords() } },
      series: [
        {
          id: 'stars', type: 'scatter', large: true, silent: true, animation: false, z: 1, symbolSize: 1.7,
          itemStyle: { color: token('star'), opacity: 1 }, data: this.#stars.map(({ at }) => at),
        },
        { id: 'lit', type: 'scatter', silent: true, animation: false, z: 2, symbolSize: 2.6, data: [] },
        { id: 'arcs', type: 'lines', coordinateSystem: 'cartesian2d', silent: true, animation: false, z: 3, data: [] },
        {
          id: 'discs', type: 'scatter', animation: false, z: 4, emphasis: { disabled: true }, data: [],
          label: {
            position: 'right', distance: 3, fontFamily: getComputedStyle(this).fontFamily, fontSize: 11.5, fontWeight: 550,
            color: token('ink'), textBorderColor: token('surface'), textBorderWidth: 3,
          },
          labelLayout: { hideOverlap: true },
        },
        { id: 'ring', type: 'scatter', silent: true, animation: false, z: 5, symbol: 'circle', data: [] },
      ],
    }, { notMerge: true, lazyUpdate: true });
    this.#redraw();
  }

  #redraw() {
    if (!this.#chart || !this.#size.width) return;
    this.#drawnAt = performance.now();
    const age = this.#lit.since === null ? 0 : this.#drawnAt - this.#lit.since;
    const frozen = this.story?.frozen ?? false;
    this.#chart.setOption({
      series: [
        { id: 'lit', data: this.#litStars(), itemStyle: { color: token('brass-stroke'), opacity: 1 } },
        { id: 'arcs', data: frozen ? [] : this.#arcData(age) },
        { id: 'discs', data: this.#discs() },
        { id: 'ring', data: frozen ? [] : this.#ring(age) },
      ],
    }, { lazyUpdate: true });
    if (this.#lit.since !== null && age < ARC_FADE_MS && !still()) this.#redrawInTime();
  }

  #litStars() {
    const { shown, phase } = this.story ?? {};
    if (!shown || phase === 'dim' || this.story.frozen) return [];
    const states = statesOf(shown);
    return this.#stars.filter(({ state }) => states.has(state)).map(({ at }) => at);
  }

  #discs() {
    const surface = token('surface');
    const edge = token('delay-edge');
    const colours = STEPS.map(each => token(`delay-${each}`));
    return (this.flown ?? []).filter(({ iata }) => this.#places.has(iata)).map(({ iata, departures, minutes }) => {
      const delay = step(minutes / departures);
      return {
        name: iata,
        value: this.#places.get(iata),
        symbolSize: Math.max(4, 0.98 * Math.sqrt(departures)),
        itemStyle: { color: colours[delay], opacity: 1, borderColor: delay === 2 ? edge : surface, borderWidth: 0.8 },
        label: LABELS.has(iata) ? { show: true, formatter: iata } : undefined,
      };
    });
  }

  /** The newest flights the shown commits appended, newest first. */
  get #flights() {
    const until = this.story?.records.indexOf(this.story.shown) ?? -1;
    const records = until < 0 ? [] : this.story.records.slice(0, until + 1);
    const flights = [];
    for (const record of records.reverse()) {
      for (const flight of flightsOf(record)) if (flights.length < ARCS) flights.push(flight);
    }
    return flights;
  }

  #arcData(age) {
    const newest = still() ? Number(this.story?.phase === 'lit') : fade(age, ARC_FADE_MS);
    const older = token('ink3');
    const hasFlight = flightsOf(this.#lit.record).length > 0;
    return this.#flights
      .filter(({ origin, destination }) => this.#places.has(origin) && this.#places.has(destination))
      .map(({ origin, destination }, index) => {
        const lit = index === 0 && hasFlight && newest > 0;
        return {
          coords: [this.#places.get(origin), this.#places.get(destination)],
          lineStyle: {
            curveness: 0.22,
            color: lit ? token('brass-stroke') : older,
            width: lit ? 2 : 1,
            opacity: lit ? Math.max(newest, 0.5) : 0.5 - 0.05 * index,
          },
        };
      })
      .reverse();
  }

  #ring(age) {
    const [flight] = flightsOf(this.#lit.record);
    const at = this.#places.get(flight?.origin);
    const left = still() ? Number(this.story?.phase === 'lit') : fade(age, RING.millis);
    if (!at || left === 0) return [];
    return [{
      value: at,
      symbolSize: RING.size + (still() ? 0 : RING.grows * (1 - left)),
      itemStyle: { color: 'transparent', borderColor: token('brass-stroke'), borderWidth: 2, opacity: left },
    }];
  }

  // picking

  get #byDepartures() {
    return (this.flown ?? []).filter(({ iata }) => this.#places.has(iata));
  }

  #pick(iata) {
    this.picked = iata;
  }

  #reveal(iata) {
    this.picked = iata;
    this.dispatchEvent(new CustomEvent('orrery-pick', { detail: iata, bubbles: true, composed: true }));
  }

  #key(event) {
    const airports = this.#byDepartures;
    const index = airports.findIndex(({ iata }) => iata === this.picked);
    const next = {
      ArrowDown: index + 1, ArrowRight: index + 1, ArrowUp: index - 1, ArrowLeft: index - 1, Home: 0, End: airports.length - 1,
    }[event.key];
    if (event.key === 'Escape') this.picked = null;
    if (next === undefined || airports.length === 0) return;
    event.preventDefault();
    this.#reveal(airports[Math.min(airports.length - 1, Math.max(0, next))].iata);
  }

  #inWords() {
    const flown = this.flown ?? [];
    if (flown.length === 0) return 'Map of the airports. None has flown yet.';
    const mean = row => row.minutes / row.departures;
    const worst = flown.filter(({ departures }) => departures >= 5).reduce((a, b) => !a || mean(b) > mean(a) ? b : a, null);
    const busiest = flown.slice(0, 5).map(row => `${row.iata} with ${count(row.departures)} departures, ${fixed(mean(row), 1)} minutes`);
    return `Map of the airports. Busiest: ${busiest.join('; ')}.`
      + (worst ? ` Worst: ${worst.iata}, ${fixed(mean(worst), 1)} minutes.` : '');
  }

  render() {
    return html`
      <section class="panel" aria-labelledby="title">
        <div class="title"><h2 id="title">Airports</h2>
          ${this.ready ? html`<span class="hint">every star is an airport, every disc has flown</span>` : nothing}</div>
        <div class="map">
          ${this.ready ? nothing : GRATICULE}
          <div class="box" ${ref(this.#box)}></div>
          <div class="pick" role="listbox" tabindex="0" aria-label="Airports that have flown, by departures" aria-activedescendant="picked"
            @keydown=${this.#key} @blur=${() => { this.picked = null; }}>
            ${this.#option()}
          </div>
          ${this.#tooltip()}
        </div>
        ${LEGEND}
      </section>`;
  }

  #option() {
    const airports = this.#byDepartures;
    const index = Math.max(0, airports.findIndex(({ iata }) => iata === this.picked));
    const row = airports[index];
    return html`
      <span id="picked" class="visually-hidden" role="option" aria-selected=${row?.iata === this.picked}
        aria-posinset=${index + 1} aria-setsize=${Math.max(1, airports.length)}>${row ? words(row) : 'none yet'}</span>`;
  }

  #tooltip() {
    const row = this.flown?.find(({ iata }) => iata === this.picked);
    const at = this.#places.get(row?.iata);
    if (!at) return nothing;
    const x = this.#size.width / 2 + (at[0] - EXTENT.x) * this.#scale;
    const y = this.#size.height / 2 - (at[1] - EXTENT.y) * this.#scale;
    return html`
      <div class="tip" data-side=${x > this.#size.width / 2 ? 'left' : 'right'} .style=${`left: ${x}px; top: ${y}px`} aria-hidden="true">
        <p><b class="code">${row.iata}</b> ${row.name}</p>
        <p class="hint">${count(row.departures)} departures, mean ${fixed(row.minutes / row.departures, 1)} min</p>
      </div>`;
  }

  static styles = [parts, css`
    .map { position: relative; flex: 1; min-height: 0; }
    .box, .pick, .graticule { position: absolute; inset: 0; }
    .pick { pointer-events: none; }
    .pick:focus-visible { outline-offset: -3px; border-radius: 7px; }
    .graticule { width: 100%; height: 100%; fill: none; stroke: var(--line2); }
    .graticule path { vector-effect: non-scaling-stroke; stroke-width: 1; }
    .tip {
      position: absolute; z-index: 2; pointer-events: none; max-width: 220px; padding: 6px 10px; border: 1px solid var(--line2);
      border-radius: 7px; background: var(--surface); line-height: 18px; transform: translate(14px, -50%);
    }
    .tip[data-side=left] { transform: translate(calc(-100% - 14px), -50%); }
    .legend > span:first-child { white-space: nowrap; }
    .legend { display: flex; align-items: center; gap: 7px; flex: none; padding: 17px 8px 9px 14px; font-size: 11.5px; line-height: 14px; color: var(--ink2); }
    .scale { position: relative; display: flex; gap: 1px; height: 26px; flex: none; }
    .scale span { width: 24px; height: 9px; border: 1px solid transparent; position: relative; forced-color-adjust: none; }
    .scale span:first-child { border-radius: 2px 0 0 2px; }
    .scale span:last-child { border-radius: 0 2px 2px 0; }
    .scale i { position: absolute; top: 10px; right: -13px; width: 24px; text-align: center; font-style: normal; }
    .sizes { display: flex; align-items: center; gap: 7px; margin-inline-start: auto; color: var(--ink2); white-space: nowrap; }
    .sizes i { border: 1px solid var(--ctl); border-radius: 50%; }
    .sizes i:first-child { width: 5px; height: 5px; }
    .sizes i:nth-of-type(2) { width: 24px; height: 24px; }
    .scale span:nth-child(1) { background: var(--delay-0); }
    .scale span:nth-child(2) { background: var(--delay-1); }
    .scale span:nth-child(3) { background: var(--delay-2); }
    .scale span:nth-child(4) { background: var(--delay-3); }
    .scale span:nth-child(5) { background: var(--delay-4); }
    .scale span:nth-child(6) { background: var(--delay-5); }
    .scale span:nth-child(7) { background: var(--delay-6); }
    .scale span:nth-child(3) { border-color: var(--delay-edge); }
    @media (max-width: 1399.98px) {
      .sizes { display: none; }
      .hint { display: none; }
    }
    @media (max-width: 1279.98px) {
      .title .hint { display: inline; }
    }
  `];
}

function words({ iata, name, departures, minutes }) {
  return `${iata} ${name}: ${count(departures)} departures, mean ${fixed(minutes / departures, 1)} minutes`;
}

/** One at first, then less and less, then nothing. */
function fade(age, millis) {
  return Math.max(0, 1 - age / millis);
}

const GRATICULE = html`
  <svg class="graticule" aria-hidden="true" preserveAspectRatio="xMidYMid meet" overflow="visible"
    viewBox=${`${EXTENT.x - EXTENT.width / 2} ${-EXTENT.y - EXTENT.height / 2} ${EXTENT.width} ${EXTENT.height}`}>
    ${svg`<path d=${graticule()}></path>`}
  </svg>`;

const LEGEND = html`
  <div class="legend">
    <span>Mean delay,<br>minutes</span>
    <span class="scale" role="img" aria-label="Blue is early, red is late; bounds at −5, 0, 5, 10, 15 and 20 minutes">
      ${['−5', '0', '5', '10', '15', '20', ''].map(bound => html`<span>${bound ? html`<i>${bound}</i>` : nothing}</span>`)}
    </span>
    <span class="sizes" aria-hidden="true"><i></i> 10 <i></i> 600 flights</span>
  </div>`;

customElements.define('flights-map', FlightsMap);
