import type { Invariant, Truth } from '../contract.ts';
import { isAct, isCall } from './call.ts';
import { createDnsPicture, type DnsPicture } from './dns-picture.ts';
import type { Ledger } from './ledger.ts';
import { sayMs, sayWhat, sayWho } from './say.ts';
import { type Standing, standingIn } from './standing.ts';
import { hear, toldSoFar } from './told.ts';

/** The last act of each kind in each region: what to quote. */
type LastActs = Map<string, { at: number; text: string }>;

/**
 * Whatever was suspended, shifted or scaled for a move is put back: at the end AZRebalance runs, groups have their zones
 * and size, no zone is shifted away, and weights and switches are as configured. What belongs to a zone that is held
 * empty, or to a region that was failed over and waits for its fail-back, is owed and not missing. What a move that failed
 * has named as not undone is for the person whom it called.
 */
export const putBack = (): Invariant => {
  const last: LastActs = new Map();
  const zones = new Map<string, readonly string[]>();
  let dns: DnsPicture | null = null;
  return {
    name: 'put-back',
    after(call, ended, truth) {
      hear(call, ended, truth);
      dns ??= createDnsPicture(truth.scene);
      if ('error' in ended || !isAct(call)) return null;
      dns.note(call);
      if (isCall(call, 'fleet', 'setZones')) zones.set(call.region, call.ask.zones);
      last.set(`${call.region} ${call.port}.${call.method}`, {
        at: call.at,
        text: `${sayWho(call.by)} made ${sayWhat(call)}`,
      });
      return null;
    },
    end(truth) {
      const { ledger } = toldSoFar(truth);
      const picture = dns ?? createDnsPicture(truth.scene);
      const standing = new Map(
        truth.scene.world.regions.map((r): [string, Standing] => [
          r.name,
          standingIn(ledger, r.name, picture),
        ]),
      );
      return [
        ...truth.view().regions.flatMap((region) => {
          const owed = standing.get(region.name) ?? { evacuations: [], failovers: [] };
          const world = truth.scene.world.regions.find((r) => r.name === region.name);
          const held = owed.evacuations.flatMap(({ subject }) =>
            subject.kind === 'zone' ? [subject.zone] : [],
          );
          const own = world?.zones.map((z) => z.name) ?? [];
          const size = (world?.nodesPerZone ?? 0) * own.length;
          const listed = zones.get(region.name) ?? own;
          const isOwed = owed.evacuations.length + owed.failovers.length > 0;
          const isNamed = (...steps: string[]) => isForAPerson(ledger, region.name, steps);
          const say = (wrong: string, ...methods: string[]) =>
            `${wrong} in ${region.name} at the end${quote(last, region.name, methods, truth)}`;
          return [
            ...(region.suspended.length > 0 && held.length === 0 && !isNamed('suspend-rebalance')
              ? [say(`${region.suspended.join(', ')} is still suspended`, 'fleet.suspend', 'fleet.resume')]
              : []),
            ...own
              .filter(
                (zone) =>
                  !listed.includes(zone) &&
                  !held.includes(zone) &&
                  !isNamed('keep-launches-out', 'restore-zones'),
              )
              .map((zone) => say(`the group still launches nothing in ${zone}`, 'fleet.setZones')),
            ...(region.desired !== size && !isOwed && !isNamed('make-room', 'pre-scale', 'launch')
              ? [
                  say(
                    `the group is asked for ${region.desired} nodes, ${size} were configured`,
                    'fleet.setDesired',
                    'fleet.launch',
                    'fleet.terminate',
                    'fleet.keep',
                  ),
                ]
              : []),
            ...region.zones
              .filter(
                (zone) => zone.shifted && !held.includes(zone.name) && !isNamed('shift', 'return-traffic'),
              )
              .map((zone) =>
                say(`${zone.name} is still shifted away`, 'zonalShift.start', 'zonalShift.extend'),
              ),
          ];
        }),
        ...leftInDns(truth, picture, standing, ledger, last),
      ];
    },
  };
};

/** What a move does to DNS. */
const turns = ['flip', 'share', 'switch-off'];

/**
 * A move of this store that failed has named one of these steps as not undone; or it has begun to end the old node and
 * does not know whether it did: then nobody knows how many nodes there should be.
 */
function isForAPerson(ledger: Ledger, region: string, steps: string[]): boolean {
  return ledger.incidents(region).some(({ outcome, events }) => {
    const said = events.findLast((e) => e.step === 'close')?.text.split('Could not be undone: ')[1];
    const named = said?.split('; ').map((effect) => effect.split(/[ :]/)[0] ?? '') ?? [];
    const retire = events.filter((e) => e.step === 'retire').map((e) => e.phase);
    if (retire.includes('intent') && !retire.includes('done')) named.push('launch');
    return outcome === 'failed' && named.some((step) => steps.includes(step));
  });
}

function leftInDns(
  truth: Truth,
  dns: DnsPicture,
  standing: Map<string, Standing>,
  ledger: Ledger,
  last: LastActs,
): string[] {
  const out = (cell: string) =>
    (standing.get(cell)?.failovers ?? []).map((i) => i.subject.region).map(String);
  return truth.scene.world.regions.flatMap(({ name, weight }) => {
    const isOut = [...standing.keys()].some((cell) => out(cell).includes(name));
    const standsIn = out(name).length > 0;
    const present = dns.weights().get(name) ?? 0;
    return [
      ...dns
        .switchedOffBy(name)
        .filter((home) => !out(home).includes(name) && !isForAPerson(ledger, home, turns))
        .map(
          (home) =>
            `the switch about ${name} is still on in ${home} at the end${quote(last, home, ['switch.write'], truth)}`,
        ),
      ...(present !== weight &&
      !isOut &&
      !standsIn &&
      ![...standing.keys()].some((home) => isForAPerson(ledger, home, turns))
        ? [
            `the DNS weight of ${name} is ${present} at the end, ${weight} was configured${[...standing.keys()].map((cell) => quote(last, cell, ['dns.setWeights'], truth)).join('')}`,
          ]
        : []),
    ];
  });
}

/** "; last, 5m before: step … made …", of these methods. */
function quote(last: LastActs, region: string, methods: string[], { now }: Truth): string {
  const acts = methods.flatMap((method) => last.get(`${region} ${method}`) ?? []);
  const latest = acts.toSorted((a, b) => b.at - a.at)[0];
  return latest ? `; last, ${sayMs(now - latest.at)} before: ${latest.text}` : '; no act of ours did that';
}
