/** How the engine band looks: wide and compact, lit, fading, frozen and cold. */
import { css } from 'lit';

export const engineStyles = css`
  :host { min-height: 0; }
  .title { min-height: 42px; padding-top: 8px; position: relative; z-index: 1; }
  .waiting { color: var(--ink2); }
  .chip .revision { font-family: var(--mono); font-size: 12.2px; }
  .chip b { font-weight: 640; }
  .chip b:empty { display: none; }
  .back { min-height: 24px; padding: 0 10px; position: relative; }
  .back::after { content: ''; position: absolute; inset: -4px 0; }
  .score { display: flex; align-items: baseline; gap: 7px; white-space: nowrap; color: var(--ink); }
  .score b { font-size: 20px; line-height: 22px; font-weight: 640; letter-spacing: -0.02em; }
  .score .ran { color: var(--brass); }
  .score .spared { margin-inline-start: 11px; }
  .score span { color: var(--ink3); }

  .band { position: relative; flex: none; height: calc(100% - 42px - 34px); min-height: 246px; }
  .band > svg { position: absolute; inset: 0; }
  text { font: 12px var(--sans); fill: var(--ink3); font-variant-numeric: tabular-nums; }
  text.head { font-size: 13px; font-weight: 600; fill: var(--ink); }
  text.sub { font-size: 12.5px; }
  text.sub.lit { fill: var(--brass); font-weight: 500; }
  text.end { text-anchor: end; }
  text.sub.wrong { fill: var(--err); font-weight: 550; }
  circle.parked { fill: var(--surface); stroke: var(--err); stroke-width: 1.6; }
  .wire { fill: none; stroke: var(--wire); stroke-width: 1; }
  .wire.fan { stroke-opacity: 0.55; }
  .picked { fill: none; stroke: var(--ink3); stroke-width: 1; stroke-opacity: 0.5; }
  .dots { fill: var(--dot); }
  .dots.hollow { fill: var(--surface); stroke: var(--dot); stroke-width: 1; }
  .tile rect { fill: var(--dim-fill); stroke: var(--dim); }
  .tile text { font: 550 11px var(--mono); font-size: 10.5px; text-anchor: middle; fill: var(--ink3); }
  [data-phase=cold] .tile rect { fill: var(--surface); stroke: var(--line2); }
  .tile.ran rect { fill: var(--brass-fill); stroke: var(--brass-stroke); stroke-width: 1.6; }
  .tile.ran text { fill: var(--on-brass); font-weight: 700; }
  circle.badge { fill: var(--surface); stroke: var(--brass-stroke); stroke-width: 1.4; }
  .tile.ran text.badge { font: 700 11px var(--sans); fill: var(--ink); text-anchor: middle; }
  rect.lit { fill: var(--brass-wash); stroke: var(--brass-stroke); stroke-width: 1.6; }
  circle.mark { fill: var(--brass-fill); stroke: var(--brass-stroke); stroke-width: 1.4; }
  .event text { font-size: 12px; }
  .event .position { font-family: var(--mono); font-size: 11.8px; }
  .event.hot text { fill: var(--ink); }
  .event.hot text:nth-child(2) { font-weight: 600; }
  .node rect:not(.took) { stroke: var(--line2); fill: var(--surface); }
  .node rect.lit:not(.took) { fill: var(--brass-wash); stroke: var(--brass-stroke); }
  .node .name, .callout .name { font-size: 12.5px; font-weight: 600; fill: var(--ink); }
  .node .what, .callout .what { font-size: 12px; letter-spacing: -0.012em; }
  .node.hot .what:not(.plain) { fill: var(--brass); }
  .callout rect { fill: var(--surface); stroke: var(--brass-stroke); }
  .callout .what, .node .plain { fill: var(--ink2); }
  .total { font-size: 16px; font-weight: 640; letter-spacing: -0.02em; fill: var(--ink); }
  .part { font-size: 11.5px; fill: var(--ink2); }
  .took { fill: var(--brass-fill); }
  .bar { fill: var(--line); }

  .cone path { fill: none; stroke-linejoin: round; stroke-dasharray: 1; }
  .glow { stroke: var(--brass-fill); stroke-width: 5; stroke-opacity: 0.22; }
  .line { stroke: var(--brass-stroke); stroke-width: 1.6; }
  [data-phase=lit] .cone path { animation: draw 60ms ease-out both; }
  [data-phase=lit] .cone [data-stage='1'] { animation-delay: 60ms; }
  [data-phase=lit] .cone [data-stage='2'] { animation-delay: 120ms; }
  [data-phase=lit] .cone [data-stage='3'] { animation-delay: 180ms; }
  @keyframes draw { from { stroke-dashoffset: 1; } to { stroke-dashoffset: 0; } }
  .cone, .tile.ran, circle.mark, rect.lit, .callout { opacity: 1; }
  [data-phase=fading] :is(.cone, .tile.ran, circle.mark, .callout) { opacity: 0; transition: opacity 500ms; }
  [data-phase=fading] :is(rect.lit, .node rect.lit:not(.took)) { fill: var(--surface); stroke: var(--line2); transition: fill 500ms, stroke 500ms; }

  [data-phase=frozen] .cone .glow { stroke: var(--line2); stroke-opacity: 0.4; }
  [data-phase=frozen] .cone .line, [data-phase=frozen] :is(rect.lit, circle.mark, .callout rect, circle.badge) { stroke: var(--ctl); }
  [data-phase=frozen] .cone path { stroke-dasharray: none; }
  [data-phase=frozen] .node rect.lit:not(.took) { fill: var(--surface); stroke: var(--ctl); }
  [data-phase=frozen] rect.box { fill: var(--sunk); }
  [data-phase=frozen] :is(circle.mark, .took) { fill: var(--line2); }
  [data-phase=frozen] .tile.ran rect { fill: var(--line2); stroke: var(--ctl); }
  [data-phase=frozen] .tile.ran text { fill: var(--ink); }
  [data-phase=frozen] :is(text.sub.lit, .node.hot .what:not(.plain)) { fill: var(--ink3); font-weight: 400; }
  [data-phase=frozen] .score .ran { color: var(--ink2); }

  .why { display: flex; align-items: center; gap: 12px; flex: none; min-height: 34px; padding: 0 14px 16px; color: var(--ink2); }
  .why p { flex: 1; min-width: 0; padding-inline-start: 2px; }
  .as-table { min-height: 24px; }
  .as-table:not(:focus-visible):not([aria-pressed=true]) {
    position: absolute; width: 1px; height: 1px; min-width: 0; min-height: 0; padding: 0; border: 0; overflow: hidden; clip-path: inset(50%);
  }
  .as-text { flex: 1; min-height: 0; overflow: auto; padding: 0 14px 8px; }
  table { width: 100%; border-collapse: collapse; }
  th, td { padding: 6px 10px 6px 0; border-bottom: 1px solid var(--line); text-align: start; font-weight: 400; vertical-align: top; }
  thead th { font-size: 12px; font-weight: 550; color: var(--ink2); }
  td.end, th.end { text-align: end; white-space: nowrap; padding-inline-end: 20px; }

  .compact { padding: 2px 14px 8px; }
  .chips { display: flex; justify-content: space-between; gap: 7px; }
  .chips li {
    position: relative; flex: 1; min-width: 0; display: grid; justify-items: center; padding: 4px 2px 5px; border: 1px solid var(--line2);
    border-radius: 7px; font-size: 11.5px; line-height: 16px; color: var(--ink2); background: var(--surface); white-space: nowrap;
  }
  .chips li + li::before {
    content: ''; position: absolute; inset-inline-end: 100%; top: 50%; width: 8px; height: 1.6px; background: var(--line2);
  }
  .chips b { font-size: 12.5px; font-weight: 600; color: var(--ink); }
  .chips li[data-lit] { background: var(--brass-wash); border-color: var(--brass-stroke); }
  .chips li[data-lit] + li[data-lit]::before { background: var(--brass-stroke); }
  [data-phase=frozen] .chips li[data-lit] { background: var(--surface); border-color: var(--ctl); }
  .beside { display: flex; gap: 24px; align-items: center; justify-content: center; margin-top: 8px; }
  .beside svg { max-width: 100%; height: auto; }
  .beside .tile text { font-size: 12px; }
  .views { display: grid; gap: 10px; flex: 1; max-width: 260px; }
  .views li { display: grid; padding: 6px 12px; border: 1px solid var(--line2); border-radius: 7px; }
  .views li[data-lit] { background: var(--brass-wash); border-color: var(--brass-stroke); }
  .views span { font-size: 12px; color: var(--ink3); }
  .views li[data-lit] span { color: var(--brass); }
  :host([compact]) .panel { height: auto; }
  :host([compact]) .why { flex-wrap: wrap; padding-bottom: 10px; }

  @media (max-width: 599.98px) {
    .title { padding: 8px 14px 4px; }
    .beside .tile text { font-size: 11.5px; }
  }
  @media (forced-colors: active) {
    .line, .glow { stroke: Highlight; }
    .tile.ran rect { fill: Highlight; }
    .tile.ran text { fill: HighlightText; }
  }
`;
