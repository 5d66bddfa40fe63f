import { LitElement, html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { Live, patched } from './live.js';

const count = new Intl.NumberFormat('en-US');
const oneDigit = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const twoDigits = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

const CONNECTION = {
  connecting: 'Connecting',
  live: 'Live',
  reconnecting: 'Reconnecting',
  refused: 'Refused',
};

/** Flights as they are folded: numbers, the board with a name to edit, the worst airport of each state. */
class Flights extends LitElement {
  static properties = {
    connection: { state: true },
    flights: { state: true },
    mean: { state: true },
    board: { state: true },
    worst: { state: true },
    editing: { state: true },
    notes: { state: true },
  };

  constructor() {
    super();
    this.connection = { state: 'connecting', detail: '' };
    this.flights = null;
    this.mean = null;
    this.board = null;
    this.worst = new Map();
    this.editing = null;
    this.notes = new Map();
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    this.live = new Live(`${scheme}://${location.host}/connection/websocket`);
    this.live.addEventListener('state', () => {
      this.connection = { state: this.live.state, detail: this.live.detail };
    });
    this.#follow('value:flights', value => { this.flights = value; });
    this.#follow('value:mean-delay', ({ minutes, departures }) => { this.mean = minutes / departures; });
    this.live.subscribe('view:flown', {
      whole: window => this.#show(window.rows),
      delta: patches => this.#show(patched(this.board, patches)),
    });
  }

  createRenderRoot() {
    return this;
  }

  #follow(channel, take) {
    this.live.subscribe(channel, { whole: take, delta: take });
  }

  #show(rows) {
    this.board = rows;
    for (const { state } of rows) {
      if (!this.worst.has(state)) {
        this.worst.set(state, null);
        this.#follow(`query:worst-airport:${state}`, answer => {
          this.worst = new Map(this.worst).set(state, answer);
        });
      }
    }
  }

  render() {
    return html`
      <header>
        <h1>Flights, live from the event to this page</h1>
        <p role="status" class="connection" data-state=${this.connection.state}>
          <span class="dot" aria-hidden="true"></span>
          <strong>${CONNECTION[this.connection.state]}</strong> ${this.connection.detail}
        </p>
      </header>
      <dl class="numbers">
        ${this.#number('flights', 'Flights so far', this.flights === null ? '–' : count.format(this.flights))}
        ${this.#number('mean', 'Mean delay, minutes', this.mean === null || Number.isNaN(this.mean) ? '–' : twoDigits.format(this.mean))}
        ${this.#number('origins', 'Airports flown from', this.board === null ? '–' : count.format(this.board.length))}
      </dl>
      <main>${this.#board()}${this.#worstPerState()}</main>`;
  }

  #number(id, name, value) {
    return html`<div><dt>${name}</dt><dd id=${id}>${value}</dd></div>`;
  }

  #board() {
    return html`
      <section class="panel">
        <h2>Board</h2>
        <div class="scroll" tabindex="0" aria-label="Board">
          <table id="board">
            <thead><tr><th>Code</th><th>Airport</th><th>City</th><th>State</th>
              <th class="n">Departures</th><th class="n">Mean delay</th><th>Seen</th></tr></thead>
            <tbody>${repeat(this.board ?? [], row => row.iata, row => this.#row(row))}</tbody>
          </table>
        </div>
      </section>`;
  }

  #row(row) {
    return html`
      <tr data-key=${row.iata}>
        <td class="code">${row.iata}</td>
        <td class="name">${this.editing === row.iata ? this.#field(row) : this.#name(row)}</td>
        <td>${row.city}</td><td>${row.state}</td>
        <td class="n">${count.format(row.departures)}</td>
        <td class="n">${oneDigit.format(row.minutes / row.departures)}</td>
        <td>${row.seen}</td>
      </tr>`;
  }

  #name(row) {
    const note = this.notes.get(row.iata);
    return html`
      <button class="edit" title="Edit the name" @click=${() => this.#edit(row.iata)}>${row.name}</button>
      ${note ? html`<span class="note" data-kind=${note.kind}>${note.text}</span>` : nothing}`;
  }

  #field(row) {
    return html`<input aria-label=${`Name of ${row.iata}`} .value=${row.name}
      @keydown=${event => this.#key(event, row)} @blur=${() => { this.editing = null; }}>`;
  }

  async #edit(iata) {
    this.editing = iata;
    await this.updateComplete;
    this.querySelector('td.name input')?.select();
  }

  #key(event, row) {
    if (event.key === 'Escape') this.editing = null;
    if (event.key === 'Enter') this.#save(row, event.target.value);
  }

  async #save(row, name) {
    this.editing = null;
    if (name === row.name) return;
    this.#note(row.iata, 'saving', 'saving');
    try {
      await this.live.rpc('table.patch', { table: 'airports', key: row.iata, fields: { name } });
      this.#note(row.iata, 'saved', 'saved');
    } catch (error) {
      this.#note(row.iata, 'rejected', `not saved: ${error.message}`);
    }
  }

  #note(iata, kind, text) {
    this.notes = new Map(this.notes).set(iata, { kind, text });
  }

  #worstPerState() {
    const states = [...this.worst.keys()].sort();
    return html`
      <section class="panel">
        <h2>Worst airport per state</h2>
        <div class="scroll" tabindex="0" aria-label="Worst airport per state">
          <table id="worst">
            <thead><tr><th>State</th><th>Airport</th><th class="n">Mean delay</th></tr></thead>
            <tbody>${repeat(states, state => state, state => this.#worstOf(state))}</tbody>
          </table>
        </div>
      </section>`;
  }

  #worstOf(state) {
    const worst = this.worst.get(state);
    return html`
      <tr data-state=${state}>
        <td class="code">${state}</td>
        ${worst?.airport
          ? html`<td>${worst.airport} ${worst.name}</td><td class="n">${worst.mean}</td>`
          : html`<td colspan="2" class="none">fewer than 5 departures</td>`}
      </tr>`;
  }
}

customElements.define('orrery-flights', Flights);
