/**
 * The sum of each named metric over its label sets, from Prometheus' text format
 * (https://prometheus.io/docs/instrumenting/exposition_formats/). A name that does not occur is not in the result.
 */
export function sumMetrics(text: string, names: ReadonlySet<string>): Map<string, number> {
  const sums = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const name = /^[a-zA-Z_:][a-zA-Z0-9_:]*/.exec(line)?.[0];
    if (name === undefined || !names.has(name)) continue;
    const value = parseValue(line.slice(name.length).trimStart());
    if (value !== null) sums.set(name, (sums.get(name) ?? 0) + value);
  }
  return sums;
}

/** A label's value may hold spaces, braces and escaped quotes. */
const labels = /^\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\}/;

function parseValue(afterName: string): number | null {
  const [value] = afterName.replace(labels, '').trim().split(/\s+/, 1);
  if (value === undefined || value === '') return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}
