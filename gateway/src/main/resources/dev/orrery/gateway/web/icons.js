/** The shell's own drawings: 20 px, strokes of 1.5 px. */
import { html, svg } from 'lit';

/** An icon of a section or a button, from its paths. */
export const icon = paths => html`
  <svg width="20" height="20" viewBox="0 0 20 20" fill="none" stroke="currentColor" stroke-width="1.5"
    stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${paths}</svg>`;

/** Two orbits, and one arm from the outer planet through the sun to the inner one. The arm is what a step turns. */
export const MARK = html`
  <svg class="mark" width="28" height="28" viewBox="0 0 28 28" fill="none" aria-hidden="true">
    <g stroke="var(--ink)" stroke-width="1.5">
      <circle cx="14" cy="14" r="12.2"></circle>
      <circle cx="14" cy="14" r="7"></circle>
    </g>
    <g class="arm">
      <path d="M22.6 5.4 9.05 18.95" stroke="var(--ink)" stroke-width="1.5"></path>
      <circle cx="22.6" cy="5.4" r="2.9" fill="var(--ink)"></circle>
      <circle cx="9.05" cy="18.95" r="2.3" fill="var(--brass-fill)"></circle>
    </g>
    <circle cx="14" cy="14" r="3.2" fill="var(--brass-fill)"></circle>
  </svg>`;

export const THEME = html`
  <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
    <circle cx="8" cy="8" r="4.75" fill="none" stroke="currentColor" stroke-width="1.5"></circle>
    <path d="M8 3.25a4.75 4.75 0 0 1 0 9.5z" fill="currentColor"></path>
  </svg>`;

export const MORE = html`
  <svg width="20" height="20" viewBox="0 0 20 20" fill="currentColor" aria-hidden="true">
    <circle cx="4.5" cy="10" r="1.7"></circle><circle cx="10" cy="10" r="1.7"></circle><circle cx="15.5" cy="10" r="1.7"></circle>
  </svg>`;

export const FLIGHTS = icon(svg`
  <path d="M10 2.2c.9 0 1.4 1 1.4 2.2v3.4l6.1 3.7v1.7l-6.1-1.8v3.7l1.9 1.4v1.3L10 17l-3.3.8v-1.3l1.9-1.4v-3.7l-6.1 1.8v-1.7l6.1-3.7V4.4c0-1.2.5-2.2 1.4-2.2z"></path>`);
