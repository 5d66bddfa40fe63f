/** The lead: what this is, and the five numbers. They change in place and never move each other. */
import { LitElement, css, html, nothing } from 'lit';
import { Hearing, Media, parts } from 'orrery/parts.js';
import { Follow, now } from 'orrery/live.js';
import { count, counted, duration, fixed } from 'orrery/format.js';
import { Washes } from 'orrery/wash.js';
import { pixelFigure } from './pixel.js';

class Numbers extends LitElement {
  static properties = {
    live: { attribute: false },
    story: { attribute: false },
    latency: { attribute: false },
    replay: { attribute: false },
    log: { attribute: false },
    airports: { attribute: false },
  };

  #tick = null;
  #washes = new Washes();
  /** What the numbers said when they were drawn last, by id. */
  #said = new Map();

  constructor() {
    super();
    this.flights = null;
    this.mean = null;
    this.log = null;
    this.airports = null;
    this.replay = null;
    new Follow(this, 'value:flights', { whole: value => { this.flights = value; } });
    new Follow(this, 'value:mean-delay', {
      whole: value => {
        this.mean = value;
        this.dispatchEvent(new Event('mean', { bubbles: true, composed: true }));
      },
    });
    new Hearing(this, () => this.story, 'story');
    new Hearing(this, () => this.latency, 'measured');
    new Hearing(this, () => this.live, 'state');
    this.full = new Media(this, '(min-width: 1400px)');
    this.narrow = new Media(this, '(max-width: 599.98px)');
  }

  connectedCallback() {
    super.connectedCallback();
    this.#tick = setInterval(() => this.#lost && !document.hidden && this.requestUpdate(), 1_000);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.#tick);
  }

