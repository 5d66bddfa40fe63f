/**
 * The one commit that the whole page shows: the engine's cone, the stars and arc of the map, the row of the board, the tile
 * of the list. All read it here, so that they light and fade together.
 *
 * While flights run, a commit is shown at most twice a second and the others only count; while the replay is stepped, every
 * one is. A commit can be held, and then stays until it is released.
 */
import { onFrame } from 'orrery/frames.js';
import { Follow } from 'orrery/live.js';
import { still } from 'orrery/parts.js';

const KEPT = 40;
const SHOWN_EVERY_MS = 500;
const LIT_MS = 240 + 700;
const FADING_MS = 500;

export class Story extends EventTarget {
  /** The newest commit records, oldest first. */
  records = [];
  /** Counted by the engine since it opened; null before the first record. */
  totals = null;
  /** The record that is shown, or null. */
  shown = null;
  /** `lit`, `fading` or `dim`. */
  phase = 'dim';
  /** Whether the shown record was picked, and stays. */
  held = false;
  /** Whether every commit is shown: the replay is not running. */
  stepping = false;
  /** Whether the connection is lost: the last commit stays, without its colour. */
  frozen = false;

  #shownAt = -Infinity;
  #timer = null;
  #fade = null;

  /** Whether the engine left records out of those kept here. */
  get sampled() {
    return this.records.some(record => record.sampled);
  }

  get newest() {
    return this.records.at(-1) ?? null;
  }

  /** The state after a gap. A page that has just come shows the last commit without lighting it. */
  whole({ recent, totals }) {
    this.records = recent.slice(-KEPT);
    this.totals = totals;
    if (!this.held) {
      this.shown = this.newest;
      this.#phase('dim');
    }
    this.#tell();
  }

  delta(record) {
    this.records = [...this.records.slice(1 - KEPT), record];
    this.totals = record.totals;
    if (!this.held) this.#showInTime();
    this.#tell();
  }

  /** Shows a record until it is released. */
  hold(record) {
    this.held = true;
    this.shown = record;
    this.#phase('lit');
    this.#tell();
  }

  /** Back to live: the newest commit, and those that follow. */
  release() {
    this.held = false;
    this.shown = this.newest;
    this.#phase('dim');
    this.#tell();
  }

  freeze(frozen) {
    if (frozen === this.frozen) return;
    this.frozen = frozen;
    this.#tell();
  }

  #showInTime() {
    const due = this.stepping ? 0 : this.#shownAt + SHOWN_EVERY_MS - performance.now();
    if (due <= 0) {
      this.#showNewest();
    } else {
      this.#timer ??= setTimeout(() => this.#showNewest(), due);
    }
  }

  #showNewest() {
    clearTimeout(this.#timer);
    this.#timer = null;
    if (this.held) return;
    this.#shownAt = performance.now();
    this.shown = this.newest;
    this.#phase('lit');
    this.#fade = setTimeout(() => this.#dim(), LIT_MS);
    this.#tell();
  }

  #dim() {
    if (still()) {
      this.#phase('dim');
    } else {
      this.#phase('fading');
      this.#fade = setTimeout(() => { this.#phase('dim'); this.#tell(); }, FADING_MS);
    }
    this.#tell();
  }

  #phase(phase) {
    clearTimeout(this.#fade);
    this.phase = phase;
  }

  #telling = false;

  #tell() {
    if (this.#telling) return;
    this.#telling = true;
    onFrame(() => {
      this.#telling = false;
      this.dispatchEvent(new Event('story'));
    });
  }
}

/** Feeds a story from the engine's commit records, for as long as its host is on the page. */
export function follow(host, story, arrived) {
  return new Follow(host, 'engine:commits', {
    whole: state => story.whole(state),
    delta: record => { story.delta(record); arrived(record); },
  });
}

/** The states whose query ran because of a commit. */
export function statesOf(record) {
  return new Set((record?.queries ?? []).filter(({ name }) => name === 'worst-airport').map(({ key }) => key));
}

/** The keys that a commit touched in a projection or a table. */
export function keysOf(record, name) {
  return record?.touched.find(touched => touched.name === name)?.keys ?? [];
}

/** The keys that a commit changed in a projection or a table, each with its row `before` and `after`. */
export function changesOf(record, name) {
  return record?.touched.find(touched => touched.name === name)?.changes ?? [];
}

/** The flights a commit appended, newest first. */
export function flightsOf(record) {
  return record?.touched.find(({ layer }) => layer === 'log')?.rows ?? [];
}
