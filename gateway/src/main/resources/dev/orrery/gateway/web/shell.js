/**
 * The console's shell: header, rail or tab bar, routes, the banner that speaks of the connection, and the live regions.
 *
 * An application says once what it brings: `shell.show({ live, sections, controls, … })`, see `Application` below.
 */
import { LitElement, css, html, nothing } from 'lit';
import { Hearing, Media, parts } from './parts.js';
import { connectionBanner } from './banner.js';
import { MARK, MORE, THEME } from './icons.js';
import { Keyboard } from './keyboard.js';
import { count } from './format.js';
import { now } from './live.js';

/**
 * @typedef {object} Application
 * @property {string} name of the page, in the title
 * @property {import('./live.js').Live} live
 * @property {Section[]} sections those that exist, in order
 * @property {() => unknown} controls what stands in the header between the name and the revision
 * @property {() => Figures} figures what the header shows of the server, read whenever the shell is drawn
 * @property {{name: string, go: () => void}} skip where the first Tab leads
 * @property {{keys: string[], label: string, does: string, run: (event: KeyboardEvent) => void}[]} keys
 * @property {string} noAnswer what to do when the server does not come back
 * @property {() => unknown} banner what to say while nothing is wrong with the connection, or `nothing`
 *
 * @typedef {{id: string, name: string, icon: unknown, page: () => unknown}} Section
 * @typedef {{revision: number | null, behind: number, waiting: number}} Figures `waiting` counts edits that are not sent
 */

const THEME_KEY = 'orrery-theme';
const CONNECTION = {
  connecting: 'Connecting',
  live: 'Live',
  'catching-up': 'Catching up',
  reconnecting: 'Reconnecting',
  refused: 'Refused',
};
const UP_TO_DATE_MS = 2_000;
const TABS = 5;
const CRANK_DEGREES = 12;

applyTheme(localStorage.getItem(THEME_KEY));

function applyTheme(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
}

class Shell extends LitElement {
  static properties = {
    section: { state: true },
    status: { state: true },
    alarm: { state: true },
    phase: { state: true },
  };

  #application = null;
  #tick = null;
  #upToDate = null;
  /** Where the page stood when it was cut off. */
  #lostAt = null;

