/** The page of the flights: what it is made of, where each part stands, and what all of them share. */
import { LitElement, css, html, nothing } from 'lit';
import { Hearing, Media, parts, say } from 'orrery/parts.js';
import { Follow, Live } from 'orrery/live.js';
import { count, fixed } from 'orrery/format.js';
import { note } from 'orrery/banner.js';
import { FLIGHTS } from 'orrery/icons.js';
import 'orrery/shell.js';
import { Story, follow } from './story.js';
import { Flown } from './flown.js';
import { Latency } from './latency.js';
import './pixel.js';
import { ReplayCalls } from './replay.js';
import './numbers.js';
import './engine.js';
import './map.js';
import './board.js';
import './worst.js';

class FlightsPage extends LitElement {
  static properties = {
    live: { attribute: false },
    replay: { state: true },
  };

  constructor() {
    super();
    this.flown = new Flown();
    this.replay = null;
    this.log = null;
    this.story = new Story();
    this.wide = new Media(this, '(min-width: 1280px)');
    this.narrow = new Media(this, '(max-width: 599.98px)');
    new Hearing(this, () => this.live, 'state');
    follow(this, this.story, record => this.latency?.arrived(record, this.#board?.pressed(record)));
    new Follow(this, 'view:flown', {
      whole: whole => this.flown.whole(whole),
      delta: patches => this.flown.delta(patches),
    });
    new Follow(this, 'engine:logs', { whole: logs => { this.log = logs.flights ?? this.log; } });
    new Follow(this, 'replay', { whole: replay => this.#replayed(replay) });
  }

  #replayed(replay) {
    this.replay = replay;
    this.story.stepping = replay.state === 'paused';
    this.dispatchEvent(new Event('replay'));
  }

  willUpdate(changed) {
    if (changed.has('live')) this.latency = new Latency(this.live);
    this.story.freeze(this.live?.state === 'reconnecting' || this.live?.state === 'refused');
  }

  /** How many edits of this page wait for the server. */
  get waiting() {
    return this.#board?.waiting ?? 0;
  }

  #numbers = () => this.numbers;
  #worst = () => this.renderRoot.querySelector('flights-worst');

  get numbers() {
    return this.renderRoot.querySelector('flights-numbers');
  }

  get #board() {
    return this.renderRoot?.querySelector('orrery-board');
  }

  focusBoard() {
    this.#board?.focusBoard();
  }

  render() {
    const { live, story, latency, flown, replay } = this;
    const phone = this.narrow.matches;
    return html`
      <flights-numbers .live=${live} .story=${story} .latency=${latency} .replay=${replay}
        .log=${this.log} .airports=${flown.rows?.length ?? null}></flights-numbers>
      ${phone ? html`<flights-replay small .live=${live} .replay=${replay}></flights-replay>` : nothing}
      <orrery-engine ?compact=${!this.wide.matches} .live=${live} .story=${story} .flown=${flown} .latency=${latency}
        .numbers=${this.#numbers} .worst=${this.#worst}></orrery-engine>
      <flights-map .live=${live} .story=${story} .flown=${flown}
        @orrery-pick=${({ detail }) => this.#board?.reveal(detail)}></flights-map>
      ${phone ? html`
        <section class="panel pixel" aria-label="Event to pixel">
          <flights-pixel .live=${live} .latency=${latency}></flights-pixel>
        </section>` : nothing}
      <orrery-board ?phone=${phone} .live=${live} .story=${story} .flown=${flown}></orrery-board>
      <flights-worst .live=${live} .story=${story} .flown=${flown}></flights-worst>`;
  }

  static styles = [parts, css`
    :host {
      display: grid; gap: 12px; padding: 14px 20px 16px; max-width: 1840px; min-width: 0;
      grid-template:
        'lead lead lead' 62px
        'engine engine engine' 322px
        'map board worst' max(380px, 100vh - 494px) / 420fr 676fr 244fr;
    }
    flights-numbers { grid-area: lead; }
    orrery-engine { grid-area: engine; min-width: 0; }
    flights-map { grid-area: map; min-width: 0; }
    orrery-board { grid-area: board; min-width: 0; }
    flights-worst { grid-area: worst; min-width: 0; }

    @media (min-width: 1280px) and (min-height: 900px) {
      :host { grid-template-rows: 62px 322px minmax(0, 1fr); min-height: 0; }
    }
    @media (min-width: 1680px) {
      :host { grid-template-rows: 62px 372px max(380px, 100vh - 544px); }
    }
    @media (min-width: 1680px) and (min-height: 900px) {
      :host { grid-template-rows: 62px 372px minmax(0, 1fr); }
    }
    @media (max-width: 1399.98px) {
      :host { grid-template-columns: 340fr 640fr 230fr; }
    }
    @media (max-width: 1279.98px) {
      :host {
        grid-template:
          'lead lead' auto 'engine engine' auto 'map worst' 380px 'board board' 560px / minmax(0, 1fr) minmax(0, 1fr);
      }
    }
    @media (max-width: 599.98px) {
      :host { display: flex; flex-direction: column; padding: 12px 14px; }
      flights-map { height: 330px; }
      .pixel { height: auto; }
    }
  `];
}

customElements.define('flights-page', FlightsPage);

const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
const live = new Live(`${scheme}://${location.host}/connection/websocket`);
const shell = document.querySelector('orrery-shell');
const page = document.createElement('flights-page');
page.live = live;
page.story.addEventListener('story', () => shell.requestUpdate());
page.addEventListener('replay', () => shell.requestUpdate());
page.addEventListener('mean', () => page.replay?.state === 'finished' && shell.requestUpdate());

const calls = new ReplayCalls(live, page);
const pressed = call => event => {
  if (live.online && ['running', 'paused'].includes(page.replay?.state)) call(event);
};

shell.show({
  name: 'Flights',
  live,
  sections: [{ id: 'flights', name: 'Flights', icon: FLIGHTS, page: () => page }],
  controls: () => html`<flights-replay .live=${live} .replay=${page.replay}></flights-replay>`,
  figures: () => ({ revision: page.story.newest?.revision ?? null, behind: page.log?.behind ?? 0, waiting: page.waiting }),
  skip: { name: 'Skip to the board', go: () => page.focusBoard() },
  keys: [
    { keys: [' '], label: 'Space', does: 'pause or play', run: pressed(() => calls.toggle(page.replay.state)) },
    { keys: ['.'], label: '.', does: 'step one flight', run: pressed(() => calls.step()) },
    { keys: ['1', '2', '3', '4', '5'], label: '1–5', does: 'how fast', run: pressed(({ key }) => calls.nth(Number(key) - 1)) },
    { keys: ['s'], label: 's', does: 'read the numbers aloud', run: () => say(page, page.numbers.summary()) },
  ],
  noAnswer: 'If you stopped the demo, start it again with ./orrery demo: it continues where it was.',
  banner,
});

/** What there is to say while the connection is well. */
function banner() {
  if (live.state === 'connecting' || !page.replay || page.replay.state === 'starting') return starting();
  switch (page.replay.state) {
    case 'paused': return note('Paused. Step one flight, or edit a name.');
    case 'finished': return note(finished());
    default: return nothing;
  }
}

function starting() {
  return html`
    <div class="note"><p><strong>Starting.</strong> Opening the data folder, then loading 3,376 airports.</p>
      <span class="hint">Usually under 2 s</span></div>`;
}

function finished() {
  const mean = page.numbers?.mean?.minutes;
  const minutes = mean ? fixed(Number(mean), 2) : '–';
  return `All ${count(page.replay.flights)} flights are in: mean delay ${minutes} min. Edit a name to see the engine move again.`;
}
