import { afterAll, beforeAll, describe } from 'vitest';
import { balancerContract } from '../contract/balancer.ts';
import { fleetContract } from '../contract/fleet.ts';
import { restartContract } from '../contract/restart.ts';
import { zonalShiftContract } from '../contract/zonal-shift.ts';
import { type Moto, motoMissing, startMoto } from './moto.ts';
import type { Interference } from './proxy.ts';
import { createMotoWorld } from './world.ts';

/** The contract of fleet, balancer, zonal shift and restart over the AWS adapters, on a moto_server of its own. */
export function describeOnMoto(how: string, inTheWay: () => Interference[]): void {
  const missing = motoMissing();
  const ports = `fleet, balancer, zonal shift and restart of the AWS adapters on moto, ${how}`;
  if (missing) console.log(`left out: ${ports}: ${missing}`);
  else {
    console.log(`${ports}: all of the contract, as test/aws/moto/world.py mends moto`);
    console.log('left to scripted answers in packages/aws/src: LaunchInstances; by test/aws/arc.ts: ARC');
  }

  describe.skipIf(missing)(`the AWS adapters on moto, ${how}`, () => {
    let moto: Moto;
    beforeAll(async () => {
      moto = await startMoto();
    });
    afterAll(() => moto.stop());
    const makeWorld = () => createMotoWorld(moto, inTheWay());

    fleetContract(makeWorld);
    balancerContract(makeWorld);
    zonalShiftContract(makeWorld);
    restartContract(makeWorld);
  });
}
