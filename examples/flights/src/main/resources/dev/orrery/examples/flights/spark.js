/** The last departures as bars: up when late, down when early, a tick when neither. */
import { html } from 'lit';

const PITCH = 3;
const BAR = 2;
const BASE = 10.5;
const PER_MINUTE = 0.25;
const NOTABLE = 2;
const MOST = 40;
const HEIGHT = 21;

/** The bars of some delays in minutes, oldest first, as three path texts: `late`, `early`, `even`. */
export function bars(delays) {
  const paths = { late: '', early: '', even: '' };
  delays.forEach((delay, index) => {
    const x = index * PITCH;
    const height = Math.max(1, Math.min(MOST, Math.abs(delay)) * PER_MINUTE);
    if (delay > NOTABLE) paths.late += `M${x} ${BASE}v${-height}h${BAR}v${height}z`;
    else if (delay < -NOTABLE) paths.early += `M${x} ${BASE}v${height}h${BAR}v${-height}z`;
    else paths.even += `M${x} ${BASE - 0.5}h${BAR}v1h${-BAR}z`;
  });
  return paths;
}

/** The drawing of at most so many of the newest delays; what it says is said by the row. */
export function spark(delays, most) {
  const { late, early, even } = bars(delays.slice(-most));
  const width = most * PITCH;
  return html`<svg class="spark" width=${width} height=${HEIGHT} viewBox="0 0 ${width} ${HEIGHT}" aria-hidden="true">
    <path class="late" d=${late}></path><path class="early" d=${early}></path><path class="even" d=${even}></path></svg>`;
}
