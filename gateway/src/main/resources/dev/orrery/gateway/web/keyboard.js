/** The shell's single keys, the dialog that lists them, and the switch that turns them off. */
import { html } from 'lit';

const KEYS_OFF = 'orrery-single-keys-off';
const FIELDS = 'input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]';
const CONTROLS = 'button, a, input, select, textarea, summary, [role=slider], [role=grid] *, [role=grid], [role=listbox]';

/** What has the focus, also inside shadow roots. */
export function focused() {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element;
}

export class Keyboard {
  /** The application's keys: `{keys, label, does, run}`. */
  keys = [];
  #shell;

  constructor(shell) {
    this.#shell = shell;
    shell.addController(this);
  }

  hostConnected() {
    addEventListener('keydown', this.#pressed);
  }

  hostDisconnected() {
    removeEventListener('keydown', this.#pressed);
  }

  get #off() {
    return localStorage.getItem(KEYS_OFF) === 'true';
  }

  get #all() {
    return [
      ...this.keys,
      { keys: ['t'], label: 't', does: 'change between light and dark', run: () => this.#shell.changeTheme() },
      { keys: ['?'], label: '?', does: 'show this list', run: () => this.open() },
    ];
  }

  #pressed = event => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || this.#off) return;
    const element = focused();
    if (element?.matches(FIELDS) || this.#shell.renderRoot.querySelector('dialog[open]')) return;
    if (event.key === ' ' && element?.matches(CONTROLS)) return;
    const key = this.#all.find(({ keys }) => keys.includes(event.key));
    if (!key) return;
    event.preventDefault();
    key.run(event);
  };

  open() {
    this.#shell.renderRoot.querySelector('#keys').showModal();
  }

  #close() {
    this.#shell.renderRoot.querySelector('#keys').close();
  }

  dialog() {
    return html`
      <dialog id="keys" aria-labelledby="keys-title">
        <h2 id="keys-title">Keys</h2>
        <dl>${this.#all.map(({ label, does }) => html`<dt><kbd>${label}</kbd></dt><dd>${does}</dd>`)}</dl>
        <label><input type="checkbox" .checked=${!this.#off}
          @change=${({ target }) => localStorage.setItem(KEYS_OFF, String(!target.checked))}> Single keys are on</label>
        <div class="row"><button class="button" @click=${() => this.#close()}>Close</button></div>
      </dialog>`;
  }
}
