/** The number of event to pixel, and beside it the chart: the panel of a narrow page. */
import { LitElement, css, html, nothing } from 'lit';
import { Hearing, parts } from 'orrery/parts.js';
import { millis } from 'orrery/format.js';

/** What the number says just now: `value` null while nothing is known. */
export function pixelFigure(live, latency) {
  const figure = { id: 'pixel', name: 'Event to pixel', unit: 'ms' };
  const summary = latency?.summary();
  if (live?.state === 'reconnecting' || live?.state === 'refused') {
    return { ...figure, value: '–', sub: summary ? `last p50 ${millis(summary.p50)} ms` : '' };
  }
  if (!summary) return live?.state === 'live' ? { ...figure, value: '–', sub: 'no event yet' } : { ...figure, value: null, sub: '' };
  return { ...figure, value: `${foreign() ? '≈' : ''}${millis(summary.p50)}`, sub: `p50, p99 ${millis(summary.p99)} ms` };
}

/** Whether the server may be another machine, whose clock is aligned but not the same. */
function foreign() {
  return !['localhost', '127.0.0.1', '[::1]'].includes(location.hostname);
}

class Pixel extends LitElement {
  static properties = { live: { attribute: false }, latency: { attribute: false } };

  constructor() {
    super();
    new Hearing(this, () => this.latency, 'measured');
    new Hearing(this, () => this.live, 'state');
  }

  render() {
    const { name, value, unit, sub } = pixelFigure(this.live, this.latency);
    return html`
      <div>
        <h2>${name}</h2>
        <p class="number">${value === null ? html`<span class="skeleton">000</span>` : html`${value}<span class="unit">${unit}</span>`}</p>
        <p class="hint">${sub}</p>
      </div>
      ${this.latency?.summary() ? html`<latency-chart .latency=${this.latency}></latency-chart>` : nothing}`;
  }

  static styles = [parts, css`
    :host { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 14px; padding: 10px 14px; min-height: 82px; }
    h2 { font-size: 12px; line-height: 16px; font-weight: 400; letter-spacing: 0; color: var(--ink2); }
    .hint { min-width: 96px; white-space: nowrap; }
  `];
}

customElements.define('flights-pixel', Pixel);
