/** How the board looks, in each of its states and widths. */
import { css } from 'lit';

export const boardStyles = css`
  :host { min-height: 0; }
  .scroll { flex: 1; min-height: 0; overflow: auto; overflow-anchor: none; scrollbar-width: thin; position: relative; }
  [role=row], .line {
    display: grid; align-items: center; padding: 0 14px; min-height: 32px; position: relative;
    grid-template-columns: 198px minmax(0, 1fr) 44px 78px 80px 96px 44px;
  }
  .header {
    position: sticky; top: 0; z-index: 4; min-height: 27px; background: var(--surface); border-bottom: 1px solid var(--line2);
    color: var(--ink2); font-size: 12px; line-height: 16px; font-weight: 550;
  }
  .header [data-sorts] { cursor: pointer; }
  .header [data-sorted] { color: var(--ink); font-weight: 600; }
  .n { text-align: end; }
  .rows [role=row], .line { border-bottom: 1px solid var(--line); background: var(--surface); }
  [role=gridcell], [role=columnheader] { min-width: 0; white-space: nowrap; line-height: 31px; }
  [role=columnheader] { line-height: 26px; }
  [role=gridcell]:focus-visible, [role=columnheader]:focus-visible { outline-offset: -2px; border-radius: 4px; }
  .c-iata { display: flex; align-items: center; min-width: 0; padding-inline-end: 8px; }
  .header .c-iata { display: block; }
  .rows .c-iata { cursor: text; }
  .c-iata .code { flex: none; width: 38px; }
  .text { min-width: 0; overflow: hidden; text-overflow: ellipsis; }
  .c-city { overflow: hidden; text-overflow: ellipsis; padding-inline-end: 8px; }
  .c-departures, .c-mean { font-size: 13.5px; }
  .header :is(.c-departures, .c-mean) { font-size: 12px; }
  .c-mean .swatch { display: inline-block; vertical-align: 0; margin-inline-end: 3px; }
  .c-last { padding-inline-start: 12px; }
  .c-seen { color: var(--ink2); }
  .header .c-seen { color: inherit; }
  .late { fill: var(--delay-4); }
  .early { fill: var(--delay-1); }
  .even { fill: var(--ctl); }

  .rows [data-hot] { background: var(--brass-wash); }
  .rows [data-hot]::before, .rows [data-refused]::before { content: ''; position: absolute; inset: 0 auto 0 0; width: 3px; background: var(--brass-fill); }
  .rows [data-refused] { background: var(--err-wash); }
  .rows [data-refused]::before { background: var(--err); }

  .name[data-state=saving], .name[data-state=waiting], .name[data-state=saved] { border-bottom: 1.5px dashed var(--brass); }
  .name[data-state=saved] { border-color: transparent; transition: border-color 400ms; }
  .word { margin-inline-start: 4px; font-size: 12px; color: var(--ink3); }
  .not-saved { color: var(--err); font-weight: 600; }
  .field {
    flex: 1; min-width: 0; height: 28px; margin-inline: -8px 0; padding: 0 6px; border: 2px solid var(--focus); border-radius: 6px;
    background: var(--surface); color: var(--ink); font: inherit;
  }
  .field:focus-visible { outline: none; }
  .reason {
    grid-column: 1 / -1; padding: 3px 0 11px 44px; white-space: normal; line-height: 17px; overflow: hidden;
    animation: unfold 160ms ease-out;
  }
  .reason > span > b { font-weight: 600; }
  .reason.refused > span > b { color: var(--err); }
  .actions { white-space: nowrap; }
  .actions .link { position: relative; margin-inline-end: 4px; line-height: 17px; }
  .actions .link::after { content: ''; position: absolute; inset: -5px -2px; }
  @keyframes unfold { from { max-height: 0; padding-block: 0; } to { max-height: 60px; } }

  .empty { padding: 20px 14px; color: var(--ink2); }
  .line .skeleton { height: 10px; width: 60%; }
  .line .c-iata .skeleton { width: 125px; }
  .line .c-iata .code-bar { width: 30px; margin-inline-end: 3px; }
  .line .c-iata [data-length='1'] { width: 100px; }
  .line .c-iata [data-length='2'] { width: 118px; }
  .line .c-iata [data-length='3'] { width: 135px; }
  .line .c-city .skeleton { width: 70px; }
  .line .c-state .skeleton { width: 18px; }
  .line .c-departures .skeleton { width: 26px; }
  .line .c-mean .skeleton { width: 34px; }
  .line .c-last .skeleton { width: 70px; }
  .line .c-seen .skeleton { width: 34px; }

  @media (min-width: 1280px) and (max-width: 1399.98px) {
    [role=row], .line { grid-template-columns: 160px minmax(0, 1fr) 44px 78px 80px 84px; }
  }
  :host([phone]) [role=row], :host([phone]) .line { grid-template-columns: minmax(0, 1fr); min-height: 48px; }
  :host([phone]) .header { position: absolute; width: 1px; height: 1px; min-height: 0; overflow: hidden; clip-path: inset(50%); }
  :host([phone]) .panel { height: auto; }
  :host([phone]) .scroll { height: 336px; flex: none; border-top: 1px solid var(--line); }
  :host([phone]) .c-iata { gap: 10px; padding: 0; line-height: 18px; }
  :host([phone]) .c-iata .code { align-self: start; padding-top: 5px; width: 28px; }
  .two { display: grid; flex: 1; min-width: 0; }
  .two .text, .place { overflow: hidden; text-overflow: ellipsis; }
  .place { color: var(--ink2); }
  .figures { display: grid; width: 52px; }
  :host([phone]) .figures > span { line-height: 18px; padding: 0; }
  :host([phone]) .field { height: 28px; margin-inline: -8px 0; }
  :host([phone]) .reason { padding-inline-start: 38px; }
  :host([phone]) .link { padding-block: 13px; }
`;
