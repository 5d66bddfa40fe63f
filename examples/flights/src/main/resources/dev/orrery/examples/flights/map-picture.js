/**
 * What the map paints, in two charts that lie on one another: the stars, which seldom change, and above them what moves. Colours
 * are those of the theme when it is painted.
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
const MANY = { type: 'scatter', large: true, largeThreshold: 1, progressive: 0, silent: true, animation: false };

/** The discs: most as bare numbers, which cost least; the outlined step and those with a label are series of their own. */
const DISCS = ['discs', 'outlined', 'labelled'];

export class MapPicture {
  #sky;
  #chart;
  #size = { width: 0, height: 0 };
  /** What each part was drawn from. */
  #drawn = {};
  #codes = {};

  /** A picture in two elements, the one for the stars lying under the other. */
  static async in(skyBox, box) {
    return new MapPicture(await chart(skyBox, 'canvas'), await chart(box, 'canvas'));
  }

  constructor(sky, made) {
    this.#sky = sky;
    this.#chart = made;
  }

  /** Tells which disc, by its code, the pointer came `over`, that it went `out`, and which was clicked. */
  onDiscs({ over, out, click }) {
    for (const seriesId of DISCS) {
      this.#chart.on('mouseover', { seriesId }, ({ dataIndex }) => over(this.#codes[seriesId][dataIndex]));
      this.#chart.on('mouseout', { seriesId }, out);
      this.#chart.on('click', { seriesId }, ({ dataIndex }) => click(this.#codes[seriesId][dataIndex]));
    }
  }

  dispose() {
    this.#sky.dispose();
    this.#chart.dispose();
  }

  resize(size) {
    this.#size = size;
    this.#sky.resize(size);
    this.#chart.resize(size);
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
  paint(stars, words, fontFamily) {
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
      series: [
        { id: 'stars', ...MANY, z: 1, symbolSize: 1.7, itemStyle: { color: token('star'), opacity: 1 }, data: stars.map(({ at }) => at) },
        { id: 'lit', ...MANY, z: 2, symbolSize: 2.6, itemStyle: { color: token('brass-stroke'), opacity: 1 }, data: [] },
      ],
    }, { notMerge: true });
    const colours = STEPS.map(each => token(`delay-${each}`));
    const disc = {
      type: 'scatter', animation: false, z: 4, emphasis: { disabled: true }, data: [],
      symbolSize: ([, , departures]) => Math.max(4, 0.98 * Math.sqrt(departures)),
      itemStyle: { color: ({ value }) => colours[value[3]], opacity: 1, borderColor: token('surface'), borderWidth: 0.8 },
    };
    this.#chart.setOption({
      ...ground,
      aria: { enabled: true, label: { description: words } },
      series: [
        { id: 'arcs', type: 'lines', coordinateSystem: 'cartesian2d', silent: true, animation: false, z: 3, data: [] },
        { id: 'discs', ...disc },
        { id: 'outlined', ...disc, itemStyle: { ...disc.itemStyle, borderColor: token('delay-edge') } },
        {
          id: 'labelled', ...disc,
          label: {
            show: true, position: 'right', distance: 3, fontFamily, fontSize: 11.5, fontWeight: 550, color: token('ink'),
            textBorderColor: token('surface'), textBorderWidth: 3,
            formatter: ({ dataIndex }) => this.#codes.labelled[dataIndex],
          },
          labelLayout: { hideOverlap: true },
        },
        { id: 'ring', type: 'scatter', silent: true, animation: false, z: 5, symbol: 'circle', data: [] },
      ],
    }, { notMerge: true });
    this.#drawn = {};
  }

  /**
   * Draws the parts that are not as they were drawn last. Each comes with what it is drawn `from`, by which that is known, and
   * answers the rest when it is asked for.
   *
   * @param lit `stars()` answers the places of those that are lit
   * @param arcs `flights()` answers from where to where, `{from, to}`, newest first; `light` is how strongly the newest is lit
   * @param discs `airports()` answers `{code, at, departures, minutes}`
   * @param ring `at()` answers its place or undefined; `light` as that of the arcs
   */
  draw({ lit, arcs, discs, ring }) {
    if (!this.#size.width) return;
    if (this.#isNew('lit', lit.from)) this.#sky.setOption({ series: { id: 'lit', data: lit.stars() } });
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

  #discs(airports) {
    const data = { discs: [], outlined: [], labelled: [] };
    this.#codes = { discs: [], outlined: [], labelled: [] };
    for (const { code, at: [x, y], departures, minutes } of airports) {
      const delay = step(minutes / departures);
      const id = LABELS.has(code) ? 'labelled' : delay === OUTLINED ? 'outlined' : 'discs';
      data[id].push([x, y, departures, delay]);
      this.#codes[id].push(code);
    }
    return DISCS.map(id => ({ id, data: data[id] }));
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