  constructor() {
    super();
    this.section = null;
    this.status = '';
    this.alarm = '';
    /** What the banner says of a connection that is back: `fresh`, `behind`, `done`, or nothing. */
    this.phase = '';
    this.narrow = new Media(this, '(max-width: 599.98px)');
    this.keyboard = new Keyboard(this);
    new Hearing(this, () => this.live, 'state');
    this.turned = 0;
    this.addEventListener('orrery-crank', () => this.#turn());
    this.addEventListener('orrery-say', ({ detail }) => this.#speak(detail));
  }

  get live() {
    return this.#application?.live;
  }

  /** Shows an application; once. */
  show(application) {
    this.#application = application;
    document.title = `Orrery · ${application.name}`;
    application.live.addEventListener('state', () => this.#connectionChanged());
    this.keyboard.keys = application.keys;
    this.#route();
    this.requestUpdate();
  }

  connectedCallback() {
    super.connectedCallback();
    addEventListener('hashchange', this.#route);
    this.#tick = setInterval(() => this.#counts() && this.requestUpdate(), 1_000);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    removeEventListener('hashchange', this.#route);
    clearInterval(this.#tick);
  }

  #counts() {
    return this.live && this.live.state !== 'live' && !document.hidden;
  }

  #route = () => {
    const sections = this.#application?.sections ?? [];
    this.section = sections.find(({ id }) => location.hash === `#/${id}`) ?? sections[0] ?? null;
  };

  /** Each step of what the page shows turns the arm of the mark a little, as a crank would. */
  #turn() {
    this.turned += CRANK_DEGREES;
    const arm = this.renderRoot.querySelector('.mark .arm');
    if (arm) arm.style.transform = `rotate(${this.turned}deg)`;
  }

  #speak({ text, urgent }) {
    if (urgent) this.alarm = text;
    else this.status = text;
  }

  #connectionChanged() {
    const { state } = this.live;
    this.status = CONNECTION[state];
    if (state === 'reconnecting' && this.#lostAt === null) {
      this.#lostAt = { at: now(), revision: this.#figures().revision };
      this.phase = '';
    }
    if (state === 'live' && this.#lostAt) this.#back();
  }

  /** The first frame after the page is back says how much it missed; then, for a while, that it missed nothing. */
  #back() {
    const missed = this.#figures().revision - this.#lostAt.revision;
    this.#lostAt = null;
    this.missed = Math.max(0, missed || 0);
    this.phase = this.live.beganAnew ? 'fresh' : 'behind';
    clearTimeout(this.#upToDate);
    this.#upToDate = setTimeout(() => {
      this.phase = 'done';
      this.#upToDate = setTimeout(() => { this.phase = ''; }, UP_TO_DATE_MS);
    }, this.phase === 'fresh' ? 3 * UP_TO_DATE_MS : UP_TO_DATE_MS / 2);
  }

  #figures() {
    return this.#application?.figures() ?? { revision: null, behind: 0, waiting: 0 };
  }

  render() {
    const application = this.#application;
    if (!application) return nothing;
    return html`
      <nav class="skips" aria-label="Skip">
        <a class="skip" href=${location.hash || '#'} @click=${event => this.#skip(event)}>${application.skip.name}</a>
      </nav>
      ${this.narrow.matches ? nothing : this.#rail()}
      <header>
        <a class="brand" href=${`#/${application.sections[0].id}`}>${MARK}<span>Orrery</span></a>
        <div class="controls">${this.narrow.matches ? nothing : application.controls()}</div>
        ${this.#revision()}${this.#connection()}
        ${this.narrow.matches ? nothing : html`
          <button class="button quiet theme" aria-label="Change between light and dark" title="Theme (t)"
            @click=${() => this.changeTheme()}>${THEME}</button>`}
      </header>
      <div class="banner" ?data-open=${this.#banner() !== nothing}>${this.#banner()}</div>
      <main tabindex="-1">${this.section?.page() ?? nothing}</main>
      ${this.narrow.matches ? this.#tabs() : nothing}
      <p class="visually-hidden" role="status">${this.status}</p>
      <p class="visually-hidden" role="alert">${this.alarm}</p>
      ${this.keyboard.dialog()}${this.#more()}`;
  }

  #rail() {
    return html`<nav class="rail" aria-label="Sections">${this.#application.sections.map(each => this.#link(each))}</nav>`;
  }

  #tabs() {
    const sections = this.#application.sections;
    return html`
      <nav class="tabs" aria-label="Sections">
        ${sections.slice(0, TABS - 1).map(each => this.#link(each))}
        <button class="place more" @click=${() => this.renderRoot.querySelector('#more').showModal()}>
          ${MORE}<span>More</span>
        </button>
      </nav>`;
  }

  #link({ id, name, icon }) {
    return html`
      <a class="place" href=${`#/${id}`} aria-current=${this.section?.id === id ? 'page' : nothing} title=${name}>
        ${icon}<span>${name}</span>
      </a>`;
  }

  #more() {
    const close = () => this.renderRoot.querySelector('#more').close();
    return html`
      <dialog id="more" aria-labelledby="more-title">
        <h2 id="more-title">More</h2>
        ${this.#application.sections.slice(TABS - 1).map(each => this.#link(each))}
        <p class="small">${CONNECTION[this.live.state]}, ${this.#detail()}</p>
        <div class="row">
          <button class="button" @click=${() => this.changeTheme()}>${THEME} Light or dark</button>
          <button class="button" @click=${() => { close(); this.keyboard.open(); }}>Keys</button>
          <button class="button" @click=${close}>Close</button>
        </div>
      </dialog>`;
  }

  #revision() {
    const { revision } = this.#figures();
    return html`
      <div class="revision"><span class="small label">Revision</span>
        ${revision === null
          ? html`<span class="skeleton"><span class="visually-hidden">not known yet</span></span>`
          : html`<span class="mono" id="revision">${count(revision)}</span>`}
      </div>`;
  }

  #connection() {
    const { state } = this.live;
    return html`
      <div class="connection" data-state=${state}>
        <span class="dot" aria-hidden="true"></span>
        <div><strong>${CONNECTION[state]}</strong><span class="small detail">${this.#detail()}</span></div>
      </div>`;
  }

  #detail() {
    const { state, attempt, retryAt, refusal, transport } = this.live;
    switch (state) {
      case 'live': return `${transport}, ${count(this.#figures().behind)} behind`;
      case 'catching-up': return `${count(this.#figures().behind)} behind`;
      case 'refused': return refusal;
      case 'connecting': if (attempt === 0) return 'first time';
    }
    const wait = retryAt === null ? 0 : Math.ceil((retryAt - now()) / 1_000);
    return wait > 0 ? `attempt ${count(attempt)}, in ${wait} s` : `attempt ${count(attempt)}`;
  }

  #banner() {
    const { revision, waiting } = this.#figures();
    return connectionBanner({
      live: this.live,
      lostAt: this.#lostAt?.at ?? null,
      phase: this.phase,
      missed: this.missed,
      revision,
      waiting,
      calm: this.#application.banner,
      noAnswer: this.#application.noAnswer,
    });
  }

  #skip(event) {
    event.preventDefault();
    this.#application.skip.go();
  }

  /** From light to dark or back, remembered on this machine. */
  changeTheme() {
    const dark = getComputedStyle(this).colorScheme === 'dark'
      || !document.documentElement.dataset.theme && matchMedia('(prefers-color-scheme: dark)').matches;
    const theme = dark ? 'light' : 'dark';
    localStorage.setItem(THEME_KEY, theme);
    applyTheme(theme);
  }

  static styles = [parts, css`
    :host {
      display: grid; min-height: 100vh; min-height: 100dvh;
      grid-template: 'head head' 56px 'rail banner' auto 'rail main' minmax(0, 1fr) / 72px minmax(0, 1fr);
    }
    header {
      grid-area: head; position: sticky; top: 0; z-index: 3; display: flex; align-items: center; min-width: 0;
      padding: 0 20px 0 22px; background: var(--surface); border-bottom: 1px solid var(--line);
    }
    .brand {
      flex: none; display: flex; align-items: center; gap: 10px; width: 194px; color: var(--ink); text-decoration: none;
      font-size: 17px; line-height: 22px; font-weight: 640; letter-spacing: -0.01em;
    }
    .mark .arm { transform-origin: 14px 14px; transition: transform 160ms; }
    .controls { flex: 1; min-width: 0; }
    .revision { flex: none; text-align: right; min-width: 52px; }
    .revision .label { display: block; font-size: 11px; line-height: 14px; }
    .revision .mono { font-size: 14px; line-height: 18px; font-weight: 500; }
    .revision .skeleton { width: 52px; height: 11px; }
    .connection { flex: none; display: flex; align-items: center; gap: 9px; margin: 0 20px; }
    .connection > div { display: grid; min-width: 111px; }
    .connection strong { font-weight: 600; }
    .connection .detail { font-size: 11px; line-height: 14px; white-space: nowrap; }
    .dot { width: 10px; height: 10px; border: 2px dashed var(--brass); border-radius: 50%; }
    [data-state=live] .dot { border: 0; background: var(--ok); }
    [data-state=refused] .dot { border: 0; border-radius: 0; background: var(--err); }
    .theme { flex: none; width: 32px; padding: 0; }

    nav { background: var(--surface); }
    .rail {
      grid-area: rail; position: sticky; top: 56px; align-self: start; z-index: 2; height: calc(100vh - 56px);
      padding: 10px 6px; border-inline-end: 1px solid var(--line);
    }
    .place {
      position: relative; display: grid; justify-items: center; align-content: center; gap: 3px; height: 52px;
      border: 0; border-radius: 7px; background: none; color: var(--ink2); font: 500 11px/14px var(--sans);
      text-decoration: none; cursor: pointer;
    }
    .place:hover { background: var(--sunk); }
    .place[aria-current] { background: var(--brass-wash); color: var(--brass); font-weight: 600; }
    .rail .place:first-child:not(:last-child) { margin-bottom: 19px; }
    .rail .place:first-child:not(:last-child)::after {
      content: ''; position: absolute; top: 60px; width: 36px; border-top: 1px solid var(--line);
    }
    .rail .place + .place { margin-bottom: 2px; }

    .banner { grid-area: banner; display: grid; grid-template-rows: 0fr; transition: grid-template-rows 160ms; }
    .banner[data-open] { grid-template-rows: 1fr; }
    .banner > * { overflow: hidden; min-height: 0; }
    .note {
      display: flex; align-items: center; flex-wrap: wrap; gap: 4px 10px; padding: 0 20px; color: var(--ink2);
      background: var(--surface); box-shadow: inset 0 -1px var(--line);
    }
    .note p { flex: 1 1 auto; min-width: 0; max-width: 100%; padding: 9px 0 10px; }
    .note strong { color: var(--ink); font-weight: 640; }
    .note.warning { background: var(--brass-wash); color: var(--ink); box-shadow: inset 0 -1px var(--brass-stroke); }
    .note.warning p { padding: 14px 0; }
    .note.warning .button { margin: 7px 0; }
    .note.error { background: var(--err-wash); color: var(--ink); box-shadow: inset 0 -1px var(--err); }

    .skips { position: absolute; }
    main { grid-area: main; display: grid; min-width: 0; outline: none; }
    .skip {
      position: fixed; top: -60px; left: 8px; z-index: 5; padding: 8px 12px; border-radius: 7px;
      background: var(--surface); border: 1px solid var(--ctl);
    }
    .skip:focus { top: 8px; }

    dialog {
      max-width: min(440px, calc(100vw - 32px)); padding: 20px; border: 1px solid var(--line2); border-radius: 10px;
      background: var(--surface); color: var(--ink);
    }
    dialog::backdrop { background: rgb(11 18 32 / 0.45); }
    dialog h2 { margin-bottom: 12px; }
    dialog dl { display: grid; grid-template-columns: auto 1fr; gap: 8px 14px; margin-bottom: 14px; }
    dialog dt { display: flex; gap: 4px; }
    .row { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 14px; align-items: center; }
    label { display: flex; gap: 8px; align-items: center; }

    @media (min-width: 1280px) and (min-height: 900px) {
      :host { height: 100vh; overflow: hidden; }
    }
    @media (max-width: 1399.98px) {
      .brand { width: 118px; }
    }
    @media (max-width: 1279.98px) {
      :host { grid-template-columns: 56px minmax(0, 1fr); }
      .place { height: 44px; }
      .rail .place span { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
    }
    @media (max-width: 959.98px) {
      .brand { width: 44px; }
      .brand span, .connection .detail { display: none; }
      .connection > div { min-width: 80px; }
      .connection { margin: 0 8px; }
    }
    @media (max-width: 599.98px) {
      :host { display: block; padding-bottom: 62px; }
      header { height: 52px; padding: 0 14px; }
      .brand { width: auto; }
      .brand span { display: inline; font-size: 16px; }
      .revision .label { display: none; }
      .revision { text-align: right; }
      .connection { margin: 0; margin-inline-start: 10px; }
      .connection > div { min-width: 0; }
      .place { height: 46px; font-size: 11.5px; }
      .tabs {
        position: fixed; z-index: 3; inset: auto 0 0 0; display: grid; grid-template-columns: repeat(5, minmax(0, 1fr));
        align-items: center; height: 62px; padding: 0 6px; border-top: 1px solid var(--line);
      }
      .tabs .more { grid-column: 5; }
      dialog .place { justify-content: start; grid-auto-flow: column; }
      .note { padding: 0 14px; }
    }
  `];
}

customElements.define('orrery-shell', Shell);
