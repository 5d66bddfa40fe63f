/**
 * Where everything in the engine band stands, and the lines between: pure geometry, in pixels, for a band of some width.
 *
 * A line of a path is given as the text of an SVG `d`. Nothing here knows a document.
 */

/** The states as tiles, rows from top to bottom; a dot is empty. */
const TILE_MAP = [
  'AK .  .  .  .  .  .  .  .  .  ME',
  '.  .  .  .  .  WI .  .  .  VT NH',
  'WA ID MT ND MN IL MI .  NY MA .',
  'OR NV WY SD IA IN OH PA NJ CT RI',
  'CA UT CO NE MO KY WV VA MD .  .',
  '.  AZ NM KS AR TN NC SC .  .  .',
  '.  .  .  OK LA MS AL GA .  .  .',
  'HI .  .  TX .  .  .  .  FL PR VI',
].map(row => row.split(/ +/));
const TILE_COLUMNS = 11;

const SHARES = { projection: 0.232, tiles: 0.447, views: 0.716, page: 0.885 };
const MARGIN = 16;
const TOP = 89;
export const LOG_ROW = { width: 184, height: 25, pitch: 23 };
export const DOT = { perRow: 14, pitch: 8.4, radius: 2.6, litRadius: 5 };
export const TABLE_NODE = { width: 150, height: 44 };
export const VIEW_NODE = { width: 150, height: 36, pitch: 46 };
export const CALLOUT = { width: 118, height: 38 };
export const PAGE_NODE = { height: 174, row: 18.9 };
const WIDE_TILE = { size: 19, pitch: 22.8 };
const COMPACT_TILE = { size: 27, pitch: 30 };

/**
 * The tiles of the states there are, those the map does not know in a row under it.
 *
 * @returns {Map<string, {code: string, row: number, column: number, x: number, y: number, cx: number, cy: number}>}
 */
export function tiles(states, { x = 0, y = 0, compact = false } = {}) {
  const { size, pitch } = compact ? COMPACT_TILE : WIDE_TILE;
  const placed = new Map();
  const place = (code, row, column) => placed.set(code, {
    code, row, column, size,
    x: x + column * pitch,
    y: y + row * pitch,
    cx: x + column * pitch + size / 2,
    cy: y + row * pitch + size / 2,
  });
  const there = new Set(states);
  TILE_MAP.forEach((codes, row) => codes.forEach((code, column) => {
    if (there.delete(code)) place(code, row, column);
  }));
  [...there].sort().forEach((code, index) =>
    place(code, TILE_MAP.length + Math.floor(index / TILE_COLUMNS), index % TILE_COLUMNS));
  return placed;
}

/** How wide and tall the tile map is. */
export function tileMapSize(states, compact) {
  const { size, pitch } = compact ? COMPACT_TILE : WIDE_TILE;
  const rows = Math.max(...[...tiles(states, { compact }).values()].map(({ row }) => row), TILE_MAP.length - 1) + 1;
  return { width: (TILE_COLUMNS - 1) * pitch + size, height: (rows - 1) * pitch + size };
}

/**
 * The whole band.
 *
 * @param width of the band
 * @param height of the band
 * @param origins `{code, state}` of every airport that flights can leave, ordered by state, then code
 * @param views the names of the view nodes, from top to bottom
 */
export function layout(width, height, origins, views) {
  const top = TOP + Math.max(0, (height - 322) / 2);
  const at = share => Math.round(width * share);
  const columns = { log: MARGIN, projection: at(SHARES.projection), tiles: at(SHARES.tiles), views: at(SHARES.views), page: at(SHARES.page) };
  const states = [...new Set(origins.map(({ state }) => state))];
  const placed = tiles(states, { x: columns.tiles, y: top });
  const mapSize = tileMapSize(states, false);
  const dots = new Map(origins.map(({ code, state }, index) => [code, {
    code, state,
    x: columns.projection + 4 + (index % DOT.perRow) * DOT.pitch,
    y: top + 6 + Math.floor(index / DOT.perRow) * DOT.pitch,
  }]));
  const table = { x: columns.projection, y: top + 147, ...TABLE_NODE };
  const nodes = new Map(views.map((name, index) => [name, {
    name, x: columns.views, y: top + 1 + index * VIEW_NODE.pitch, width: VIEW_NODE.width, height: VIEW_NODE.height,
  }]));
  const page = { x: columns.page, y: top + 1, width: width - MARGIN - columns.page, height: PAGE_NODE.height };
  return {
    width, height, top, columns, tiles: placed, dots, table, nodes, page,
    tile: WIDE_TILE,
    map: { left: columns.tiles, right: columns.tiles + mapSize.width, bottom: top + mapSize.height },
    lane: top + mapSize.height + 11,
    log: { x: MARGIN - 8, y: top + 3, ...LOG_ROW },
    callout: { x: columns.projection + DOT.perRow * DOT.pitch + 11, ...CALLOUT },
  };
}

const round = number => Math.round(number * 10) / 10;
const point = (x, y) => `${round(x)} ${round(y)}`;

