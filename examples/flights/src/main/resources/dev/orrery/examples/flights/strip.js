/** The last commits as a slider: filled where an answer changed, outlined where it came out equal, a dot where none ran. */
import { LitElement, css, html, nothing } from 'lit';
import { Hearing, parts } from 'orrery/parts.js';
import { spoken, tick } from './engine-story.js';

class CommitStrip extends LitElement {
  static properties = {
    story: { attribute: false },
    flown: { attribute: false },
    count: { type: Number },
    frozen: { type: Boolean, reflect: true },
  };

  constructor() {
    super();
    this.count = 40;
    this.frozen = false;
    new Hearing(this, () => this.story, 'story');
  }

  get #ticks() {
    return (this.story?.records ?? []).slice(-this.count);
  }

  render() {
    const ticks = this.#ticks;
    const shown = this.story?.shown;
    const at = ticks.findIndex(({ revision }) => revision === shown?.revision);
    return html`
      <span class="small" aria-hidden="true">
        ${this.story?.sampled ? 'Sampled, last' : 'Last'} ${this.count} commits
        <i class="changed"></i>changed <i class="equal"></i>answer equal
      </span>
      <div class="ticks" role="slider" tabindex="0" aria-label="Commits" aria-valuemin="1" aria-valuemax=${Math.max(1, ticks.length)}
        aria-valuenow=${at < 0 ? Math.max(1, ticks.length) : at + 1} aria-valuetext=${shown ? spoken(shown, this.flown?.cities) : 'No commit yet'}
        @keydown=${this.#key} @click=${this.#click}>
        ${ticks.map((record, index) => html`<i class=${tick(record)} data-index=${index} ?data-shown=${index === at}></i>`)}
      </div>`;
  }

  #click({ target }) {
    const index = target.dataset?.index;
    if (index !== undefined) this.story.hold(this.#ticks[index]);
  }

  #key(event) {
    const ticks = this.#ticks;
    if (ticks.length === 0) return;
    const at = ticks.findIndex(({ revision }) => revision === this.story.shown?.revision);
    const to = this.#target(event.key, at < 0 ? ticks.length - 1 : at, ticks.length - 1);
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (to === null) this.story.release();
    else this.story.hold(ticks[to]);
  }

  /** Where a key leads: an index, null for back to live, undefined for nowhere. */
  #target(key, at, last) {
    switch (key) {
      case 'ArrowLeft': case 'ArrowDown': return Math.max(0, at - 1);
      case 'ArrowRight': case 'ArrowUp': return Math.min(last, at + 1);
      case 'Home': return 0;
      case 'End': return last;
      case 'Escape': return null;
      default: return undefined;
    }
  }

  static styles = [parts, css`
    :host { display: flex; align-items: center; gap: 10px; }
    .small { display: inline-flex; align-items: center; gap: 5px; color: var(--ink3); white-space: nowrap; }
    .small i { margin-inline-start: 6px; }
    .ticks { display: flex; gap: 2px; padding: 4px 3px; border-radius: 5px; cursor: pointer; }
    i { position: relative; flex: none; width: 7px; height: 12px; border-radius: 2px; border: 1px solid var(--ctl); }
    i.changed { background: var(--brass-fill); border-color: var(--brass-stroke); }
    i.none { border-color: transparent; }
    i.none::after { content: ''; position: absolute; inset: 4px 1.5px; width: 2px; height: 2px; border-radius: 50%; background: var(--ctl); }
    .ticks i::before { content: ''; position: absolute; inset: -11px -2px; }
    .ticks i[data-shown] { outline: 2px solid var(--ink); outline-offset: 2px; border-radius: 1px; z-index: 1; }
    :host([frozen]) i.changed { background: var(--ctl); border-color: var(--ctl); }
  `];
}

customElements.define('commit-strip', CommitStrip);
