/** The one cell that can be edited, in each of its states, and the line that says why an edit is not saved. */
import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';

/** What an edit shows in the cell: its text, until it is saved or given up. */
export function nameOf(row, edit) {
  return edit && edit.state !== 'saved' ? edit.fields.name ?? row.name : row.name;
}

export function isRefused(edit) {
  return edit?.state === 'rejected' || edit?.state === 'invalid' || edit?.state === 'conflict';
}

/** Whether the row has a second line. */
export function hasReason(edit) {
  return isRefused(edit) || (edit?.state === 'waiting' && Boolean(edit.reason));
}

/** The name at rest: the text, and in one word how it stands. */
export function nameText(row, edit) {
  const name = nameOf(row, edit);
  return html`<span class="name" data-state=${edit?.state ?? nothing} title=${name}>${name}</span>${word(edit)}`;
}

function word(edit) {
  if (isRefused(edit)) return html` <b class="not-saved">not saved</b>`;
  if (edit?.state === 'saving' || edit?.state === 'waiting') return html` <span class="word">${edit.state}</span>`;
  return nothing;
}

/** The field: all of the text selected once it is there, nothing changes it but its author. */
export function field({ iata }, draft, { input, keydown }) {
  return html`<input class="field" aria-label=${`Name of ${iata}`} autocomplete="off" spellcheck="false"
    .value=${live(draft)} @input=${input} @keydown=${keydown}>`;
}

/** Why an edit is not saved, and what can be done. */
export function reason(edit, id, { edit: again, discard, insist }) {
  switch (edit.state) {
    case 'conflict':
      return line(id, 'Changed elsewhere while you typed.',
        ` The file now says “${edit.theirs?.name ?? ''}”; yours says “${edit.fields.name}”.`,
        action('Save mine', insist), action('Keep theirs', discard));
    case 'invalid':
      return line(id, 'Not saved.', ` ${edit.violations.map(sentence).join(' ')}`, action('Edit', again), action('Discard', discard));
    case 'waiting':
      return line(id, 'Not saved yet.', ` ${fromSource(edit.reason)} Trying again.`, action('Discard', discard));
    default:
      return line(id, 'Not saved.', ` ${stopped(edit.reason)}`, action('Edit', again), action('Discard', discard));
  }
}

function line(id, strong, text, ...actions) {
  return html`<span id=${id}><b>${strong}</b>${text}</span> <span class="actions">${actions}</span>`;
}

function action(name, run) {
  return html`<button class="link" tabindex="-1" @click=${run}>${name}</button> `;
}

/** A broken rule as a sentence: `A name has 1 to 80 characters.` */
export function sentence({ path, rule }) {
  return stopped(`${/^[aeiou]/.test(path) ? 'An' : 'A'} ${path} ${rule}`);
}

/** What the source says of itself, its path left out: `The airports file cannot be written: disk full.` */
export function fromSource(reason) {
  return stopped(reason.replace(/^\S*airports\S*(?= )/, 'The airports file'));
}

function stopped(text) {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