/** A cubic that leaves and arrives level. */
export function cubic(x1, y1, x2, y2) {
  const reach = (x2 - x1) / 2;
  return `M${point(x1, y1)}C${point(x1 + reach, y1)} ${point(x2 - reach, y2)} ${point(x2, y2)}`;
}

/** A cubic that goes on from where a path is. */
const onwards = (x1, y1, x2, y2) => cubic(x1, y1, x2, y2).replace(/^M[^C]*/, '');

const logEnd = band => [band.log.x + band.log.width, band.log.y + band.log.height / 2];
const tableEnd = band => [band.table.x + band.table.width, band.table.y + band.table.height / 2];
const nodeStart = node => [node.x, node.y + node.height / 2];
const nodeEnd = node => [node.x + node.width, node.y + node.height / 2];
const pageStart = band => [band.page.x, band.page.y + VIEW_NODE.height];

/** Under a tile's row, where a line comes in; above it, where one goes out: the gutters, so that no tile is crossed. */
const gutter = band => (band.tile.pitch - band.tile.size) / 2;
const under = (band, tile) => tile.y + tile.size + gutter(band);
const above = (band, tile) => tile.y - gutter(band);

/** Every dependency once, as two paths: the log's fan, which is drawn fainter, and the rest. */
export function wires(band) {
  const fan = [];
  const rest = [];
  for (const dot of band.dots.values()) {
    fan.push(cubic(...logEnd(band), dot.x, dot.y));
    const tile = band.tiles.get(dot.state);
    if (tile) rest.push(wireToTile(band, dot.x, dot.y, tile));
  }
  const [worst, ...views] = band.nodes.values();
  for (const tile of band.tiles.values()) {
    rest.push(wireToTile(band, ...tableEnd(band), tile));
    if (worst) rest.push(cubic(tile.cx, tile.cy, ...nodeStart(worst)));
  }
  for (const [x, y] of [...[...band.dots.values()].map(dot => [dot.x, dot.y]), tableEnd(band)]) rest.push(intoLane(band, x, y));
  for (const view of views) rest.push(outOfLane(band, view));
  return { fan: fan.join(''), rest: rest.join('') };
}

/** What one tile depends on, as a path. */
export function dependencies(band, code) {
  const tile = band.tiles.get(code);
  if (!tile) return '';
  const lines = [...band.dots.values()].filter(({ state }) => state === code).map(({ x, y }) => wireToTile(band, x, y, tile));
  return [...lines, wireToTile(band, ...tableEnd(band), tile)].join('');
}

function wireToTile(band, x, y, tile) {
  return `${cubic(x, y, band.map.left - 4, tile.cy)}L${point(tile.cx, tile.cy)}`;
}

/** The lane under the map that leads from the sources to the views which read them without a query between. */
const laneEnd = band => [band.map.right + 18, band.lane];
const intoLane = (band, x, y) => `${cubic(x, y, band.map.left, band.lane)}L${point(...laneEnd(band))}`;
const outOfLane = (band, node) => cubic(...laneEnd(band), ...nodeStart(node));

/**
 * The lit cone of a commit, one path for each stage, so that it is drawn from left to right.
 *
 * @param reached what a commit reached: `origins` folded, `table` whether the live table was touched, `results` of the
 *     tiles that ran, by code, `views` that looked at the sources beside the first one, and `told` those that were told
 */
export function cone(band, { origins, table, results, views, told }) {
  const sources = [...origins.map(code => band.dots.get(code)).filter(Boolean).map(({ x, y }) => [x, y])];
  const first = sources.map(([x, y]) => cubic(...logEnd(band), x, y));
  if (table) sources.push(tableEnd(band));
  const second = [];
  const third = [];
  for (const [code, result] of results) {
    const tile = band.tiles.get(code);
    if (!tile) continue;
    for (const source of sourcesOf(band, code, origins, table)) second.push(intoTile(band, source, tile));
    if (result === 'CHANGED') third.push(outOfTile(band, tile, band.nodes.values().next().value));
  }
  if (views.length) {
    for (const source of sources) second.push(intoLane(band, ...source));
    for (const name of views) {
      const node = band.nodes.get(name);
      if (node) third.push(outOfLane(band, node));
    }
  }
  const last = told.map(name => band.nodes.get(name)).filter(Boolean).map(node => cubic(...nodeEnd(node), ...pageStart(band)));
  return [first, second, third, last].map(lines => lines.join(''));
}

function sourcesOf(band, code, origins, table) {
  const own = origins.map(origin => band.dots.get(origin)).filter(dot => dot?.state === code).map(({ x, y }) => [x, y]);
  return table ? [...own, tableEnd(band)] : own;
}

function intoTile(band, [x, y], tile) {
  const level = under(band, tile);
  const start = Math.min(band.map.left - 4, tile.cx - 12);
  return `${cubic(x, y, start, level)}L${point(tile.cx, level)}L${point(tile.cx, tile.y + tile.size)}`;
}

function outOfTile(band, tile, node) {
  const level = above(band, tile);
  return `M${point(tile.cx, tile.y)}L${point(tile.cx, level)}L${point(band.map.right + 4, level)}`
    + onwards(band.map.right + 4, level, ...nodeStart(node));
}
