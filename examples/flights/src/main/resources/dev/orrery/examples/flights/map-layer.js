/** A canvas as large as its place on the page, painted in CSS pixels and as sharp as the screen is. */
export class MapLayer {
  #canvas;
  #pen;

  constructor(canvas) {
    this.#canvas = canvas;
    this.#pen = canvas.getContext('2d');
  }

  resize({ width, height }) {
    const sharpness = devicePixelRatio;
    this.#canvas.width = Math.round(width * sharpness);
    this.#canvas.height = Math.round(height * sharpness);
    this.#pen.setTransform(sharpness, 0, 0, sharpness, 0, 0);
  }

  /** A pen on an empty canvas. */
  anew() {
    this.#pen.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    return this.#pen;
  }
}
