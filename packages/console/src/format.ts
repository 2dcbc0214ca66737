/** "340 ms", "9.3 s", "2 min 5 s": never rounded so far that a limit and its breach look the same. */
export function duration(ms: number): string {
  if (ms < 0) return `-${duration(-ms)}`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 99_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** A duration that was set, not measured: "5 s", not "5.0 s". */
export function setting(ms: number): string {
  return duration(ms)
    .replace('.0 s', ' s')
    .replace(/ min 0 s$/, ' min');
}

/** A duration, or a dash for what did not happen. */
export function durationOr(ms: number | null, dash = '–'): string {
  return ms === null ? dash : duration(ms);
}

/** "00:42", "12:03", "1:00:00" */
export function clock(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / 1_000);
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3_600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

/** "12,034" */
export function count(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

/** "1.2%": never "0.0%" when something failed, nor "100.0%" when something did not. */
export function percent(part: number, whole: number): string {
  if (whole === 0 || part === 0) return '0%';
  if (part === whole) return '100%';
  const share = (100 * part) / whole;
  if (share < 0.1) return '<0.1%';
  if (share > 99.9) return '>99.9%';
  return `${share.toFixed(1)}%`;
}

/** "1 node", "3 nodes" */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** A step's or an outcome's name as words: `launch-replacement` is "Launch replacement". */
export function words(name: string): string {
  const text = name.replaceAll('-', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
