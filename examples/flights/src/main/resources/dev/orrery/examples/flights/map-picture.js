/**
 * What the map paints, in three charts that lie on one another: the stars, which stay, those of them that are lit, and above
 * them what moves. What changes in one paints no other anew. Colours are those of the theme when it is painted.
 */
import { token } from 'orrery/parts.js';
import { EXTENT } from './albers.js';
import { chart } from './charts.js';
import { step } from './delay.js';

const RING_SIZE = 31;
const RING_GROWS = 12;
const LABELS = new Set(['SEA', 'SFO', 'LAX', 'PHX', 'DEN', 'DFW', 'ORD', 'ATL', 'MIA', 'JFK', 'ANC', 'HNL', 'SJU']);
const STEPS = [0, 1, 2, 3, 4, 5, 6];
const OUTLINED = 2;

/** Drawn as one path, and all at once; with nothing to draw, ECharts knows no such path. */
const MANY = { type: 'scatter', large: true, largeThreshold: 1, progressive: 0, clip: false, silent: true, animation: false };


export class MapPicture {
  #sky;
  #lit;
  #chart;
  #size = { width: 0, height: 0 };
  /** What each part was drawn from. */
  #drawn = {};
  /** The codes of the discs, and of the labels, as they are drawn. */
  #codes = { discs: [], labels: [] };

  /** A picture in three elements, the lowest first. */
  static async in(...boxes) {
    return new MapPicture(await Promise.all(boxes.map(box => chart(box, 'canvas'))));
  }

  constructor([sky, lit, moving]) {
    this.#sky = sky;
    this.#lit = lit;
    this.#chart = moving;
  }

  get #charts() {
    return [this.#sky, this.#lit, this.#chart];
  }

  /** Tells which disc, by its code, the pointer came `over`, that it went `out`, and which was clicked. */
  onDiscs({ over, out, click }) {
    const discs = { seriesId: 'discs' };
    this.#chart.on('mouseover', discs, ({ dataIndex }) => over(this.#codes.discs[dataIndex]));
    this.#chart.on('mouseout', discs, out);
    this.#chart.on('click', discs, ({ dataIndex }) => click(this.#codes.discs[dataIndex]));
  }

  dispose() {
    this.#charts.forEach(each => each.dispose());
  }

  resize(size) {
    this.#size = size;
    this.#charts.forEach(each => each.resize(size));
  }

  get #scale() {
    return Math.min(this.#size.width / EXTENT.width, this.#size.height / EXTENT.height);
  }

