/** Event to pixel: how long from the moment a fact was handed over to the frame stamp after the frame that shows it. */
import { LitElement, css, html, nothing } from 'lit';
import { ref, createRef } from 'lit/directives/ref.js';
import { onFrame, updateInFrame, whenDrawn } from 'orrery/frames.js';
import { Themed, parts, token } from 'orrery/parts.js';
import { millis } from 'orrery/format.js';
import { chart } from './charts.js';

const WINDOW_MS = 60_000;
const SECONDS = 60;
const KEPT = 64;

export class Latency extends EventTarget {
  #samples = [];
  #measured = new Map();

  constructor(live) {
    super();
    this.live = live;
  }

  /**
   * A record came: its time is taken when the frame begins that follows what shows it.
   *
   * @param pressed when the key was pressed that saved the edit it tells of; undefined when that was not here
   */
  arrived(record, pressed) {
    if (document.hidden) return;
    const arrival = performance.now();
    onFrame(() => whenDrawn(stamp => this.#take(record, pressed, arrival, stamp)));
  }

  #take(record, pressed, arrival, stamp) {
    const since = this.live.onServer(stamp) - record.at;
    if (Number.isNaN(since) || document.hidden) return;
    const paint = stamp - arrival;
    const send = pressed === undefined ? undefined : Math.max(0, record.at - this.live.onServer(pressed));
    this.#measured.set(record.revision, { total: since + (send ?? 0), send, paint, socket: since - paint - served(record) });
    if (this.#measured.size > KEPT) this.#measured.delete(this.#measured.keys().next().value);
    this.#samples.push({ at: stamp, total: since });
    while (this.#samples[0].at < stamp - WINDOW_MS) this.#samples.shift();
    this.dispatchEvent(new Event('measured'));
  }

  /** What was measured of a revision: `total`, and its parts on the way, `send`, `socket` and `paint`; undefined when nothing was. */
  of(revision) {
    return this.#measured.get(revision);
  }

  /** The middle and the slowest hundredth of the last minute, in milliseconds, or null. */
  summary() {
    return this.#samples.length ? percentiles(this.#samples.map(({ total }) => total)) : null;
  }

  /** Both percentiles of each of the last sixty seconds, oldest first; a second without a sample is null. */
  perSecond() {
    const until = performance.now();
    const seconds = Array.from({ length: SECONDS }, () => []);
    for (const { at, total } of this.#samples) {
      const ago = Math.floor((until - at) / 1_000);
      if (ago >= 0 && ago < SECONDS) seconds[SECONDS - 1 - ago].push(total);
    }
    return seconds.map(totals => totals.length ? percentiles(totals) : null);
  }
}

/** What the server says it took before the record left it. */
function served(record) {
  return ['append', 'fold', 'write', 'query', 'views']
    .reduce((sum, stage) => sum + (record.stages?.[stage] ?? 0), 0);
}

function percentiles(values) {
  const sorted = values.toSorted((left, right) => left - right);
  const at = share => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return { p50: at(0.5), p99: at(0.99) };
}

/** The line chart of both percentiles over the last minute. */
class LatencyChart extends LitElement {
  static properties = { latency: { attribute: false }, stale: { type: Boolean } };

  #box = createRef();
  #chart = null;
  #tick = null;
  #resize = new ResizeObserver(() => this.#chart?.resize());

  constructor() {
    super();
    this.latency = null;
    this.stale = false;
    new Themed(this, () => this.#draw());
  }

  connectedCallback() {
    super.connectedCallback();
    this.#tick = setInterval(() => {
      if (!document.hidden && !this.stale) updateInFrame(this);
    }, 1_000);
    if (this.hasUpdated) this.updateComplete.then(() => this.#begin());
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.#tick);
    this.#resize.disconnect();
    this.#chart?.dispose();
    this.#chart = null;
  }

  firstUpdated() {
    this.#begin();
  }

  updated() {
    this.#draw();
  }

  async #begin() {
    const made = await chart(this.#box.value, 'svg');
    if (!this.isConnected) {
      made.dispose();
      return;
    }
    this.#chart = made;
    this.#resize.observe(this.#box.value);
    this.#draw();
  }

  #draw() {
    if (!this.#chart || !this.latency) return;
    const seconds = this.latency.perSecond();
    const line = (id, percentile, color, width, area) => ({
      id, type: 'line', silent: true, showSymbol: false, animation: false, connectNulls: true, z: width,
      data: seconds.map((second, index) => [index, second?.[percentile] ?? null]),
      lineStyle: { color, width },
      areaStyle: area ? { color, opacity: 0.1 } : undefined,
    });
    this.#chart.setOption({
      animation: false,
      grid: { left: 0, right: 0, top: 2, bottom: 0 },
      xAxis: { type: 'value', show: false, min: 0, max: SECONDS - 1 },
      yAxis: { type: 'value', show: false, min: 0 },
      series: [
        line('p99', 'p99', token('ctl'), 1, false),
        line('p50', 'p50', token('ink'), 2, true),
      ],
    }, { lazyUpdate: true });
  }

  render() {
    const summary = this.latency?.summary();
    return html`
      <div class="box" role="img" aria-label=${summary
        ? `Event to pixel over the last minute: half within ${millis(summary.p50)} ms, 99 of 100 within ${millis(summary.p99)} ms`
        : 'Event to pixel over the last minute: nothing measured yet'} ${ref(this.#box)}></div>
      ${summary ? html`
        <div class="labels" aria-hidden="true"><span>p99 ${millis(summary.p99)}</span><b>p50 ${millis(summary.p50)}</b></div>
        <span class="axis">last 60 s</span>` : nothing}`;
  }

  static styles = [parts, css`
    :host { display: grid; grid-template: minmax(0, 1fr) 16px / minmax(0, 1fr) auto; gap: 2px 10px; }
    .box { min-width: 0; min-height: 0; }
    .labels { display: grid; align-content: center; justify-items: end; gap: 4px; font-size: 11px; line-height: 14px; color: var(--ink); }
    .labels b { font-weight: 600; }
    .axis { font-size: 11px; line-height: 14px; color: var(--ink); }
  `];
}

customElements.define('latency-chart', LatencyChart);
