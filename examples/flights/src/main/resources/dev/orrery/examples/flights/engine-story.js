/**
 * What a commit record says, in words and marks: pure, nothing is worked out here that the record does not hold.
 *
 * A record is that of the channel `engine:commits`; its layers are `log`, `projection`, `table` and `input`.
 */
import { count, counted, fixed, signed, size } from 'orrery/format.js';

export const LOG = 'flights';
export const PROJECTION = 'delays';
export const TABLE = 'airports';
export const QUERY = 'worst-airport';

/** The nodes of the views column, from top to bottom: the name of the view or query, and its title. */
export const VIEWS = [
  { name: QUERY, title: 'Worst per state', kind: '51 watched queries' },
  { name: 'board', title: 'Board', kind: 'TableView' },
  { name: 'flights', title: 'Flights so far', kind: 'ValueView' },
  { name: 'mean-delay', title: 'Mean delay', kind: 'ValueView' },
];

const source = (record, name) => record.touched.find(each => each.name === name);

/** The events of a record, newest first, as far as it lists them. */
export function events(record) {
  return source(record, LOG)?.rows ?? [];
}

/** The keys of the projection whose fold threw, and how many there are. */
export function parked(record) {
  return record.parked?.find(({ projection }) => projection === PROJECTION) ?? { count: 0, keys: [] };
}

/** Whether a commit was made by an edit of the live table and no flight. */
export function isEdit(record) {
  return !source(record, LOG) && !source(record, PROJECTION) && Boolean(source(record, TABLE));
}

/** How late one flight was: `72 min late`, `3 min early`, `on time`. */
export function lateness(delay) {
  if (delay === 0) return 'on time';
  return `${count(Math.abs(delay))} min ${delay > 0 ? 'late' : 'early'}`;
}

/** What the chip says: the revision, a code to stress, and the rest. */
export function chip(record) {
  const revision = `r${count(record.revision)}`;
  const flights = source(record, LOG)?.count ?? source(record, PROJECTION)?.count ?? 0;
  const [newest] = events(record);
  if (flights > 1) return { revision, stress: '', text: `${count(flights)} flights in one commit` };
  if (newest) return { revision, stress: newest.origin, text: `to ${newest.destination}, ${lateness(newest.delay)}` };
  const edited = source(record, TABLE);
  if (edited?.count === 1) return { revision, stress: '', text: `edit: ${edited.keys[0]} ${columns(record, TABLE, edited.keys[0])}` };
  if (edited) return { revision, stress: '', text: `${counted(edited.count, 'row')} changed in ${TABLE}` };
  return { revision, stress: '', text: record.cause };
}

/** Which columns of a row a commit changed, in words: `name`, `name and city`, `row`. */
function columns(record, name, key) {
  const change = source(record, name)?.changes?.find(each => each.key === key);
  if (!change?.before || !change?.after) return 'row';
  const changed = Object.keys(change.after).filter(column => change.before[column] !== change.after[column]);
  return changed.length ? changed.join(' and ') : 'row';
}

/** One sentence: why what ran had to run, and what came of it. */
export function why(record) {
  const ran = record.queries;
  if (record.ran === 0 || ran.length === 0) return 'No query had read this. Nothing ran.';
  if (record.ran > 1 || !ran[0].because) return `Why: ${names(ran, record.ran)} had read ${whatChanged(record)}.`;
  const [only] = ran;
  return `Why: ${called(only)} had read ${possession(record, only.because)}. ${outcome(only, record)}`;
}

function called({ key }) {
  return `worst(${key})`;
}

function names(ran, total) {
  if (total === 1) return called(ran[0]);
  if (total === 2 && ran.length > 1) return `${called(ran[0])} and ${called(ran[1])}`;
  const told = ran.slice(0, 2).map(called).join(', ');
  return `${told} and ${count(total - Math.min(2, ran.length))} more`;
}

function whatChanged(record) {
  const flights = source(record, LOG)?.count ?? source(record, PROJECTION)?.count ?? 0;
  if (flights > 1) return `what these ${count(flights)} flights changed`;
  if (flights === 1) return 'what this flight changed';
  return `what ${counted(source(record, TABLE)?.count ?? 1, 'row')} of ${TABLE} changed`;
}

