/** What the panels of every page share: their look, colours for a canvas, and the moments a page must heed. */
import { css } from 'lit';
import { updateInFrame } from './frames.js';

/** One sheet for all shadow roots; first in each element's styles. */
export const parts = css`
  :host { display: block; min-width: 0; }
  :host([hidden]), [hidden] { display: none !important; }
  *, *::before, *::after { box-sizing: border-box; }
  h1, h2, h3, p, ol, ul, dl, dd { margin: 0; padding: 0; }
  ol, ul { list-style: none; }
  h2 { font-size: 14px; line-height: 20px; font-weight: 640; letter-spacing: -0.01em; color: var(--ink); white-space: nowrap; }
  svg { display: block; }
  :focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
  a { color: var(--focus); }

  .panel {
    display: flex; flex-direction: column; min-width: 0; min-height: 0; height: 100%;
    background: var(--surface); border: 1px solid var(--line); border-radius: 10px; overflow: hidden; contain: content;
    box-shadow: 0 1px 2px light-dark(rgb(20 32 46 / 0.05), transparent);
  }
  .title {
    display: flex; align-items: center; gap: 2px 10px; flex-wrap: wrap; flex: none; min-height: 40px; padding: 0 14px;
  }
  .title .end { margin-inline-start: auto; }
  .hint, .small { font-size: 12px; line-height: 16px; color: var(--ink3); }
  .tiny { font-size: 11px; line-height: 14px; color: var(--ink3); }
  .mono { font-family: var(--mono); font-size: 0.94em; }
  .code { font-family: var(--mono); font-size: 0.94em; font-weight: 600; }

  .chip {
    display: inline-flex; align-items: center; gap: 8px; min-height: 24px; padding: 2px 10px; border-radius: 7px;
    background: var(--brass-wash); color: var(--ink); font-size: 13px; line-height: 18px; white-space: nowrap;
  }
  .chip.stale { background: var(--sunk); }

  .button {
    display: inline-flex; align-items: center; justify-content: center; gap: 8px;
    min-height: var(--target); min-width: var(--target); padding: 0 12px;
    border: 1px solid var(--ctl); border-radius: 7px; background: var(--surface); color: var(--ink);
    font: 550 13px/18px var(--sans); font-variant-numeric: tabular-nums; white-space: nowrap; cursor: pointer;
  }
  .button:hover:not(:disabled) { background: var(--sunk); }
  .button:disabled { opacity: 0.45; cursor: default; }
  .button.quiet { border-color: var(--line2); }
  .link {
    border: 0; padding: 0; background: none; color: var(--focus); font: inherit; font-weight: 600;
    text-decoration: underline; text-underline-offset: 2px; cursor: pointer;
  }
  kbd {
    display: inline-grid; place-items: center; min-width: 16px; height: 18px; padding: 0 4px;
    border: 1px solid var(--line2); border-radius: 4px; font: 11px/14px var(--mono); color: var(--ink3);
  }

  .number { font-size: 26px; line-height: 30px; font-weight: 620; letter-spacing: -0.03em; color: var(--ink); white-space: nowrap; }
  .number .unit { font-size: 13px; line-height: 1; font-weight: 500; letter-spacing: 0; color: var(--ink2); margin-inline-start: 3px; }

  [data-washed] { background: var(--brass-wash); }

  .swatch { flex: none; width: 9px; height: 9px; border-radius: 50%; border: 1px solid transparent; forced-color-adjust: none; }
  .swatch[data-step="0"] { background: var(--delay-0); }
  .swatch[data-step="1"] { background: var(--delay-1); }
  .swatch[data-step="2"] { background: var(--delay-2); border-color: var(--delay-edge); }
  .swatch[data-step="3"] { background: var(--delay-3); }
  .swatch[data-step="4"] { background: var(--delay-4); }
  .swatch[data-step="5"] { background: var(--delay-5); }
  .swatch[data-step="6"] { background: var(--delay-6); }

  .skeleton {
    display: inline-block; border-radius: 4px; background: var(--line); color: transparent; user-select: none;
    animation: breathe 1.4s ease-in-out 150ms infinite;
  }
  @keyframes breathe { 50% { opacity: 0.55; } }

  .visually-hidden {
    position: absolute; width: 1px; height: 1px; margin: -1px; padding: 0; border: 0;
    overflow: hidden; clip-path: inset(50%); white-space: nowrap;
  }
  .ring { flex: none; width: 10px; height: 10px; border: 2px dashed var(--brass); border-radius: 50%; }

  @media (max-width: 599.98px) {
    .number { font-size: 22px; line-height: 26px; }
  }
  @media (prefers-reduced-motion: reduce) {
    *, *::before, *::after { animation: none !important; transition: none !important; }
  }
`;

