/** The one field that is open in the board: which row it stands in, what has been typed, and how it ends. */
import { updateInFrame } from 'orrery/frames.js';
import { say } from 'orrery/parts.js';
import { isRefused, nameOf } from './board-cell.js';

export class Editing {
  /** `{row, draft, index}` while a field is open: the row as its author saw it, which keeps its place; else null. */
  open = null;

  #host;
  #edits;
  #focus;
  #isNew = false;

  /** For a board with these edits, and the focus that goes to the field and back. */
  constructor(host, edits, focus) {
    this.#host = host;
    this.#edits = edits;
    this.#focus = focus;
    edits.addEventListener('change', ({ detail }) => this.#changed(detail));
    host.addController(this);
  }

  /** Opens the field in a row at an index, with the name as it shows or a draft of before. */
  begin(row, index, draft = nameOf(row, this.#edits.of(row.iata))) {
    this.open = { row, draft, index: Math.max(0, index) };
    this.#isNew = true;
    this.#focus.set(row.iata);
    this.#focus.take();
  }

  isIn({ iata }) {
    return this.open?.row.iata === iata;
  }

  input = ({ target }) => {
    this.open.draft = target.value;
  };

  /** Enter saves, Esc reverts, Tab saves and goes on. */
  key = event => {
    event.stopPropagation();
    if (event.key === 'Enter') this.#save(event);
    else if (event.key === 'Escape') this.#close();
    else if (event.key === 'Tab') this.#save(event, event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
  };

  /** The pointer went down somewhere in the board: beside the field, that saves. */
  pressed = event => {
    if (this.open && !event.composedPath().some(element => element.classList?.contains('field'))) this.#save(event);
  };

  hostUpdated() {
    if (!this.#isNew) return;
    this.#isNew = false;
    this.#host.renderRoot.querySelector('.field')?.select();
  }

  #save({ timeStamp }, further = 0) {
    const { row: { iata, name }, draft } = this.open;
    this.#close();
    if (draft !== name) this.#edits.save(iata, { name }, { name: draft }, timeStamp);
    else if (isRefused(this.#edits.of(iata))) this.#edits.discard(iata);
    if (further) this.#focus.moveBy(further, 0);
  }

  #close() {
    this.open = null;
    this.#focus.take();
  }

  #changed(edit) {
    if (edit.own && edit.state === 'saved') say(this.#host, `Saved: ${edit.key} is now ${edit.fields.name}.`);
    if (edit.own && isRefused(edit) && this.#edits.of(edit.key) === edit) say(this.#host, `Not saved: ${edit.key}, ${edit.fields.name}.`, true);
    updateInFrame(this.#host);
    this.#host.dispatchEvent(new CustomEvent('orrery-edits', { bubbles: true, composed: true }));
  }
}
