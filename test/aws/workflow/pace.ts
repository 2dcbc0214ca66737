/** Steps run while time stands, and time passes while no step runs. */
export interface Pace {
  /** Runs a step, once nothing passes. */
  step<T>(run: () => Promise<T>): Promise<T>;
  /** Lets so much time pass, and then what comes with it, once no step runs; `last` unless more passes at once. */
  pass(ms: number, last?: boolean): Promise<void>;
  /** When nothing passes any more. */
  still(): Promise<void>;
}

/** `goOn` sets the clock; `lookAround` brings what is known up to it: before that, all evidence is old. */
export function createPace(
  goOn: (ms: number) => Promise<void>,
  lookAround: (last: boolean) => Promise<void>,
): Pace {
  let passing: Promise<void> = Promise.resolve();
  const steps = new Set<Promise<unknown>>();

  async function still(): Promise<void> {
    for (let seen = null; seen !== passing; ) {
      seen = passing;
      await seen;
    }
  }

  return {
    still,
    async step(run) {
      await still();
      const running = run();
      const tracked = running.catch(() => undefined).finally(() => steps.delete(tracked));
      steps.add(tracked);
      return running;
    },
    pass(ms, last = true) {
      const next = passing.then(async () => {
        await Promise.all(steps);
        await goOn(ms);
        await lookAround(last);
      });
      passing = next.catch(() => undefined);
      return next;
    },
  };
}
