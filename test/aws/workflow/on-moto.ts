import { afterEach, describe } from 'vitest';
import { motoMissing, startMoto } from '../moto.ts';
import { takeAddresses } from './address.ts';
import { createRig, type Rig, type RigOptions } from './rig.ts';

type MakeRig = (options?: Partial<Omit<RigOptions, 'moto' | 'addresses'>>) => Promise<Rig>;

/** A story takes two minutes at most on two idle cores. */
const patienceMs = 1_800_000;

/** Tests of whole cells, each on a moto_server of its own, where there is one; else it is said what was left out. */
export function describeWorkflows(what: string, tests: (makeRig: MakeRig) => void): void {
  const missing = motoMissing();
  console.log(
    missing ? `left out: ${what}: ${missing}` : `${what}: on moto, with the functions as they are deployed`,
  );
  describe.skipIf(missing)(what, { timeout: patienceMs }, () => {
    const ends: (() => Promise<void>)[] = [];
    afterEach(async () => {
      for (const end of ends.splice(0)) await end();
    });
    tests(async (options) => {
      const addresses = await takeAddresses();
      const moto = await startMoto(addresses);
      ends.push(() => moto.stop());
      const rig = await createRig({ moto, addresses, interpreter: 'local', ...options });
      ends.unshift(() => rig.close());
      return rig;
    });
  });
}
