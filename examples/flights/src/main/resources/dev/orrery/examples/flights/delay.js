/** A mean delay in minutes as one of seven steps, early to late; upper bounds are exclusive. The tokens `--delay-0` … are theirs. */
export const BOUNDS = [-5, 0, 5, 10, 15, 20];

export function step(minutes) {
  const above = BOUNDS.findIndex(bound => minutes < bound);
  return above < 0 ? BOUNDS.length : above;
}
