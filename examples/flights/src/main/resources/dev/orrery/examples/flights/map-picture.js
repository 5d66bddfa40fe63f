/**
 * What the map paints, in three layers that lie on one another: the stars, which stay, those of them that are lit, and above
 * them what moves. What changes in one paints no other anew. Colours are those of the theme when it is painted.
 */
import { token } from 'orrery/parts.js';
import { EXTENT } from './albers.js';
import { step } from './delay.js';
import { MapLayer } from './map-layer.js';

const STAR_SIZE = 1.7;
const LIT_STAR_SIZE = 2.6;
const RING_SIZE = 31;
const RING_GROWS = 12;
const CURVENESS = 0.22;
const LABELS = new Set(['SEA', 'SFO', 'LAX', 'PHX', 'DEN', 'DFW', 'ORD', 'ATL', 'MIA', 'JFK', 'ANC', 'HNL', 'SJU']);
const LABEL_SIZE = 11.5;
const LABEL_HEIGHT = 14;
const LABEL_GAP = 3;
const STEPS = [0, 1, 2, 3, 4, 5, 6];
const OUTLINED = 2;
const ROUND = 2 * Math.PI;

const radius = departures => Math.max(4, 0.98 * Math.sqrt(departures)) / 2;

export class MapPicture {
  #sky;
  #lit;
  #moving;
  #size = { width: 0, height: 0 };
  #font = '';
  #colours = [];
  /** What each layer was drawn from. */
  #drawn = {};
  /** The discs as they are drawn, the lowest first: `{code, left, top, radius, colour, edge}`. */
  #discs = [];