const reducedMotion = matchMedia('(prefers-reduced-motion: reduce)');
/** What of the system changes the colours. */
const colourSystem = ['(prefers-color-scheme: dark)', '(forced-colors: active)'].map(query => matchMedia(query));

/** Whether nothing may move. */
export const still = () => reducedMotion.matches;

let probe;

/** What tokens stand for in the present theme: asking the style anew would have the browser work out all of it. */
const colours = new Map();
new MutationObserver(() => colours.clear()).observe(document.documentElement, { attributeFilter: ['data-theme'] });
colourSystem.forEach(query => query.addEventListener('change', () => colours.clear()));

/** The colour a token stands for just now, for what is painted and not styled. */
export function token(name) {
  if (!colours.has(name)) colours.set(name, colour(name));
  return colours.get(name);
}

function colour(name) {
  if (!probe) {
    probe = document.createElement('span');
    probe.hidden = true;
    document.documentElement.append(probe);
  }
  probe.style.color = `var(--${name})`;
  return getComputedStyle(probe).color;
}

/** Repaints its host's canvas when the theme changes: `new Themed(host, () => …)`. */
export class Themed {
  #repaint;
  #watch = new MutationObserver(() => this.#repaint());

  constructor(host, repaint) {
    this.#repaint = repaint;
    host.addController(this);
  }

  hostConnected() {
    this.#watch.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    colourSystem.forEach(query => query.addEventListener('change', this.#repaint));
  }

  hostDisconnected() {
    this.#watch.disconnect();
    colourSystem.forEach(query => query.removeEventListener('change', this.#repaint));
  }
}

/** Keeps its host up to date with a media query: `this.wide = new Media(this, '(min-width: 1280px)')`, then `this.wide.matches`. */
export class Media {
  #query;
  #told = () => this.host.requestUpdate();

  constructor(host, query) {
    this.host = host;
    this.#query = matchMedia(query);
    host.addController(this);
  }

  get matches() {
    return this.#query.matches;
  }

  hostConnected() {
    this.#query.addEventListener('change', this.#told);
  }

  hostDisconnected() {
    this.#query.removeEventListener('change', this.#told);
  }
}

/** Updates its host, in a frame, after an event of somebody else's says that what the host shows has changed. */
export class Hearing {
  #told = () => updateInFrame(this.host);
  #heard = null;

  /** @param of answers the event target, from the host; asked again at each update */
  constructor(host, of, type) {
    this.host = host;
    this.of = of;
    this.type = type;
    host.addController(this);
  }

  hostConnected() {
    this.#listen(this.of());
  }

  hostUpdate() {
    if (this.host.isConnected) this.#listen(this.of());
  }

  hostDisconnected() {
    this.#listen(null);
  }

  #listen(target) {
    if (target === this.#heard) return;
    this.#heard?.removeEventListener(this.type, this.#told);
    this.#heard = target ?? null;
    this.#heard?.addEventListener(this.type, this.#told);
  }
}

/** Has the shell speak a text: politely, or at once. */
export function say(host, text, urgent = false) {
  host.dispatchEvent(new CustomEvent('orrery-say', { bubbles: true, composed: true, detail: { text, urgent } }));
}
