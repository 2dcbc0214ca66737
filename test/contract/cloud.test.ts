import { systemClock } from '@evac/sim';
import FakeTimers from '@sinonjs/fake-timers';
import { describe } from 'vitest';
import { balancerContract } from './balancer.ts';
import { startCloudWorld } from './cloud-world.ts';
import { dnsContract } from './dns.ts';
import { fleetContract } from './fleet.ts';
import { restartContract } from './restart.ts';
import { storeContract } from './store.ts';
import { switchContract } from './switch.ts';
import type { MakeWorld } from './world.ts';
import { zonalShiftContract } from './zonal-shift.ts';

const makeWorld: MakeWorld = async () => {
  const timers = FakeTimers.install({
    now: 1_000_000_000_000,
    toFake: ['setTimeout', 'clearTimeout', 'Date'],
  });
  const world = await startCloudWorld(systemClock(), 1);
  return {
    ...world.seen(world.cloud.ports),
    async pass(ms) {
      await timers.tickAsync(ms);
    },
    async close() {
      await world.stop();
      timers.uninstall();
    },
  };
};

describe('the simulated cloud in virtual time', () => {
  fleetContract(makeWorld);
  balancerContract(makeWorld);
  zonalShiftContract(makeWorld);
  restartContract(makeWorld);
  dnsContract(makeWorld);
  switchContract(makeWorld);
  storeContract(makeWorld);
});
