/**
 * The tiles as keys to pick: one stop for the Tab key, arrows go from tile to tile. Picking one, by pointer or keyboard,
 * tells its answer, its runs and what it depends on.
 */
import { LitElement, css, html, nothing } from 'lit';
import { parts } from 'orrery/parts.js';
import { count, fixed } from 'orrery/format.js';
import { ORIGINS } from './origins.js';
import { QUERY } from './engine-story.js';

const SHOWN = 8;

class TileKeys extends LitElement {
  static properties = {
    band: { attribute: false },
    story: { attribute: false },
    worst: { attribute: false },
    live: { attribute: false },
    picked: { state: true },
    stop: { state: true },
    explained: { state: true },
  };

  constructor() {
    super();
    this.picked = null;
    this.stop = null;
    this.explained = null;
    this.worst = () => null;
  }

  render() {
    if (!this.band) return nothing;
    const tiles = [...this.band.tiles.values()];
    const stop = this.stop ?? tiles[0]?.code;
    return html`
      <div role="toolbar" aria-label="Queries, one for each state" aria-orientation="horizontal" @keydown=${this.#key}
        @focusout=${() => this.#pick(null)} @pointerleave=${() => this.#pick(null)}>
        ${tiles.map(({ code, x, y, size }) => html`
          <button data-code=${code} tabindex=${code === stop ? 0 : -1} aria-label=${code}
            aria-describedby=${this.picked === code ? 'tip' : nothing}
            .style=${`left: ${x}px; top: ${y - 42}px; width: ${size}px; height: ${size}px`}
            @focus=${() => this.#pick(code)} @pointerenter=${() => this.#pick(code)}></button>`)}
      </div>
      ${this.picked ? this.#tip(this.band.tiles.get(this.picked)) : nothing}`;
  }

  #pick(code) {
    if (code === this.picked) return;
    this.picked = code;
    this.explained = null;
    if (code) {
      this.stop = code;
      this.#explain(code);
    }
    this.dispatchEvent(new CustomEvent('tile', { detail: code }));
  }

  async #explain(code) {
    try {
      const explained = await this.live.rpc('engine.explain', { query: QUERY, key: code });
      if (this.picked === code) this.explained = explained;
    } catch {
      // what is known without it is shown
    }
  }

  #tip(tile) {
    const answer = this.worst()?.answer?.(tile.code);
    const counters = this.worst()?.counters?.[tile.code];
    const ran = this.story.records.findLast(({ queries }) => queries.some(({ name, key }) => name === QUERY && key === tile.code));
    const revision = ran?.revision ?? this.explained?.revision;
    const left = Math.max(8, Math.min(tile.x - 90, this.band.width - 228));
    const below = tile.row < 4;
    return html`
      <div id="tip" role="tooltip" .style=${`left: ${left}px; ${below
        ? `top: ${tile.y + tile.size - 42 + 8}px` : `bottom: ${this.band.height - 34 - tile.y + 8}px`}`}>
        <b>worst(${tile.code})</b> ${answer?.airport ? `${answer.airport}, ${fixed(Number(answer.mean), 1)} min` : answer ? 'fewer than 5 departures' : ''}
        <dl>
          ${revision == null ? nothing : html`<dt>last run</dt><dd>r${count(revision)}</dd>`}
          ${counters ? html`
            <dt>runs</dt><dd>${count(counters.computed)}</dd>
            <dt>spared</dt><dd>${count(counters.spared)}</dd>` : nothing}
          <dt>depends on</dt><dd>${this.#dependencies(tile.code)}</dd>
        </dl>
      </div>`;
  }

  /** What the engine says it read, those that have flown first; the origins of the state until it has answered. */
  #dependencies(code) {
    const flown = ORIGINS.get(code) ?? [];
    const read = this.explained?.reads?.flatMap(each => /^delays\((\w+)\)$/.exec(each)?.[1] ?? []) ?? flown;
    const names = flown.filter(origin => read.includes(origin)).slice(0, SHOWN);
    const more = read.length - names.length;
    return [...names, ...(more > 0 ? [`${count(more)} more`] : []), `the airports of ${code}`].join(', ');
  }

  #key(event) {
    const from = this.band.tiles.get(this.stop ?? this.picked);
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (event.key === 'Escape') this.#pick(null);
    if (!step || !from) return;
    event.preventDefault();
    const to = nearest([...this.band.tiles.values()], from, step);
    if (to) this.renderRoot.querySelector(`[data-code=${to.code}]`).focus();
  }

  static styles = [parts, css`
    :host { position: absolute; inset: 0; pointer-events: none; }
    button { position: absolute; padding: 0; border: 0; border-radius: 4px; background: none; pointer-events: auto; cursor: help; }
    [role=tooltip] {
      position: absolute; z-index: 3; width: 220px; padding: 8px 10px; border: 1px solid var(--ctl); border-radius: 7px;
      background: var(--surface); color: var(--ink); font-size: 12px; line-height: 16px;
    }
    dl { display: grid; grid-template-columns: auto 1fr; gap: 0 8px; margin-top: 4px; }
    dt { color: var(--ink3); }
    dd { text-align: end; }
  `];
}

/** The tile that lies next in a direction: the least way along it, then the least beside it. */
function nearest(tiles, from, [right, down]) {
  const candidates = tiles
    .map(tile => ({ tile, along: (tile.column - from.column) * right + (tile.row - from.row) * down,
      beside: Math.abs((tile.column - from.column) * down) + Math.abs((tile.row - from.row) * right) }))
    .filter(({ along }) => along > 0)
    .sort((one, other) => one.along + 2 * one.beside - (other.along + 2 * other.beside));
  return candidates[0]?.tile;
}

customElements.define('tile-keys', TileKeys);
