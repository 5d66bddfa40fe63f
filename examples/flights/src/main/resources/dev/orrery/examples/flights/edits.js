/**
 * The edits of this page, each known by its mutation id until the table's source has answered: kept while there is no
 * connection, handed over again after one was lost, which does nothing twice.
 *
 * States of an edit: `saving`, `waiting` (unsent, or the source is away), `saved`, and, until somebody decides, `rejected`,
 * `invalid` or `conflict`.
 */
const SAVED_MS = 400;
const OPEN = new Set(['saving', 'waiting']);

export class Edits extends EventTarget {
  #live = null;
  #table;
  #edits = new Map();
  #resend = () => this.#sendAll();

  /** A `change` event says that an edit has another state, with the edit as its detail. */
  constructor(table) {
    super();
    this.#table = table;
  }

  /** Follows how the writes of the table stand; answers what ends it. */
  follow(live) {
    this.#live = live;
    live.addEventListener('state', this.#resend);
    const stop = live.subscribe(`writes:${this.#table}`, {
      whole: statuses => this.#whole(statuses),
      delta: statuses => statuses.forEach(status => this.#heard(status)),
    });
    return () => {
      live.removeEventListener('state', this.#resend);
      stop();
    };
  }

  /** The edit of a row, or undefined. */
  of(key) {
    return this.#edits.get(key);
  }

  /** When the key was pressed for the edit of this page that gave a row these columns; undefined for any other. */
  pressed(key, columns) {
    const edit = this.#edits.get(key);
    const isIt = edit?.own && Object.entries(edit.fields).every(([name, value]) => columns?.[name] === value);
    return isIt ? edit.pressed : undefined;
  }

  /** How many edits the server does not have yet. */
  get unsent() {
    return [...this.#edits.values()].filter(({ state, sent }) => OPEN.has(state) && !sent).length;
  }

  /** Changes columns of a row, given what they were when the author began, and when the key was pressed. */
  save(key, base, fields, pressed = performance.now()) {
    const before = this.#edits.get(key);
    if (before && !OPEN.has(before.state) && before.state !== 'saved') this.#giveUp(before);
    this.#put({ key, mutation: crypto.randomUUID(), base, fields, pressed, state: 'saving', sent: false, own: true });
    this.#send(this.#edits.get(key));
  }

  /** Mine, although somebody changed it: from what they have to what I wrote. */
  insist(key) {
    const { fields, theirs } = this.#edits.get(key);
    this.save(key, theirs, fields);
  }

  /** Gives an edit up, whatever its state. */
  discard(key) {
    const edit = this.#edits.get(key);
    if (!edit) return;
    this.#edits.delete(key);
    this.#say(edit);
    this.#giveUp(edit);
  }

  #giveUp({ mutation }) {
    this.#live.rpc('table.giveUp', { table: this.#table, mutation }).catch(() => {});
  }

  #sendAll() {
    for (const edit of this.#edits.values()) {
      if (!edit.own || !OPEN.has(edit.state)) continue;
      if (this.#live.online) {
        if (!edit.sent) this.#send(edit);
      } else if (edit.state !== 'waiting' || edit.sent) {
        this.#put({ ...edit, state: 'waiting', reason: '', sent: false });
      }
    }
  }

  async #send(edit) {
    if (!this.#live?.online) {
      this.#put({ ...edit, state: 'waiting', sent: false });
      return;
    }
    const { key, mutation, base, fields } = edit;
    this.#put({ ...edit, sent: true, state: edit.state === 'waiting' ? 'saving' : edit.state, reason: '' });
    try {
      this.#answered(edit, await this.#live.rpc('table.edit', { table: this.#table, key, mutation, base, fields }));
    } catch (error) {
      const open = this.#open(edit);
      if (!open) return;
      if (this.#live.online) this.#put({ ...open, state: 'rejected', reason: error.message });
      else this.#put({ ...open, state: 'waiting', reason: '', sent: false });
    }
  }

  /** The edit as it is now, unless it has ended or another took its place. */
  #open({ key, mutation }) {
    const now = this.#edits.get(key);
    return now?.mutation === mutation && OPEN.has(now.state) ? now : null;
  }

  #answered(edit, { state, reason = '', theirs, violations }) {
    const open = this.#open(edit);
    if (!open) return;
    switch (state) {
      case 'confirmed': this.#saved(open); break;
      case 'conflict': this.#put({ ...open, state, theirs }); break;
      case 'invalid': this.#put({ ...open, state, violations }); break;
      case 'rejected': case 'withdrawn': this.#put({ ...open, state: 'rejected', reason }); break;
    }
  }

  #saved(edit) {
    this.#put({ ...edit, state: 'saved' });
    setTimeout(() => {
      if (this.#edits.get(edit.key)?.mutation !== edit.mutation) return;
      this.#edits.delete(edit.key);
      this.#say(edit);
    }, SAVED_MS);
  }

  #whole(statuses) {
    const told = new Set(statuses.map(({ key }) => key));
    statuses.forEach(status => this.#heard(status));
    for (const edit of [...this.#edits.values()]) {
      if (told.has(edit.key)) continue;
      if (!edit.own) {
        this.#edits.delete(edit.key);
        this.#say(edit);
      } else if (edit.sent && OPEN.has(edit.state)) {
        this.#send(edit);
      }
    }
  }

  #heard({ key, state, mutation, fields, theirs, reason }) {
    const known = this.#edits.get(key);
    if (known?.own && known.mutation !== mutation && known.state !== 'saved') return;
    const edit = known?.mutation === mutation ? known : { key, mutation, base: theirs, fields, own: false, sent: true };
    switch (state) {
      case 'SETTLED':
        if (known?.mutation === mutation && OPEN.has(known.state)) this.#saved(known);
        else if (known?.mutation === mutation && !known.own) this.#drop(known);
        break;
      case 'SAVING': case 'WAITING':
        if (!known || known.mutation !== mutation || OPEN.has(known.state)) this.#put({ ...edit, state: state.toLowerCase(), reason });
        break;
      case 'REJECTED': case 'CONFLICT':
        this.#put({ ...edit, state: state.toLowerCase(), theirs, reason });
        break;
    }
  }

  #drop(edit) {
    this.#edits.delete(edit.key);
    this.#say(edit);
  }

  #put(edit) {
    this.#edits.set(edit.key, edit);
    this.#say(edit);
  }

  #say(edit) {
    this.dispatchEvent(new CustomEvent('change', { detail: edit }));
  }
}
