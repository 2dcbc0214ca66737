import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

export interface Moto {
  url: string;
  /** An hour, a second: moto's world lives by this clock, in epoch ms. */
  setTime(ms: number): Promise<void>;
  /** Forgets everything. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

/** Whether `moto_server` can be started here; else why not. */
export function motoMissing(): string | null {
  const folders = (process.env.PATH ?? '').split(delimiter);
  if (folders.some((folder) => existsSync(join(folder, 'moto_server')))) return null;
  return 'moto_server is not on the PATH (pip install "moto[server]")';
}

/** For state machines, events and instances that answer: what machines.py needs. */
export interface MachinesOptions {
  /** Where moto's own calls go, of Lambda functions say. */
  port: number;
  /** The first three bytes of its instances' addresses: `127.9.7`. */
  net: string;
}

/** Starts moto_server on a free port, with what world.py, and perhaps machines.py, mend of it. */
export async function startMoto(machines?: MachinesOptions): Promise<Moto> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOn(await freePort(), machines);
    } catch (error) {
      // Python takes seconds to start, and the port may be somebody else's by then.
      if (attempt === 3) throw error;
    }
  }
}

async function startOn(port: number, machines: MachinesOptions | undefined): Promise<Moto> {
  const folder = await mkdtemp(join(tmpdir(), 'evac-moto-'));
  const clock = join(folder, 'clock');
  const setTime = (ms: number) => writeFile(clock, String(ms / 1_000));
  await setTime(Date.now());
  const url = `http://127.0.0.1:${port}`;
  const child = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], {
    env: {
      ...process.env,
      PYTHONPATH: join(import.meta.dirname, 'moto'),
      PYTHONDONTWRITEBYTECODE: '1',
      // Half a second in each region.
      MOTO_EC2_LOAD_DEFAULT_AMIS: 'false',
      EVAC_MOTO_CLOCK: clock,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      ...(machines && { MOTO_PORT: String(machines.port), EVAC_MOTO_NET: machines.net }),
    },
    stdio: ['ignore', 'ignore', 'pipe'],
    // A shim may stand between us and Python: the whole group is ended.
    detached: true,
  });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-20_000);
  });
  const kill = () => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, 'SIGKILL');
  };
  process.once('exit', kill);
  const deadline = Date.now() + 100_000;
  for (;;) {
    const isUp = await answers(url);
    // Whoever else answers there is not this one.
    const isGone = child.exitCode !== null;
    if (isUp && !isGone) break;
    if (isGone || Date.now() > deadline) {
      kill();
      process.off('exit', kill);
      throw new Error(`moto_server did not start:\n${log}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    url,
    setTime,
    async reset() {
      await fetch(`${url}/moto-api/reset`, { method: 'POST' });
    },
    async stop() {
      process.off('exit', kill);
      const exited = new Promise((resolve) => child.once('exit', resolve));
      kill();
      await exited;
      await rm(folder, { recursive: true });
    },
  };
}

async function answers(url: string): Promise<boolean> {
  return fetch(`${url}/moto-api/data.json`).then(
    (response) => response.ok,
    () => false,
  );
}

/** A port that is nobody else's until it is let go. */
export async function holdPort(): Promise<{ port: number; free(): Promise<void> }> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no free port');
  return {
    port: address.port,
    async free() {
      server.close();
      await once(server, 'close');
    },
  };
}

async function freePort(): Promise<number> {
  const { port, free } = await holdPort();
  await free();
  return port;
}