  /** Where a place is, in pixels, and on which half. */
  pixel([x, y]) {
    const { width, height } = this.#size;
    const left = width / 2 + (x - EXTENT.x) * this.#scale;
    return { left, top: height / 2 - (y - EXTENT.y) * this.#scale, side: left > width / 2 ? 'left' : 'right' };
  }

  /** Everything anew, and nothing that moves yet: after a change of size, of theme, or of the stars. */
  paint(stars, fontFamily) {
    const { width, height } = this.#size;
    if (!width || !height) return;
    const axis = (centre, pixels) => ({
      type: 'value', show: false, min: centre - pixels / this.#scale / 2, max: centre + pixels / this.#scale / 2,
    });
    const ground = {
      animation: false,
      grid: { left: 0, right: 0, top: 0, bottom: 0 },
      xAxis: axis(EXTENT.x, width),
      yAxis: axis(EXTENT.y, height),
    };
    this.#sky.setOption({
      ...ground,
      series: { id: 'stars', ...MANY, symbolSize: 1.7, itemStyle: { color: token('star'), opacity: 1 }, data: stars.map(({ at }) => at) },
    }, { notMerge: true });
    this.#lit.setOption({
      ...ground,
      series: { id: 'lit', ...MANY, symbolSize: 2.6, itemStyle: { color: token('brass-stroke'), opacity: 1 }, data: [] },
    }, { notMerge: true });
    const colours = STEPS.map(each => token(`delay-${each}`));
    const disc = {
      type: 'scatter', animation: false, clip: false, z: 4, emphasis: { disabled: true }, data: [],
      symbolSize: ([, , departures]) => Math.max(4, 0.98 * Math.sqrt(departures)),
      itemStyle: { color: ({ value }) => colours[value[3]], opacity: 1, borderColor: token('surface'), borderWidth: 0.8 },
    };
    this.#chart.setOption({
      ...ground,
      series: [
        { id: 'arcs', type: 'lines', coordinateSystem: 'cartesian2d', clip: false, silent: true, animation: false, z: 3, data: [] },
        { id: 'discs', ...disc },
        { id: 'outlines', ...disc, silent: true, itemStyle: { color: 'transparent', opacity: 1, borderColor: token('delay-edge'), borderWidth: 0.8 } },
        {
          id: 'labels', ...disc, silent: true, itemStyle: { color: 'transparent', opacity: 1 },
          label: {
            show: true, position: 'right', distance: 3, fontFamily, fontSize: 11.5, fontWeight: 550, color: token('ink'),
            textBorderColor: token('surface'), textBorderWidth: 3,
            formatter: ({ dataIndex }) => this.#codes.labels[dataIndex],
          },
          labelLayout: { hideOverlap: true },
        },
        { id: 'ring', type: 'scatter', clip: false, silent: true, animation: false, z: 5, symbol: 'circle', data: [] },
      ],
    }, { notMerge: true });
    this.#drawn = {};
  }

  /**
   * Draws the lit stars, unless they are as they were drawn last.
   *
   * @param from what they are drawn from, by which that is known
   * @param places answers where they are
   */
  drawLit({ from, places }) {
    if (this.#size.width && this.#isNew('lit', from)) this.#lit.setOption({ series: { id: 'lit', data: places() } });
  }

  /**
   * Draws the parts that move and are not as they were drawn last. Each comes with what it is drawn `from`, and answers the rest
   * when it is asked for.
   *
   * @param arcs `flights()` answers from where to where, `{from, to}`, newest first; `light` is how strongly the newest is lit
   * @param discs `airports()` answers `{code, at, departures, minutes}`
   * @param ring `at()` answers its place or undefined; `light` as that of the arcs
   */
  draw({ arcs, discs, ring }) {
    if (!this.#size.width) return;
    const series = [
      ...(this.#isNew('arcs', [...arcs.from, arcs.light]) ? [{ id: 'arcs', data: arcData(arcs) }] : []),
      ...(this.#isNew('discs', discs.from) ? this.#discs(discs.airports()) : []),
      ...(this.#isNew('ring', [...ring.from, ring.light]) ? [{ id: 'ring', data: ringData(ring) }] : []),
    ];
    if (series.length) this.#chart.setOption({ series });
  }

  #isNew(part, from) {
    if (this.#drawn[part]?.every((each, at) => each === from[at])) return false;
    this.#drawn[part] = from;
    return true;
  }

  /**
   * The discs as bare numbers, which cost least; the outlines of one step and the labels, which few have, lie over them as series
   * of their own.
   */
  #discs(airports) {
    const discs = airports.map(({ at: [x, y], departures, minutes }) => [x, y, departures, step(minutes / departures)]);
    const isLabelled = ({ code }) => LABELS.has(code);
    this.#codes = { discs: airports.map(({ code }) => code), labels: airports.filter(isLabelled).map(({ code }) => code) };
    return [
      { id: 'discs', data: discs },
      { id: 'outlines', data: discs.filter(([, , , delay]) => delay === OUTLINED) },
      { id: 'labels', data: discs.filter((_, index) => isLabelled(airports[index])) },
    ];
  }
}

function arcData({ flights, light }) {
  const older = token('ink3');
  return flights()
    .map(({ from, to }, index) => {
      const isLit = index === 0 && light > 0;
      return {
        coords: [from, to],
        lineStyle: {
          curveness: 0.22,
          color: isLit ? token('brass-stroke') : older,
          width: isLit ? 2 : 1,
          opacity: isLit ? Math.max(light, 0.5) : 0.5 - 0.05 * index,
        },
      };
    })
    .reverse();
}

function ringData({ at, light, grows }) {
  const place = at();
  if (!place || light === 0) return [];
  return [{
    value: place,
    symbolSize: RING_SIZE + (grows ? RING_GROWS * (1 - light) : 0),
    itemStyle: { color: 'transparent', borderColor: token('brass-stroke'), borderWidth: 2, opacity: light },
  }];
}
