/** Which rows are in sight, and which to ask for: plain arithmetic, as rows are of one height. */
const BEYOND = 8;
const AT_LEAST = 40;
const HEADER_HEIGHT = 27;

export class Sight {
  /** How far the rows are scrolled, how tall the box is, and how tall a row. */
  top = 0;
  room = 0;
  height = 32;

  /** The rows to ask for: those in sight and some on each side, begun at an even place so that not each pixel asks. */
  get viewport() {
    const sight = Math.ceil(this.room / this.height) + 1;
    const first = Math.max(0, Math.floor(this.top / this.height) - BEYOND);
    return { first: first - first % 4, rows: Math.max(AT_LEAST, sight + 2 * BEYOND + 4) };
  }

  /** The rows to draw, of those asked for: those in sight and some on each side. */
  get drawn() {
    const first = Math.max(0, Math.floor(this.top / this.height) - BEYOND);
    return { first, until: Math.ceil((this.top + this.room) / this.height) + BEYOND };
  }

  /** How many rows a page is. */
  get page() {
    return Math.floor(this.room / this.height) - 2;
  }

  has(index) {
    const top = index * this.height;
    return top > this.top - this.height && top < this.top + this.room;
  }

  /** How far to scroll so that a row is in sight. */
  topFor(index) {
    const top = index * this.height;
    if (top < this.top) return top;
    return top > this.top + this.room - 2 * this.height ? top - this.room + 2 * this.height : this.top;
  }

  /** How far to scroll so that a row is in the middle. */
  middleFor(index) {
    return Math.max(0, index * this.height - this.room / 2);
  }

  /** The first and last row in sight, counted from one, under heads that may stand over them. */
  range(total, hasHeads) {
    const from = Math.floor(this.top / this.height) + 1;
    const below = this.top + this.room - (hasHeads ? HEADER_HEIGHT : 0);
    return [from, Math.min(total, Math.max(from, Math.round(below / this.height)))];
  }
}
