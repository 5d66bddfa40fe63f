/** How the console writes numbers, durations and times: thousands separators, and a real minus sign. */
const MINUS = '−';
const digits = Array.from({ length: 4 }, (_, places) => new Intl.NumberFormat('en-US', {
  minimumFractionDigits: places,
  maximumFractionDigits: places,
}));
const timeOfDay = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });
const day = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short', day: '2-digit', month: 'short', year: 'numeric', timeZone: 'UTC',
});

/** A number with a fixed count of decimals, up to three: `12,579.0`. */
export function fixed(number, places) {
  const text = digits[places].format(number);
  if (!text.startsWith('-')) return text;
  return Number(text.replaceAll(',', '')) === 0 ? text.slice(1) : MINUS + text.slice(1);
}

/** A whole number: `12,579`. */
export function count(number) {
  return fixed(number, 0);
}

/** A whole number with its sign, none for zero: `+72`, `−23`, `0`. */
export function signed(number) {
  return number > 0 ? `+${count(number)}` : count(number);
}

/** A count with its noun: `1 edit`, `2 edits`. */
export function counted(number, one, many = `${one}s`) {
  return `${count(number)} ${number === 1 ? one : many}`;
}

/** Milliseconds to read at a glance: a tenth while there are few, none from a hundred on. */
export function millis(number) {
  return fixed(number, Math.abs(number) < 99.95 ? 1 : 0);
}

/** A size: bytes to a thousand, from there on KB with a tenth. */
export function size(bytes) {
  return bytes < 1_000 ? counted(bytes, 'byte') : `${fixed(bytes / 1_000, 1)} KB`;
}

/** Milliseconds as whole seconds, past a minute as minutes too: `14 s`, `1 min 20 s`. */
export function duration(millis) {
  const seconds = Math.max(0, Math.floor(millis / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const rest = seconds % 60;
  return `${count((seconds - rest) / 60)} min${rest ? ` ${rest} s` : ''}`;
}

/** The local time of day of a moment: `17:42:08`. */
export function clock(millis) {
  return timeOfDay.format(millis);
}

/** The local day and time a text like `2001/02/27 12:13` names, in parts to show: `Tue, 27 Feb 2001` and `12:13`. */
export function dayAndTime(text) {
  const [date, time] = text.split(' ');
  const [year, month, dayOfMonth] = date.split('/').map(Number);
  const parts = Object.fromEntries(
    day.formatToParts(Date.UTC(year, month - 1, dayOfMonth)).map(({ type, value }) => [type, value]));
  return { weekday: parts.weekday, day: parts.day, month: parts.month, year: parts.year, time };
}
