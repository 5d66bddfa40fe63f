/** The map: every airport is a star, every airport that has flown a disc, and the stars of the touched state light up. */
import { LitElement, css, html, nothing, svg } from 'lit';
import { createRef, ref } from 'lit/directives/ref.js';
import { drawInFrame, onFrame } from 'orrery/frames.js';
import { Hearing, Themed, parts, still } from 'orrery/parts.js';
import { count, fixed } from 'orrery/format.js';
import { EXTENT, graticule, place } from './albers.js';
import { MapPicture } from './map-picture.js';
import { flightsOf, statesOf } from './story.js';

const REDRAW_MS = 100;
const ARCS = 9;
const ARC_FADE_MS = 1_200;
const RING_MS = 600;

class FlightsMap extends LitElement {
  static properties = {
    live: { attribute: false },
    story: { attribute: false },
    flown: { attribute: false },
    picked: { state: true },
    ready: { state: true },
  };

  #sky = createRef();
  #lights = createRef();
  #moving = createRef();
  #picture = null;
  #resize = new ResizeObserver(([{ contentRect }]) => onFrame(() => this.#resized(contentRect)));
  #places = new Map();
  #stars = [];
  #drawnAt = -Infinity;
  #due = null;
  /** The code of the disc that the pointer is over. */
  #over;
  /** The record that is or was lit, and since when it fades; null while it is lit. */
  #lit = { record: null, since: -Infinity };

  constructor() {
    super();
    this.picked = null;
    this.ready = false;
    new Hearing(this, () => this.story, 'story');
    new Hearing(this, () => this.flown, 'flown');
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
    this.#picture = null;
  }

  firstUpdated() {
    this.#begin();
  }

  #begin() {
    this.#picture = new MapPicture(this.#sky.value, this.#lights.value, this.#moving.value);
    this.#resize.observe(this.#moving.value);
    this.#readStars();
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
    if (this.#due !== null || !this.#picture) return;
    const wait = Math.max(0, this.#drawnAt + REDRAW_MS - performance.now());
    this.#due = setTimeout(() => {
      drawInFrame(this.#lights, () => this.#drawLit());
      drawInFrame(this.#moving, () => {
        this.#due = null;
        this.#redraw();
      });
    }, wait);
  }

  #resized({ width, height }) {
    if (!this.#picture || !width || !height) return;
    this.#picture.resize({ width, height });
    this.#paint();
  }

  #paint() {
    if (!this.#picture) return;
    this.#picture.paint(this.#stars, getComputedStyle(this).fontFamily);
    this.#drawLit();
    this.#redraw();
  }

  #drawLit() {
    this.#picture?.drawLit({ from: [this.#litRecord], places: () => this.#litStars() });
  }

  #redraw() {
    if (!this.#picture) return;
    this.#drawnAt = performance.now();
    const { record, since } = this.#lit;
    const age = since === null ? 0 : this.#drawnAt - since;
    const frozen = this.story?.frozen ?? false;
    const [newest] = flightsOf(record);
    this.#picture.draw({
      arcs: {
        from: [frozen, this.story?.shown], light: newest ? this.#light(age, ARC_FADE_MS) : 0,
        flights: () => (frozen ? [] : this.#arcs),
      },
      discs: { from: [this.flown?.rows], airports: () => this.#discs },
      ring: {
        from: [frozen, record], light: this.#light(age, RING_MS), grows: !still(),
        at: () => (frozen ? undefined : this.#places.get(newest?.origin)),
      },
    });
    if (since !== null && age < ARC_FADE_MS && !still()) this.#redrawInTime();
  }

  /** How strongly what is lit shines: one, then less and less, then nothing. */
  #light(age, millis) {
    return still() ? Number(this.story?.phase === 'lit') : Math.max(0, 1 - age / millis);
  }

  /** The record whose stars are lit, or null. */
  get #litRecord() {
    const { shown, phase, frozen } = this.story ?? {};
    return !shown || phase === 'dim' || frozen ? null : shown;
  }

  #litStars() {
    if (!this.#litRecord) return [];
    const states = statesOf(this.#litRecord);
    return this.#stars.filter(({ state }) => states.has(state)).map(({ at }) => at);
  }

  get #discs() {
    return this.#byDepartures.map(({ iata, departures, minutes }) => ({ code: iata, at: this.#places.get(iata), departures, minutes }));
  }

  /** The newest flights up to the shown commit, newest first, between places on the map. */
  get #arcs() {
    const until = this.story?.records.indexOf(this.story.shown) ?? -1;
    const flights = [];
    for (let at = until; at >= 0 && flights.length < ARCS; at--) flights.push(...flightsOf(this.story.records[at]));
    return flights.slice(0, ARCS)
      .map(({ origin, destination }) => ({ from: this.#places.get(origin), to: this.#places.get(destination) }))
      .filter(({ from, to }) => from && to);
  }

  // picking

  /** Those that have flown, most departures first. */
  get #airports() {
    return this.flown?.rows ?? [];
  }

  /** Those of them that are on the map. */
  get #byDepartures() {
    return this.#airports.filter(({ iata }) => this.#places.has(iata));
  }

  #discAt({ offsetX, offsetY }) {
    return this.#picture?.discAt(offsetX, offsetY);
  }

  #pointed(event) {
    const over = this.#discAt(event);
    if (over === this.#over) return;
    this.#over = over;
    event.target.toggleAttribute('data-over', over !== undefined);
    this.picked = over ?? null;
  }

  #left(event) {
    if (this.#over === undefined) return;
    this.#over = undefined;
    event.target.removeAttribute('data-over');
    this.picked = null;
  }

  #clicked(event) {
    const clicked = this.#discAt(event);
    if (clicked !== undefined) this.#reveal(clicked);
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
    const flown = this.#airports;
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
          <canvas ${ref(this.#sky)} aria-hidden="true"></canvas>
          <canvas ${ref(this.#lights)} aria-hidden="true"></canvas>
          <canvas ${ref(this.#moving)} role="img" aria-label=${this.#inWords()}
            @pointermove=${this.#pointed} @pointerleave=${this.#left} @click=${this.#clicked}></canvas>
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
    const row = this.#airports.find(({ iata }) => iata === this.picked);
    const at = this.#places.get(row?.iata);
    if (!at || !this.#picture) return nothing;
    const { left, top, side } = this.#picture.pixel(at);
    return html`
      <div class="tip" data-side=${side} .style=${`left: ${left}px; top: ${top}px`} aria-hidden="true">
        <p><b class="code">${row.iata}</b> ${row.name}</p>
        <p class="hint">${count(row.departures)} departures, mean ${fixed(row.minutes / row.departures, 1)} min</p>
      </div>`;
  }

  static styles = [parts, css`
    .map { position: relative; flex: 1; min-height: 0; }
    canvas, .pick, .graticule { position: absolute; inset: 0; width: 100%; height: 100%; }
    canvas[data-over] { cursor: pointer; }
    .pick { pointer-events: none; }
    .pick:focus-visible { outline-offset: -3px; border-radius: 7px; }
    .graticule { fill: none; stroke: var(--line2); }
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
