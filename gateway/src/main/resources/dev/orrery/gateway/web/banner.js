/** What the row between header and page says of the connection; nothing while there is nothing to say. */
import { html, nothing } from 'lit';
import { clock, count, counted, duration } from './format.js';
import { now } from './live.js';

const NO_ANSWER_MS = 60_000;

export function connectionBanner({ live, lostAt, phase, missed, revision, waiting, calm, noAnswer }) {
  switch (live.state) {
    case 'reconnecting': return lost(live, lostAt, revision, waiting, noAnswer);
    case 'refused': return html`<div class="note error"><p><strong>The server refused this page.</strong> ${live.refusal}</p></div>`;
    case 'catching-up': return note('Back. Catching up.');
  }
  switch (phase) {
    case 'behind': return note(`Back. Catching up: ${counted(missed, 'revision')}.`);
    case 'fresh': return note('The server no longer keeps what this page missed. Loaded a fresh copy.');
    case 'done': return note('Up to date.');
  }
  return calm();
}

function lost(live, lostAt, revision, waiting, noAnswer) {
  const since = live.receivedAt ?? lostAt;
  const shown = revision === null
    ? html`You are looking at what came by ${clock(since)}, ${duration(now() - since)} ago.`
    : html`You are looking at revision ${count(revision)}, received ${clock(since)}, ${duration(now() - since)} ago.`;
  return html`
    <div class="note warning">
      <span class="ring" aria-hidden="true"></span>
      <p><strong>Connection lost.</strong> ${shown} Nothing is lost: the page resumes from there.
        ${now() - lostAt > NO_ANSWER_MS
          ? html`Still no answer. ${noAnswer}`
          : nothing}</p>
      ${waiting ? html`<span>${counted(waiting, 'edit')} ${waiting === 1 ? 'waits' : 'wait'} to be sent</span>` : nothing}
      <button class="button" @click=${() => live.reconnect()}>Reconnect now</button>
    </div>`;
}

/** A calm note: what the page says when all is well. */
export function note(text) {
  return html`<div class="note"><p>${text}</p></div>`;
}
