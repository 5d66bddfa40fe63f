/**
 * The engine at work: the pipeline from the log to this page, with the cone that one commit lit. What it shows and says of a
 * commit comes from its record alone.
 */
import { LitElement, html, nothing, svg } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { keyed } from 'lit/directives/keyed.js';
import { Hearing, Media, parts } from 'orrery/parts.js';
import { updateInFrame } from 'orrery/frames.js';
import { count, fixed, millis } from 'orrery/format.js';
import { ORIGINS } from './origins.js';
import { DOT, VIEW_NODE, cone, dependencies, layout, tileMapSize, tiles, wires } from './engine-layout.js';
import {
  QUERY, VIEWS, callout, chip, delayText, isEdit, newestEvents, nodes, parked, reach, route, subheads, table, tableNode, way, why,
} from './engine-story.js';
import { engineStyles } from './engine-styles.js';
import './strip.js';
import './tile-keys.js';

const AIRPORTS = 3_376;
const origins = [...ORIGINS].flatMap(([state, codes]) => codes.map(code => ({ code, state })));
const states = [...ORIGINS.keys()];
const WIDE_HEIGHT = 322;
const WHY_HEIGHT = 34;
const RESTING = {
  log: '', projection: 'departures per airport', tiles: 'worst airport of each state', views: '', page: '',
};
const HEADS = { log: 'Event log', projection: 'Projection', tiles: 'Memoised queries', views: 'Views', page: 'This page' };

/** What the way to this page begins with. */
function fromWhere(record, measured) {
  if (!isEdit(record)) return 'event';
  return measured?.send === undefined ? 'edit' : 'key press';
}

class Engine extends LitElement {
  static properties = {
    live: { attribute: false },
    story: { attribute: false },
    flown: { attribute: false },
    latency: { attribute: false },
    numbers: { attribute: false },
    worst: { attribute: false },
    compact: { type: Boolean, reflect: true },
    width: { state: true },
    asTable: { state: true },
    picked: { state: true },
  };

