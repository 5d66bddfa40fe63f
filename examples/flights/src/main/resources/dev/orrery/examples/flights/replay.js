/** The controls of the replay: pause, step, how fast, and when the last flight left. */
import { LitElement, css, html, nothing } from 'lit';
import { Hearing, parts, say } from 'orrery/parts.js';
import { count, dayAndTime } from 'orrery/format.js';

const SPEEDS = [1, 10, 50, 1_000, 'max'];

export const named = speed => speed === 'max' ? 'Max' : `${count(speed)}/s`;

/** Calls the server's replay; what it refuses is said. */
export class ReplayCalls {
  constructor(live, host) {
    this.live = live;
    this.host = host;
  }

  async #call(method, data) {
    try {
      await this.live.rpc(method, data);
    } catch (error) {
      say(this.host, error.message, true);
    }
  }

  toggle(state) {
    return this.#call(state === 'running' ? 'replay.pause' : 'replay.run');
  }

  step() {
    this.host.dispatchEvent(new CustomEvent('orrery-crank', { bubbles: true, composed: true }));
    return this.#call('replay.step');
  }

  speed(speed) {
    return this.#call('replay.speed', { speed });
  }

  /** The speed of a number key, first to last. */
  nth(index) {
    return this.speed(SPEEDS[index]);
  }
}

class ReplayControls extends LitElement {
  static properties = {
    live: { attribute: false },
    replay: { attribute: false },
    small: { type: Boolean },
  };

  constructor() {
    super();
    this.replay = null;
    this.small = false;
    new Hearing(this, () => this.live, 'state');
  }

  get #calls() {
    return new ReplayCalls(this.live, this);
  }

  /** Why nothing here can be used just now, or an empty text. */
  get #reason() {
    if (!this.live?.online) return 'Not connected: the replay is where the server is.';
    switch (this.replay?.state) {
      case 'running': case 'paused': return '';
      case 'finished': return 'All flights are in.';
      default: return 'Starting.';
    }
  }

  render() {
    const reason = this.#reason;
    const running = this.replay?.state !== 'paused';
    return html`
      <div class="bar" title=${reason || nothing}>
        <button class="button icon" ?disabled=${reason} aria-label=${running ? 'Pause' : 'Play'} title=${reason || 'Space'}
          @click=${() => this.#calls.toggle(this.replay.state)}>${running ? PAUSE : PLAY}</button>
        <button class="button step" ?disabled=${reason} aria-label="Step one flight" @click=${() => this.#calls.step()}>
          <span class="long">Step one flight</span><span class="short">Step</span><kbd aria-hidden="true">.</kbd>
        </button>
        ${this.small ? this.#select(reason) : this.#radios(reason)}
        ${this.#clock()}
      </div>`;
  }

  get #speeds() {
    const speed = this.replay?.speed;
    return speed === undefined || SPEEDS.includes(speed) ? SPEEDS : [...SPEEDS, speed];
  }

  #radios(reason) {
    const chosen = this.replay?.speed ?? 50;
    return html`
      <div class="rates" role="radiogroup" aria-label="Flights per second" ?data-disabled=${reason}>
        ${this.#speeds.map(speed => html`
          <label ?data-chosen=${speed === chosen}>
            <input type="radio" name="speed" .checked=${speed === chosen} ?disabled=${reason} @change=${() => this.#calls.speed(speed)}>
            <span>${named(speed)}</span>
          </label>`)}
      </div>`;
  }

  #select(reason) {
    const chosen = this.replay?.speed ?? 50;
    return html`
      <span class="select">
        <select class="button" aria-label="Flights per second" ?disabled=${reason}
          @change=${({ target }) => this.#calls.speed(this.#speeds[target.selectedIndex])}>
          ${this.#speeds.map(speed => html`<option .selected=${speed === chosen}>${named(speed)}</option>`)}
        </select>
        <span aria-hidden="true" class="arrow">▾</span>
      </span>`;
  }

  #clock() {
    if (!this.replay) return html`<span class="skeleton clock-skeleton"></span>`;
    if (!this.replay.clock) return html`<span class="clock">no flight yet</span>`;
    const { weekday, day, month, year, time } = dayAndTime(this.replay.clock);
    return html`
      <span class="clock"><span>${weekday}, ${day} ${month}<span class="year"> ${year}</span></span> <span class="time">${time}</span></span>`;
  }

  static styles = [parts, css`
    .bar { display: flex; align-items: center; gap: 10px; min-width: 0; }
    .button { flex: none; padding: 0 12px; }
    .button.icon { width: var(--target); padding: 0; }
    .short { display: none; }
    .rates {
      display: flex; flex: none; height: var(--target); border: 1px solid var(--ctl); border-radius: 7px; overflow: hidden;
      background: var(--surface);
    }
    .rates[data-disabled] { opacity: 0.45; }
    label { position: relative; display: grid; place-items: center; padding: 0 10px; font-weight: 550; color: var(--ink2); cursor: pointer; }
    label + label { border-inline-start: 1px solid var(--line2); }
    label[data-chosen] { background: var(--ink); color: var(--surface); font-weight: 600; border-color: var(--ink); }
    label:hover:not([data-chosen]) { background: var(--sunk); }
    input { position: absolute; inset: 0; margin: 0; opacity: 0; cursor: inherit; }
    label:focus-within { outline: 2px solid var(--focus); outline-offset: -4px; }
    .clock { white-space: nowrap; min-width: 0; overflow: hidden; text-overflow: clip; }
    .time { color: var(--ink2); }
    .clock-skeleton { width: 120px; height: 10px; }
    .select { position: relative; }
    select { appearance: none; field-sizing: content; padding-inline-end: 26px !important; }
    .arrow { position: absolute; inset-inline-end: 11px; top: 50%; translate: 0 -50%; pointer-events: none; font-size: 11px; }

    :host([small]) .bar { justify-content: space-between; }
    :host([small]) .long, :host([small]) kbd { display: none; }
    :host([small]) .short { display: inline; }
    :host([small]) .clock { display: grid; justify-items: end; line-height: 16px; }
    :host([small]) .year { display: none; }
    :host([small]) .button { min-width: 44px; }
    @media (max-width: 1119.98px) {
      .long, kbd { display: none; }
      .short { display: inline; }
    }
    @media (max-width: 899.98px) {
      label { padding: 0 8px; }
      :host(:not([small])) .clock { display: none; }
      .bar { gap: 6px; }
    }
    @media (max-width: 699.98px) {
      label { padding: 0 5px; font-size: 12px; }
    }
  `];
}

const PAUSE = html`<svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" fill="currentColor"><path d="M4.9 3.6h1.9v8.8H4.9zM9.2 3.6h1.9v8.8H9.2z"></path></svg>`;
const PLAY = html`<svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" fill="currentColor"><path d="M5 3.2v9.6l7.4-4.8z"></path></svg>`;

customElements.define('flights-replay', ReplayControls);
