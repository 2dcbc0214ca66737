import { Worker } from 'node:worker_threads';
import type { RegionName } from '@evac/core';
import type { SharedTime } from './time.ts';

/** A function's failure, as Lambda tells it. */
export class FunctionError extends Error {
  constructor(errorType: string, errorMessage: string) {
    super(errorMessage);
    this.name = errorType;
  }
}

export const functionNames = [
  'decide',
  'fleet',
  'traffic',
  'restart',
  'prove',
  'record',
  'switch',
  'approve',
  'discover',
] as const;
export type FunctionName = (typeof functionNames)[number];

interface Invocation {
  name: FunctionName;
  event: unknown;
}

/** One region's Lambda: its functions in a thread with an environment of its own, one invocation at a time. */
export interface Host {
  invoke(name: FunctionName, event: unknown): Promise<unknown>;
  /** What runs now. */
  running(): Invocation | null;
  /** Ends the thread at once, as it stands: what ran fails as Lambda says it. The next invocation has a new one. */
  kill(): Promise<void>;
  /** Ends it for good, or until the next `kill`. */
  stop(): Promise<void>;
  /** The last lines that the functions have logged. */
  log(): string;
}

export interface HostOptions {
  region: RegionName;
  env: Record<string, string>;
  time: SharedTime;
  /** The name server that every question goes to, `address:port`. */
  names: string;
  /** Of the functions, as bundle.ts makes it. */
  bundle: string;
  /** How long one may run. */
  functionMs: number;
}

export function createHost(options: HostOptions): Host {
  const { env, time, names, bundle, functionMs } = options;
  let log = '';
  let worker = start();
  let current: (Invocation & { fail(error: Error): void }) | null = null;
  let last: Promise<unknown> = Promise.resolve();
  let stopped = false;

  function start(): Worker {
    const made = new Worker(new URL('./thread.ts', import.meta.url), {
      env,
      execArgv: [],
      stdout: true,
      stderr: true,
      workerData: { time, names, bundle, functionMs },
    });
    for (const stream of [made.stdout, made.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        // Metrics are lines of the log too, and many.
        const lines = chunk.toString().split(/(?<=\n)/);
        log = (log + lines.filter((line) => !line.startsWith('{"_aws"')).join('')).slice(-20_000);
      });
    }
    made.on('error', (error) => {
      log += String(error.stack);
      current?.fail(new FunctionError('Runtime.ExitError', String(error)));
    });
    return made;
  }

  async function run(name: FunctionName, event: unknown): Promise<unknown> {
    if (stopped) throw new FunctionError('Runtime.ExitError', 'the function is gone');
    const answer = Promise.withResolvers<unknown>();
    const late = setTimeout(
      () => answer.reject(new FunctionError('Sandbox.Timedout', `${name} took too long`)),
      functionMs,
    );
    const own = worker;
    const onMessage = (message: {
      result?: unknown;
      error?: { errorType: string; errorMessage: string };
    }) => {
      if (message.error) {
        answer.reject(new FunctionError(message.error.errorType, message.error.errorMessage));
      } else answer.resolve(message.result);
    };
    own.on('message', onMessage);
    current = { name, event, fail: answer.reject };
    own.postMessage({ name, event });
    try {
      return await answer.promise;
    } finally {
      clearTimeout(late);
      own.off('message', onMessage);
      current = null;
    }
  }

  return {
    invoke(name, event) {
      const next = last.then(() => run(name, event));
      last = next.catch(() => undefined);
      return next;
    },
    running: () => current,
    async kill() {
      const dying = worker;
      const failed = current;
      worker = start();
      stopped = false;
      await dying.terminate();
      failed?.fail(new FunctionError('Runtime.ExitError', 'the function was killed'));
    },
    async stop() {
      stopped = true;
      const failed = current;
      await worker.terminate();
      failed?.fail(new FunctionError('Runtime.ExitError', 'the function is gone'));
    },
    log: () => log,
  };
}