  get #lost() {
    return this.live?.state === 'reconnecting' || this.live?.state === 'refused';
  }

  get #figures() {
    return [this.#flights(), this.#mean(), this.#events(), this.#spared(), pixelFigure(this.live, this.latency)];
  }

  /** The numbers in words, for whoever asks to hear them. */
  summary() {
    return this.#figures
      .filter(({ value }) => value !== null)
      .map(({ name, value, unit, sub }) => `${name}: ${value} ${unit ?? ''}, ${sub}`.replace(' ,', ','))
      .join('. ');
  }

  #flights() {
    const of = this.replay?.flights ?? 20_000;
    return { id: 'flights', name: 'Flights so far', value: this.flights === null ? null : count(this.flights), sub: `of ${count(of)}`, share: (this.flights ?? 0) / of };
  }

  #mean() {
    const minutes = this.mean?.minutes;
    return {
      id: 'mean', name: 'Mean delay', unit: 'min',
      value: minutes === undefined ? null : minutes === null ? '–' : fixed(Number(minutes), 2),
      sub: this.airports === null ? '' : counted(this.airports, 'airport'),
    };
  }

  #events() {
    const events = { id: 'events', name: 'Events', unit: '/s' };
    if (this.#lost) return { ...events, value: '0', sub: `stopped ${duration(now() - (this.live.receivedAt ?? now()))} ago` };
    if (!this.log) return { ...events, value: null, sub: '' };
    const { behind, perSecond } = this.log;
    return {
      ...events,
      value: fixed(perSecond, 1),
      sub: behind > 0 ? `${count(behind)} behind` : this.#asked(),
      brass: behind > 0,
    };
  }

  #asked() {
    switch (this.replay?.state) {
      case 'running': return this.replay.speed === 'max' ? 'asked for all there are' : `asked for ${count(this.replay.speed)}/s`;
      case 'paused': return 'paused';
      case 'finished': return 'all flights are in';
      default: return '';
    }
  }

  #spared() {
    const totals = this.story?.totals;
    const work = totals ? totals.ran + totals.spared : 0;
    return {
      id: 'spared', name: 'Work spared', unit: '%',
      value: !totals ? null : work === 0 ? '–' : fixed(100 * totals.spared / work, 1),
      sub: totals ? `${count(totals.spared)} query runs` : '',
    };
  }

  render() {
    const figures = this.#figures;
    return html`
      <h1>20,000 real flights, live.<br>Each moves only what depends on it.</h1>
      <dl>
        ${(this.narrow.matches ? figures.slice(0, -1) : figures).map(figure => this.#cell(figure))}
      </dl>
      ${this.full.matches
        ? html`<latency-chart .latency=${this.latency} ?stale=${this.#lost} ?hidden=${!this.latency?.summary()}></latency-chart>`
        : nothing}`;
  }

  /** A wash behind the numbers that changed; none behind one that has only come, or while the connection is lost. */
  updated() {
    const before = this.#said;
    this.#said = new Map(this.#figures.map(({ id, value }) => [id, this.#lost ? null : value]));
    for (const [id, value] of this.#said) {
      if (value !== null && (before.get(id) ?? value) !== value) this.#washes.wash(id, () => this.renderRoot.getElementById(id));
    }
  }

  #cell({ id, name, value, unit, sub, share, brass }) {
    const bar = share === undefined ? nothing : html`<span class="bar"><span .style=${`inline-size: ${100 * share}%`}></span></span>`;
    return html`
      <div>
        <dt>${name}</dt>
        <dd class="number">${value === null
          ? html`<span class="skeleton"></span>`
          : html`<span id=${id}>${value}</span>${unit ? html`<span class="unit">${unit}</span>` : nothing}`}</dd>
        <dd class="sub ${brass ? 'brass' : ''}">${value === null && share === undefined ? html`<span class="skeleton thin"></span>` : sub}${bar}</dd>
      </div>`;
  }

  static styles = [parts, css`
    :host { display: grid; grid-template-columns: 412fr 616fr 300fr; min-width: 0; }
    h1 { align-self: start; padding-top: 1px; font-size: 20px; line-height: 26px; font-weight: 640; letter-spacing: -0.02em; color: var(--ink); }
    dl { display: grid; grid-template-columns: repeat(4, minmax(0, 154fr)) minmax(0, 125fr); grid-column: 2 / span 1; min-width: 0; }
    dl > div { height: 62px; min-width: 0; padding-inline-start: 16px; border-inline-start: 1px solid var(--line2); }
    dt, .sub { font-size: 12px; line-height: 16px; white-space: nowrap; }
    dt { color: var(--ink2); }
    .sub { display: flex; align-items: center; gap: 9px; color: var(--ink3); margin-top: 4px; overflow: hidden; }
    .sub.brass { color: var(--brass); font-weight: 550; }
    .number > span:first-child { border-radius: 4px; }
    .bar { flex: 1; min-width: 0; max-width: 56px; height: 3px; border-radius: 2px; background: var(--line2); }
    .bar > span { display: block; height: 3px; border-radius: 2px; background: var(--ink2); }
    .number .skeleton { width: 84px; height: 22px; margin-top: 4px; }
    .skeleton.thin { width: 70px; height: 10px; margin-top: 3px; }
    latency-chart { align-self: stretch; margin-inline-start: 10px; }

    @media (min-width: 1400px) {
      :host { grid-template-columns: 412fr 741fr 175fr; }
    }
    @media (max-width: 1399.98px) {
      :host { grid-template-columns: 372fr 796fr; }
      dl { grid-template-columns: repeat(5, minmax(0, 1fr)); }
      dl > div { padding-inline-start: 12px; }
      .bar { max-width: 72px; }
    }
    @media (max-width: 1279.98px) {
      :host { grid-template-columns: minmax(0, 1fr); gap: 12px; }
      dl { grid-column: 1; }
      dl > div:first-child { border: 0; padding: 0; }
    }
    @media (max-width: 599.98px) {
      h1 { font-size: 19px; line-height: 24px; }
      dl { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 10px 0; }
      dl > div:nth-child(odd) { border: 0; padding-inline: 0 12px; }
      .bar { max-width: none; }
    }
  `];
}

customElements.define('flights-numbers', Numbers);
