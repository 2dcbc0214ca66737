import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** What importing a module once takes. */
export interface ImportTime {
  /** Of the processor; what else runs on the machine does not count. */
  cpuMs: number;
  wallMs: number;
}

/**
 * In a process of its own, as a function's first run: with a region and nothing else in the environment, so that what a
 * function only does when it is called is not done.
 */
export async function importTime(file: string): Promise<ImportTime> {
  const script = `
    const cpu = process.cpuUsage(), wall = performance.now();
    const { handler } = await import(${JSON.stringify(file)});
    const wallMs = performance.now() - wall, { user, system } = process.cpuUsage(cpu);
    if (typeof handler !== 'function') throw new Error('it exports no handler');
    process.stdout.write(JSON.stringify({ cpuMs: (user + system) / 1000, wallMs }));`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    env: { AWS_REGION: 'us-west-2' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, error] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk));
  child.stderr.on('data', (chunk: Buffer) => (error += chunk));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${file} cannot be imported: ${error.trim()}`);
  const time: ImportTime = JSON.parse(out);
  return time;
}

/** The middle one of several, by each measure. */
export function medianOf(times: readonly ImportTime[]): ImportTime {
  const middle = (of: (time: ImportTime) => number) =>
    times.map(of).toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
  return { cpuMs: middle((t) => t.cpuMs), wallMs: middle((t) => t.wallMs) };
}