/** What the query had read that changed: a key of a source, or by the condition it lies under the one key that did. */
function possession(record, { source: name, key }) {
  const touched = source(record, name);
  const own = touched?.keys.includes(key) ? key : touched?.count === 1 ? touched.keys[0] : null;
  const flights = source(record, LOG)?.count ?? 0;
  if (own === null || (name === PROJECTION && flights > 1)) return whatChanged(record);
  return `${own}’s ${name === PROJECTION ? 'departures' : columns(record, name, own)}`;
}

function outcome({ result }, record) {
  if (result === 'EQUAL') return 'Its answer came out equal: nothing above it moved.';
  if (result === 'FAILED') return 'It failed; its last answer stays.';
  return `Nothing the other ${count(record.spared)} read has changed.`;
}

/** The sub-heads of the five columns, each with whether this commit touched it. */
export function subheads(record, { origins, queries, log }) {
  const appended = source(record, LOG);
  const folded = source(record, PROJECTION);
  const views = nodes(record);
  const told = views.filter(({ lit }) => lit).length;
  const position = appended?.position ?? log?.position;
  return {
    log: { text: position == null ? '' : log?.behind ? `${count(position)}, ${count(log.behind)} behind` : `position ${count(position)}, durable`, lit: Boolean(appended) },
    projection: { text: parked(record).count ? `${counted(parked(record).count, 'key')} parked` : `${count(folded?.count ?? 0)} of ${count(origins)} folded`, lit: Boolean(folded), wrong: parked(record).count > 0 },
    tiles: { text: `${count(record.ran)} of ${count(queries)} ran`, lit: record.ran > 0 },
    views: { text: `${count(told)} of ${count(views.length)} changed`, lit: told > 0 },
    page: {
      text: `${counted(record.patches, 'patch', 'patches')}, ${size(record.bytes)}`,
      lit: record.patches > 0,
    },
  };
}

/** What each view node says, whether it was told something, and whether something reached it. */
export function nodes(record, values = {}) {
  return VIEWS.map(({ name, title }) => ({ name, title, ...(name === QUERY ? worstNode(record) : viewNode(record, name, values)) }));
}

function worstNode(record) {
  const changed = record.queries.filter(({ name, result }) => name === QUERY && result === 'CHANGED').length;
  if (changed) return { lit: true, reached: true, text: `${count(changed)} changed` };
  const ran = record.queries.some(({ name }) => name === QUERY);
  return { lit: false, reached: false, text: ran ? 'not told, answer equal' : 'not touched' };
}

function viewNode(record, name, values) {
  const view = record.views.find(each => each.name === name);
  if (!view || view.outcome === 'UNTOUCHED') return { lit: false, reached: false, text: 'not touched' };
  if (view.outcome === 'EQUAL') return { lit: false, reached: true, text: 'equal, nothing sent' };
  if (name === 'board') return boardNode(view);
  return { lit: true, reached: true, text: values[name] ?? 'changed' };
}

function boardNode({ patches, moved }) {
  if (!patches) return { lit: false, reached: true, text: 'changed out of sight' };
  if (moved) return { lit: true, reached: true, text: `${count(moved)} moved` };
  return { lit: true, reached: true, text: `${counted(patches, 'row')} updated` };
}

/** The two lines beside the folded dot, or null when not exactly one key was folded. */
export function callout(record) {
  const folded = source(record, PROJECTION);
  if (folded?.count !== 1 || !folded.changes?.length) return null;
  const [{ key, before, after }] = folded.changes;
  if (!after) return null;
  const mean = state => (state?.departures ? fixed(state.minutes / state.departures, 1) : '–');
  return {
    key,
    title: `${key} ${count(before?.departures ?? 0)} to ${count(after.departures)}`,
    text: `${mean(before)} to ${mean(after)} min`,
  };
}

/** What the node of the live table says. */
export function tableNode(record, rows) {
  const touched = source(record, TABLE);
  const text = `${count(touched?.count ?? 0)} of ${count(rows)} rows`;
  return { lit: Boolean(touched), text: touched?.count === 1 ? `${text}: ${touched.keys[0]}` : `${text} touched` };
}

