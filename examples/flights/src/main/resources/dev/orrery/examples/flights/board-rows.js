/** The rows of the board and its heads: what a row shows, wide and on a phone. Nothing here holds anything. */
import { html, nothing } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { count, fixed } from 'orrery/format.js';
import { field, hasReason, isRefused, nameText } from './board-cell.js';
import { step } from './delay.js';
import { spark } from './spark.js';

const SKELETONS = 12;

export const COLUMNS = [
  { id: 'iata', sort: 'iata', head: 'Airport', by: 'code', first: 'ascending' },
  { id: 'city', sort: 'city', head: 'City', by: 'city', first: 'ascending' },
  { id: 'state', sort: 'state', head: 'State', by: 'state', first: 'ascending' },
  { id: 'departures', sort: 'departures', head: 'Departures', by: 'departures', first: 'descending', number: true },
  { id: 'mean', sort: 'mean', head: 'Mean delay', by: 'mean delay', first: 'descending', number: true },
  { id: 'last', head: 'Last 24' },
  { id: 'seen', sort: 'seen', head: 'Seen', by: 'last seen', first: 'descending', number: true },
];

/** The row of heads. `stop` is the column the Tab key reaches, or −1. */
export function heads(columns, order, stop, sort) {
  return columns.map((column, index) => {
    const isSorted = column.sort && column.sort === order.column;
    const direction = order.descending ? 'descending' : 'ascending';
    return html`<div role="columnheader" class="c-${column.id} ${column.number ? 'n' : ''}" ?data-sorted=${isSorted} ?data-sorts=${column.sort}
      aria-sort=${column.sort ? (isSorted ? direction : 'none') : nothing} tabindex=${stop === index ? 0 : -1}
      @click=${() => sort(column)}>${column.head}${isSorted ? html`<span aria-hidden="true"> ${order.descending ? '▾' : '▴'}</span>` : nothing}</div>`;
  });
}

/** The cells of a row. `stop` is the column the Tab key reaches, or −1; `begin` opens the field. */
export function cells(row, columns, { edit, editing, stop, why, begin }) {
  const show = {
    city: row.city,
    state: row.state,
    departures: count(row.departures ?? 0),
    mean: mean(row),
    last: sparks(row, 24),
    seen: row.seen ? row.seen.split(' ')[1] : '',
  };
  return html`
    ${nameCell(row, { edit, stop, why, begin }, name(row, edit, editing))}
    ${columns.slice(1).map(({ id, number }, index) => html`
      <div role="gridcell" class="c-${id} ${number ? 'n' : ''}" tabindex=${stop === index + 1 ? 0 : -1}
        title=${id === 'city' ? row.city : nothing}>${show[id]}</div>`)}`;
}

/** The one cell of a row on a phone. */
export function phoneCell(row, { edit, editing, stop, why, begin }) {
  return nameCell(row, { edit, stop, why, begin }, html`
    <span class="two">${name(row, edit, editing)}<span class="place">${row.city}, ${row.state}</span></span>
    ${sparks(row, 14)}
    <span class="figures n"><span class="c-departures">${count(row.departures ?? 0)}</span><span class="c-mean">${mean(row)}</span></span>`);
}

function nameCell(row, { edit, stop, why, begin }, content) {
  return html`
    <div role="gridcell" class="c-iata" tabindex=${stop === 0 ? 0 : -1} aria-invalid=${isRefused(edit) ? 'true' : nothing}
      aria-describedby=${hasReason(edit) ? why : nothing} @dblclick=${begin}>
      <span class="code">${row.iata}</span>
      ${content}
    </div>`;
}

function name(row, edit, editing) {
  return editing.isIn(row)
    ? field(row, editing.open.draft, { input: editing.input, keydown: editing.key })
    : html`<span class="text">${nameText(row, edit)}</span>`;
}

function mean({ mean: minutes }) {
  return minutes == null ? '' : html`<span class="swatch" data-step=${step(minutes)}></span> ${fixed(minutes, 1)}`;
}

function sparks({ last }, most) {
  return guard([last, most], () => (last?.length ? spark(last, most) : nothing));
}

/** Rows without values, while none have come. */
export function skeleton(columns) {
  return html`<div role="rowgroup" class="rows cold" aria-hidden="true">${Array.from({ length: SKELETONS }, (_, index) => html`
    <div class="line">${columns.map(({ id, number }) => html`<span class="c-${id} ${number ? 'n' : ''}">
      ${id === 'iata' ? html`<i class="skeleton code-bar"></i>` : nothing}<i class="skeleton" data-length=${(index * 7 + id.length) % 4}></i></span>`)}</div>`)}</div>`;
}
