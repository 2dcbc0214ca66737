import { describe, expect, it } from 'vitest';
import { rememberFailure } from './remember-failure.ts';

/** A port whose methods answer as the test says, on a clock that the test turns. */
function createPatient(forMs = 5_000) {
  let now = 0;
  let broken = true;
  let gate: Promise<void> = Promise.resolve();
  const calls: string[] = [];
  const answer = (method: string) => async (ask: { of: string }) => {
    calls.push(`${method} ${ask.of}`);
    const hold = gate;
    gate = Promise.resolve();
    await hold;
    if (broken) throw new Error(`${method} does not answer`);
    return `${method} of ${ask.of}`;
  };
  const port = { read: answer('read'), list: answer('list'), region: 'us-east-1' };
  const clock = { now: () => now, sleep: () => Promise.resolve() };
  return {
    port: rememberFailure(port, clock, forMs),
    calls,
    pass: (ms: number) => {
      now += ms;
    },
    /** Holds the next call until the returned function is called. */
    holdNext() {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return resolve;
    },
    mend: () => {
      broken = false;
    },
  };
}

describe('a call that failed', () => {
  it('is not made again for a while, and rejects with the same error', async () => {
    const { port, calls, pass } = createPatient();
    await expect(port.read({ of: 'a' })).rejects.toThrow('read does not answer');
    pass(4_999);
    await expect(port.read({ of: 'b' })).rejects.toThrow('read does not answer');
    expect(calls).toEqual(['read a']);
  });

  it('is remembered from when it was made: frozen with its function, it may fail long afterwards', async () => {
    const { port, calls, pass, holdNext } = createPatient();
    const thaw = holdNext();
    const frozen = port.read({ of: 'a' });
    pass(60_000);
    thaw();
    await expect(frozen).rejects.toThrow();
    await expect(port.read({ of: 'b' })).rejects.toThrow();
    expect(calls).toEqual(['read a', 'read b']);
  });

  it('is made again after that', async () => {
    const { port, calls, pass } = createPatient();
    await expect(port.read({ of: 'a' })).rejects.toThrow();
    pass(5_000);
    await expect(port.read({ of: 'b' })).rejects.toThrow();
    pass(4_999);
    await expect(port.read({ of: 'c' })).rejects.toThrow();
    expect(calls).toEqual(['read a', 'read b']);
  });

  it('is forgotten when one like it succeeds', async () => {
    const { port, calls, mend, holdNext } = createPatient();
    const release = holdNext();
    const succeeding = port.read({ of: 'a' });
    await expect(port.read({ of: 'b' })).rejects.toThrow();
    mend();
    release();
    expect(await succeeding).toBe('read of a');
    expect(await port.read({ of: 'c' })).toBe('read of c');
    expect(calls).toEqual(['read a', 'read b', 'read c']);
  });

  it('does not stand in the way of other calls', async () => {
    const { port, calls, mend } = createPatient();
    await expect(port.read({ of: 'a' })).rejects.toThrow();
    mend();
    expect(await port.list({ of: 'a' })).toBe('list of a');
    expect(port.region).toBe('us-east-1');
    expect(calls).toEqual(['read a', 'list a']);
  });
});
