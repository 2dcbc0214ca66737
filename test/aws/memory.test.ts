import { afterAll, beforeAll, describe } from 'vitest';
import { dnsContract } from '../contract/dns.ts';
import { racesContract } from '../contract/races.ts';
import { storeContract } from '../contract/store.ts';
import { switchContract } from '../contract/switch.ts';
import { createMemoryWorld } from './memory-world.ts';
import { type Moto, motoMissing, startMoto } from './moto.ts';
import { createRaces } from './races-world.ts';
import { inTrouble } from './trouble.ts';

const missing = await motoMissing();
if (missing) {
  console.log(`left out: store, switch and dns of the AWS adapters on moto: ${missing}`);
} else {
  console.log(
    'store, switch and dns keep the contract on moto_server, also with every third call in trouble',
  );
  console.log(
    'stood in for there: Route 53’s checkers and its name servers, and the one change that it must not know',
  );
}

describe.skipIf(missing)('store, switch and dns on moto', () => {
  let moto: Moto;
  beforeAll(async () => {
    moto = await startMoto();
  });
  afterAll(() => moto?.stop());

  describe('left alone', () => {
    const makeWorld = () => createMemoryWorld(moto);
    storeContract(makeWorld);
    switchContract(makeWorld);
    dnsContract(makeWorld);
  });

  describe('two writers at once', () => {
    racesContract(() => createRaces(moto), 15);
  });

  describe('with every third call throttled, refused, cut off or lost after it was done', () => {
    const makeWorld = async () => {
      const world = await createMemoryWorld(moto);
      world.proxy.interferences.push(inTrouble());
      return world;
    };
    storeContract(makeWorld);
    switchContract(makeWorld);
    dnsContract(makeWorld);
  });
});