  #resize = new ResizeObserver(([{ contentRect }]) => {
    this.width = Math.round(contentRect.width);
    updateInFrame(this);
  });
  #band = null;
  #wires = null;

  constructor() {
    super();
    this.compact = false;
    this.asTable = false;
    this.picked = null;
    this.width = 0;
    this.numbers = () => null;
    this.worst = () => null;
    new Hearing(this, () => this.story, 'story');
    new Hearing(this, () => this.latency, 'measured');
    new Hearing(this, () => this.live, 'state');
    this.tall = new Media(this, '(min-width: 1680px)');
    this.medium = new Media(this, '(max-width: 1399.98px)');
    this.narrow = new Media(this, '(max-width: 599.98px)');
  }

  connectedCallback() {
    super.connectedCallback();
    this.#resize.observe(this);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#resize.disconnect();
  }

  willUpdate(changed) {
    if (changed.has('width') || !this.#band || this.#band.tallness !== this.tall.matches) this.#measure();
  }

  #measure() {
    const height = WIDE_HEIGHT + (this.tall.matches ? 50 : 0);
    this.#band = { ...layout(Math.max(this.width, 640), height, origins, VIEWS.map(({ name }) => name)), tallness: this.tall.matches };
    this.#wires = wires(this.#band);
  }

  get #frozen() {
    return this.story?.frozen ?? false;
  }

  /** Whether the marks of the shown commit are to be seen. */
  get #lit() {
    return Boolean(this.story?.shown) && (this.#frozen || this.story.phase !== 'dim');
  }

  /** What counts in all: of the origins, the queries and the rows there are. */
  get #all() {
    return { origins: origins.length, queries: states.length, rows: AIRPORTS, log: this.numbers()?.log };
  }

  /** What the value nodes say, as long as the newest commit is the one that is shown. */
  get #values() {
    const { flights, mean } = this.numbers() ?? {};
    if (this.story.held) return {};
    return {
      flights: flights == null ? undefined : count(flights),
      'mean-delay': mean?.minutes ? `${fixed(Number(mean.minutes), 2)} min` : undefined,
    };
  }

  render() {
    const record = this.story?.shown;
    const phase = !record ? 'cold' : this.#frozen ? 'frozen' : this.#lit ? this.story.phase : 'dim';
    return html`
      <section class="panel" aria-labelledby="title" data-phase=${phase}>
        ${this.#title(record)}
        ${this.asTable && record ? this.#table(record) : this.compact ? this.#compact(record) : this.#wide(record)}
        ${this.#why(record)}
      </section>`;
  }

  #title(record) {
    if (!record) {
      return html`<div class="title"><h2 id="title">Engine at work</h2>
        <span class="waiting">Waiting for the first commit. This is the shape of what will run.</span></div>`;
    }
    const { revision, stress, text } = chip(record);
    return html`
      <div class="title">
        <h2 id="title">Engine at work</h2>
        <span class="chip ${this.#frozen ? 'stale' : ''}"><span class="revision">${revision}</span> <span><b>${stress}</b> ${text}</span></span>
        ${this.#frozen ? html`<span class="hint">the last commit this page saw</span>` : nothing}
        ${this.story.held ? html`<span class="chip held">Held</span>
          <button class="button back" @click=${() => this.story.release()}>Back to live</button>` : nothing}
        <p class="score end">
          <b class="ran">${count(record.ran)}</b> ${record.ran === 1 ? 'query ran' : 'queries ran'}
          <b class="spared">${count(record.spared)}</b> <span>spared, not even visited</span>
        </p>
      </div>`;
  }

  #why(record) {
    return html`
      <div class="why">
        <p id="why">${record ? why(record) : nothing}</p>
        ${record ? html`
          <button class="button as-table" aria-pressed=${this.asTable} @click=${() => { this.asTable = !this.asTable; }}>
            ${this.asTable ? 'Show as diagram' : 'Show as table'}</button>
          ${this.narrow.matches ? nothing : html`
            <commit-strip .story=${this.story} .flown=${this.flown} .count=${this.medium.matches ? 24 : 40} ?frozen=${this.#frozen}></commit-strip>`}` : nothing}
      </div>`;
  }

  // the band

  #wide(record) {
    const band = this.#band;
    const { width, height } = band;
    return html`
      <div class="band">
        <svg width=${width} height=${height - WHY_HEIGHT - 42} viewBox="0 42 ${width} ${height - WHY_HEIGHT - 42}" role="img"
          aria-label=${record ? why(record) : 'Waiting for the first commit'}>
          ${guard([band, record === null], () => this.#still(band, !record))}
          ${this.picked ? svg`<path class="picked" d=${dependencies(band, this.picked)}></path>` : nothing}
          ${record ? this.#told(band, record) : this.#cold(band)}
        </svg>
        <tile-keys .band=${band} .story=${this.story} .live=${this.live} .worst=${this.worst}
          @tile=${({ detail }) => { this.picked = detail; }}></tile-keys>
      </div>`;
  }

  /** What does not change from commit to commit: drawn once for each layout. */
  #still(band, cold) {
    const round = ({ x, y }) => `M${x - DOT.radius} ${y}a${DOT.radius} ${DOT.radius} 0 1 0 ${2 * DOT.radius} 0a${DOT.radius} ${DOT.radius} 0 1 0 ${-2 * DOT.radius} 0`;
    return svg`
      <path class="wire fan" d=${this.#wires.fan}></path>
      <path class="wire" d=${this.#wires.rest}></path>
      <path class=${cold ? 'dots hollow' : 'dots'} d=${[...band.dots.values()].map(round).join('')}></path>
      ${[...band.tiles.values()].map(tile => svg`<g class="tile">
        <rect x=${tile.x} y=${tile.y} width=${tile.size} height=${tile.size} rx="4"></rect>
        <text x=${tile.cx} y=${tile.cy + 3.6}>${tile.code}</text></g>`)}
      ${Object.entries(HEADS).map(([column, head]) => svg`<text class="head" x=${band.columns[column]} y="58">${head}</text>`)}`;
  }

  #told(band, record) {
    const lit = this.#lit;
    const heads = subheads(record, this.#all);
    const reached = reach(record);
    return svg`
      ${Object.entries(heads).map(([column, { text, lit: touched, wrong }]) => svg`
        <text class=${wrong ? 'sub wrong' : touched && lit ? 'sub lit' : 'sub'} x=${band.columns[column]} y="75">${text}</text>`)}
      ${lit && reached.hasLines ? keyed(record.revision, this.#cone(band, reached)) : nothing}
      ${this.#log(band, record, lit)}
      ${lit ? this.#litDots(band, record) : nothing}
      ${this.#parkedDots(band, record)}
      ${this.#node(band.table, 'Live table airports', tableNode(record, AIRPORTS), lit)}
      ${lit ? keyed(record.revision, this.#litTiles(band, record)) : nothing}
      ${nodes(record, this.#values).map(node => this.#node(band.nodes.get(node.name), node.title, node, lit))}
      ${this.#page(band, record, lit)}
      ${lit ? this.#callout(band, record) : nothing}`;
  }

  #cone(band, reached) {
    const stages = cone(band, reached);
    return svg`<g class="cone">${stages.map((d, stage) => svg`
      <path class="glow" data-stage=${stage} pathLength="1" d=${d}></path>
      <path class="line" data-stage=${stage} pathLength="1" d=${d}></path>`)}</g>`;
  }

  #log(band, record, lit) {
    const { log } = band;
    const until = this.story.held ? this.story.records.filter(({ revision }) => revision <= record.revision) : this.story.records;
    const hot = lit && subheads(record, this.#all).log.lit;
    return svg`
      ${hot ? svg`<rect class="lit box" x=${log.x} y=${log.y} width=${log.width} height=${log.height} rx="7"></rect>` : nothing}
      ${newestEvents(until).map((event, index) => {
        const y = log.y + log.height / 2 + 4.5 + index * log.pitch;
        return svg`<g class=${hot && event.revision === record.revision && index === 0 ? 'event hot' : 'event'}>
          <text class="position" x=${band.columns.log} y=${y}>${count(event.position)}</text>
          <text x=${band.columns.log + 57} y=${y}>${route(event)}</text>
          <text class="end" x=${band.columns.log + 168} y=${y}>${delayText(event)}</text></g>`;
      })}`;
  }

  #litDots(band, record) {
    const folded = record.touched.find(({ layer }) => layer === 'projection')?.keys ?? [];
    return folded.map(code => band.dots.get(code)).filter(Boolean)
      .map(({ x, y }) => svg`<circle class="lit mark" cx=${x} cy=${y} r=${DOT.litRadius}></circle>`);
  }

  #parkedDots(band, record) {
    return parked(record).keys.map(code => band.dots.get(code)).filter(Boolean)
      .map(({ x, y }) => svg`<circle class="parked" cx=${x} cy=${y} r=${DOT.radius + 0.8}></circle>`);
  }

  #litTiles(band, record) {
    return record.queries.filter(({ name }) => name === QUERY).map(({ key, result }) => {
      const tile = band.tiles.get(key);
      if (!tile) return nothing;
      return svg`<g class="tile ran">
        <rect x=${tile.x} y=${tile.y} width=${tile.size} height=${tile.size} rx="4"></rect>
        <text x=${tile.cx} y=${tile.cy + 3.6}>${tile.code}</text>
        ${result === 'EQUAL' ? svg`
          <circle class="badge" cx=${tile.x + tile.size} cy=${tile.y + tile.size} r="7"></circle>
          <text class="badge" x=${tile.x + tile.size} y=${tile.y + tile.size + 4}>=</text>` : nothing}</g>`;
    });
  }

  #node(box, title, { text, lit: touched }, lit) {
    const hot = touched && lit;
    return svg`
      <g class=${hot ? 'node hot' : 'node'}>
        <rect class=${hot ? 'lit' : ''} x=${box.x} y=${box.y} width=${box.width} height=${box.height} rx="7"></rect>
        <text class="name" x=${box.x + 10} y=${box.y + box.height / 2 - 3}>${title}</text>
        <text class="what" x=${box.x + 10} y=${box.y + box.height / 2 + 12}>${text}</text>
      </g>`;
  }

  #page(band, record, lit) {
    const { page } = band;
    const measured = this.latency?.of(record.revision);
    const parts = way(record, measured);
    const total = measured?.total;
    const scale = Math.max(4, page.width - 109) / Math.max(total ?? 0, ...parts.map(({ begin, took }) => begin + took), 0.001);
    const hot = lit && record.patches > 0;
    return svg`
      <g class=${hot ? 'node hot' : 'node'}>
        <rect class=${hot ? 'lit' : ''} x=${page.x} y=${page.y} width=${page.width} height=${page.height} rx="7"></rect>
        <text class="total" x=${page.x + 12} y=${page.y + 22}>${total === undefined ? '–' : millis(total)} ms</text>
        <text class="what plain" x=${page.x + 12} y=${page.y + 39}>${fromWhere(record, measured)} to pixel</text>
        ${parts.map(({ name, took, begin }, index) => {
          const y = page.y + 60 + index * 19;
          return svg`
            <text class="part" x=${page.x + 12} y=${y}>${name}</text>
            <rect class="took" x=${page.x + 59 + begin * scale} y=${y - 8} width=${Math.max(2, took * scale)} height="8" rx="1"></rect>
            <text class="part end" x=${page.x + page.width - 12} y=${y}>${took < 9.995 ? fixed(took, 2) : millis(took)}</text>`;
        })}
      </g>`;
  }

  #callout(band, record) {
    const said = callout(record);
    const dot = said && band.dots.get(said.key);
    if (!dot) return nothing;
    const { x, width, height } = band.callout;
    const y = Math.min(dot.y - 12, band.table.y - height - 4);
    return svg`
      <g class="callout">
        <rect x=${x} y=${y} width=${width} height=${height} rx="7"></rect>
        <text class="name" x=${x + 9} y=${y + 15}>${said.title}</text>
        <text class="what" x=${x + 9} y=${y + 31}>${said.text}</text>
      </g>`;
  }

  /** The shape of what will run: real labels, bars where values will be, nothing lit. */
  #cold(band) {
    const { log, page } = band;
    return svg`
      ${Object.entries(RESTING).map(([column, text]) => svg`<text class="sub" x=${band.columns[column]} y="75">${text}</text>`)}
      ${[130, 112, 140, 120, 134, 108].map((width, index) => svg`
        <rect class="bar" x=${band.columns.log} y=${log.y + 7 + index * log.pitch} width=${width} height="10" rx="4"></rect>`)}
      ${this.#node(band.table, 'Live table airports', { text: `${count(AIRPORTS)} rows` }, false)}
      ${VIEWS.map(({ name, title, kind }) => this.#node(band.nodes.get(name), title, { text: kind }, false))}
      <g class="node">
        <rect x=${page.x} y=${page.y} width=${page.width} height=${page.height} rx="7"></rect>
        ${['event to pixel', 'append', 'fold', 'query', 'views', 'socket', 'paint'].map((name, index) => svg`
          <text class="part" x=${page.x + 12} y=${page.y + 39 + index * 19}>${name}</text>`)}
      </g>`;
  }

  // narrow

  #compact(record) {
    const size = tileMapSize(states, true);
    const placed = [...tiles(states, { compact: true }).values()];
    const results = new Map(this.#lit ? record.queries.map(({ key, result }) => [key, result]) : []);
    return html`
      <div class="compact">
        ${this.#chips(record)}
        <div class="beside">
          <svg width=${size.width + 14} height=${size.height + 14} viewBox="-7 -7 ${size.width + 14} ${size.height + 14}" role="img"
            aria-label=${record ? why(record) : 'Waiting for the first commit'}>
            ${placed.map(tile => {
              const result = results.get(tile.code);
              return svg`<g class=${result ? 'tile ran' : 'tile'}>
                <rect x=${tile.x} y=${tile.y} width=${tile.size} height=${tile.size} rx="5"></rect>
                <text x=${tile.cx} y=${tile.cy + 4}>${tile.code}</text>
                ${result === 'EQUAL' ? svg`
                  <circle class="badge" cx=${tile.x + tile.size} cy=${tile.y + tile.size} r="7"></circle>
                  <text class="badge" x=${tile.x + tile.size} y=${tile.y + tile.size + 4}>=</text>` : nothing}</g>`;
            })}
          </svg>
          ${this.narrow.matches ? nothing : html`<ul class="views">${this.#viewList(record)}</ul>`}
        </div>
      </div>`;
  }

  #chips(record) {
    const heads = record ? subheads(record, this.#all) : null;
    const measured = record && this.latency?.of(record.revision);
    const short = text => text.replace(/ (folded|ran|changed)$/, '');
    const position = record?.touched.find(({ layer }) => layer === 'log')?.position ?? this.numbers()?.log?.position;
    const chips = [
      ['Log', position == null ? '–' : count(position), heads?.log.lit],
      ['Projection', heads ? short(heads.projection.text) : '–', heads?.projection.lit],
      ['Queries', heads ? short(heads.tiles.text) : '–', heads?.tiles.lit],
      ['Views', heads ? short(heads.views.text) : '–', heads?.views.lit],
      ['Page', measured ? `${millis(measured.total)} ms` : '–', heads?.page.lit],
    ];
    return html`<ol class="chips">${chips.map(([name, text, lit]) => html`
      <li ?data-lit=${lit && this.#lit}><span>${name}</span><b>${text}</b></li>`)}</ol>`;
  }

  #viewList(record) {
    const list = record ? nodes(record, this.#values) : VIEWS.map(({ title, kind }) => ({ title, text: kind, lit: false }));
    return list.map(({ title, text, lit }) => html`<li ?data-lit=${lit && this.#lit}><b>${title}</b><span>${text}</span></li>`);
  }

  // as a table

  #table(record) {
    return html`
      <div class="as-text" tabindex="0" role="group" aria-label="The commit as a table">
        <table>
          <thead><tr><th scope="col">Layer</th><th scope="col" class="end">Touched</th><th scope="col" class="end">Total</th><th scope="col">Names</th></tr></thead>
          <tbody>${table(record, this.#all).map(({ layer, touched, total, names }) => html`
            <tr><th scope="row">${layer}</th><td class="end">${count(touched)}</td><td class="end">${count(total)}</td><td>${names || '–'}</td></tr>`)}</tbody>
        </table>
      </div>`;
  }

  static styles = [parts, engineStyles];
}

customElements.define('orrery-engine', Engine);