/** What the cone reaches; beyond twelve lines the marks are lit without lines. */
export function reach(record) {
  const origins = source(record, PROJECTION)?.keys ?? [];
  const results = record.queries.filter(({ name }) => name === QUERY).map(({ key, result }) => [key, result]);
  const views = nodes(record);
  return {
    origins: origins.slice(0, 12),
    table: Boolean(source(record, TABLE)),
    results: results.slice(0, 12),
    views: views.filter(({ name, reached }) => name !== QUERY && reached).map(({ name }) => name),
    told: views.filter(({ lit }) => lit).map(({ name }) => name),
    hasLines: origins.length <= 12 && results.length <= 12,
  };
}

/** How a tick of the strip is drawn: an answer `changed`, one ran and was `equal`, or `none` ran. */
export function tick(record) {
  if (record.queries.some(({ result }) => result === 'CHANGED')) return 'changed';
  return record.ran > 0 ? 'equal' : 'none';
}

/** The parts of the way to the page, in ms, each with where it begins: those that took part, as far as they are known. */
export function way(record, measured) {
  const { append, fold, write, query, views, socket } = { ...record.stages, ...measured };
  const parts = isEdit(record)
    ? { send: measured?.send, write, query, views, socket, paint: measured?.paint }
    : { append, fold, query, views, socket, paint: measured?.paint };
  let begin = 0;
  return Object.entries(parts).filter(([, took]) => took != null).map(([name, took]) => {
    const part = { name, took: Math.max(0, took), begin };
    begin += part.took;
    return part;
  });
}

/** The events of the log column: the six newest of some records, newest first. */
export function newestEvents(records, limit = 6) {
  const newest = [];
  for (const record of records.toReversed()) {
    for (const [index, row] of events(record).entries()) {
      if (newest.length === limit) return newest;
      newest.push({ position: source(record, LOG).position - index, revision: record.revision, ...row });
    }
  }
  return newest;
}

export const route = ({ origin, destination }) => `${origin} to ${destination}`;
export const delayText = ({ delay }) => signed(delay);

/** A commit as a slider speaks it, with the city of each airport whose city is known. */
export function spoken(record, cities) {
  const named = code => cities?.get(code) ?? code;
  const [newest] = events(record);
  const flights = source(record, LOG)?.count ?? 0;
  const what = flights > 1 ? `${count(flights)} flights`
    : newest ? `${named(newest.origin)} to ${named(newest.destination)}` : chip(record).text;
  const ran = record.ran === 0 ? 'no query ran'
    : record.ran === 1 && record.queries.length ? `worst ${record.queries[0].key} ran and ${record.queries[0].result === 'EQUAL' ? 'came out equal' : 'changed'}`
      : `${count(record.ran)} queries ran`;
  return `Revision ${count(record.revision)}, ${what}, ${ran}, ${count(record.spared)} spared`;
}

/** The band as a table: layer, touched, total, names. */
export function table(record, { origins, queries, rows, log }) {
  const listed = keys => (keys.length > 12 ? `${keys.slice(0, 12).join(', ')} and ${count(keys.length - 12)} more` : keys.join(', '));
  const told = nodes(record);
  return [
    { layer: 'Event log', touched: source(record, LOG)?.count ?? 0, total: source(record, LOG)?.position ?? log?.position ?? 0, names: listed(events(record).map(route)) },
    { layer: 'Projection', touched: source(record, PROJECTION)?.count ?? 0, total: origins, names: listed(source(record, PROJECTION)?.keys ?? []) },
    { layer: 'Live table', touched: source(record, TABLE)?.count ?? 0, total: rows, names: listed(source(record, TABLE)?.keys ?? []) },
    { layer: 'Memoised queries', touched: record.ran, total: queries, names: listed(record.queries.map(({ key, result }) => (result === 'EQUAL' ? `${key} (equal)` : key))) },
    { layer: 'Views', touched: told.filter(({ lit }) => lit).length, total: told.length, names: told.filter(({ lit }) => lit).map(({ title }) => title).join(', ') },
  ];
}