  /** A picture on three canvases, the lowest first. */
  constructor(...canvases) {
    [this.#sky, this.#lit, this.#moving] = canvases.map(each => new MapLayer(each));
  }

  resize(size) {
    this.#size = size;
    [this.#sky, this.#lit, this.#moving].forEach(each => each.resize(size));
  }

  get #hasRoom() {
    return this.#size.width > 0 && this.#size.height > 0;
  }

  /** Where a place is, in pixels, and on which half. */
  pixel([x, y]) {
    const { width, height } = this.#size;
    const scale = Math.min(width / EXTENT.width, height / EXTENT.height);
    const left = width / 2 + (x - EXTENT.x) * scale;
    return { left, top: height / 2 - (y - EXTENT.y) * scale, side: left > width / 2 ? 'left' : 'right' };
  }

  /** The code of the uppermost disc at a pixel, or undefined. */
  discAt(left, top) {
    return this.#discs.findLast(disc => Math.hypot(disc.left - left, disc.top - top) <= disc.radius)?.code;
  }

  /** The stars, and all else when it is drawn next: after a change of size, of theme, or of the stars. */
  paint(stars, fontFamily) {
    if (!this.#hasRoom) return;
    this.#font = `550 ${LABEL_SIZE}px ${fontFamily}`;
    this.#colours = STEPS.map(each => token(`delay-${each}`));
    this.#drawn = {};
    this.#dots(this.#sky.anew(), stars.map(({ at }) => at), STAR_SIZE, token('star'));
  }

  /**
   * Draws the lit stars, unless they are as they were drawn last.
   *
   * @param from what they are drawn from, by which that is known
   * @param places answers where they are
   */
  drawLit({ from, places }) {
    if (!this.#hasRoom || !this.#isNew('lit', from)) return;
    this.#dots(this.#lit.anew(), places(), LIT_STAR_SIZE, token('brass-stroke'));
  }

  #dots(pen, places, size, colour) {
    pen.fillStyle = colour;
    for (const place of places) {
      const { left, top } = this.pixel(place);
      pen.fillRect(left - size / 2, top - size / 2, size, size);
    }
  }

  /**
   * Draws what moves, unless it is as it was drawn last. Each part comes with what it is drawn `from`, and answers the rest when
   * it is asked for.
   *
   * @param arcs `flights()` answers from where to where, `{from, to}`, newest first; `light` is how strongly the newest is lit
   * @param discs `airports()` answers `{code, at, departures, minutes}`, the lowest first
   * @param ring `at()` answers its place or undefined; `light` as that of the arcs, and whether it `grows`
   */
  draw({ arcs, discs, ring }) {
    if (!this.#hasRoom) return;
    const areNew = this.#isNew('discs', discs.from);
    if (areNew) this.#discs = discs.airports().map(airport => this.#disc(airport));
    if (!this.#isNew('moving', [...arcs.from, arcs.light, ...ring.from, ring.light]) && !areNew) return;
    const pen = this.#moving.anew();
    this.#arcs(pen, arcs);
    for (const disc of this.#discs) paintDisc(pen, disc);
    this.#labels(pen);
    this.#ring(pen, ring);
  }

  #isNew(part, from) {
    if (this.#drawn[part]?.every((each, at) => each === from[at])) return false;
    this.#drawn[part] = from;
    return true;
  }

  #disc({ code, at, departures, minutes }) {
    const delay = step(minutes / departures);
    const { left, top } = this.pixel(at);
    return {
      code, left, top, radius: radius(departures), colour: this.#colours[delay], edge: token(delay === OUTLINED ? 'delay-edge' : 'surface'),
    };
  }

  #arcs(pen, { flights, light }) {
    const [newest, ...older] = flights();
    pen.strokeStyle = token('ink3');
    pen.lineWidth = 1;
    older.forEach((flight, index) => {
      pen.globalAlpha = 0.45 - 0.05 * index;
      this.#arc(pen, flight);
    });
    if (newest) {
      if (light > 0) {
        pen.strokeStyle = token('brass-stroke');
        pen.lineWidth = 2;
      }
      pen.globalAlpha = Math.max(light, 0.5);
      this.#arc(pen, newest);
    }
    pen.globalAlpha = 1;
  }

  /** Bent to one side by a part of its length. */
  #arc(pen, { from, to }) {
    const begin = this.pixel(from);
    const end = this.pixel(to);
    const [across, down] = [end.left - begin.left, end.top - begin.top];
    pen.beginPath();
    pen.moveTo(begin.left, begin.top);
    pen.quadraticCurveTo(
      begin.left + across / 2 + down * CURVENESS, begin.top + down / 2 - across * CURVENESS, end.left, end.top);
    pen.stroke();
  }

  /** At the right of their discs; where two would lie on one another, that of the larger disc stays. */
  #labels(pen) {
    pen.font = this.#font;
    pen.textBaseline = 'middle';
    pen.lineJoin = 'round';
    pen.lineWidth = 3;
    pen.strokeStyle = token('surface');
    pen.fillStyle = token('ink');
    const taken = [];
    for (const { code, left, top, radius: reach } of this.#discs) {
      if (!LABELS.has(code)) continue;
      const begin = left + reach + LABEL_GAP;
      const label = { begin, end: begin + pen.measureText(code).width, top };
      const isFree = taken.every(other =>
        label.begin > other.end || label.end < other.begin || Math.abs(label.top - other.top) > LABEL_HEIGHT);
      if (!isFree) continue;
      taken.push(label);
      pen.strokeText(code, begin, top);
      pen.fillText(code, begin, top);
    }
  }

  #ring(pen, { at, light, grows }) {
    const place = at();
    if (!place || light === 0) return;
    const { left, top } = this.pixel(place);
    pen.globalAlpha = light;
    pen.strokeStyle = token('brass-stroke');
    pen.lineWidth = 2;
    circle(pen, left, top, (RING_SIZE + (grows ? RING_GROWS * (1 - light) : 0)) / 2);
    pen.stroke();
    pen.globalAlpha = 1;
  }
}

function paintDisc(pen, { left, top, radius: reach, colour, edge }) {
  circle(pen, left, top, reach);
  pen.fillStyle = colour;
  pen.fill();
  pen.strokeStyle = edge;
  pen.lineWidth = 0.8;
  pen.stroke();
}

function circle(pen, left, top, reach) {
  pen.beginPath();
  pen.arc(left, top, reach, 0, ROUND);
}
