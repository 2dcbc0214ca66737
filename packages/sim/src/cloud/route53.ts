import type { Dns, DnsRecord, RegionName } from '@evac/core';
import { PortError } from '@evac/core';
import { type CloudContext, makeId, mustBeService } from './context.ts';
import { recordsInPlay } from './weighted.ts';

/** From an accepted change until every authoritative server answers it; AWS says usually within a minute. */
const propagationMs = 2_000;
const maxWeight = 255;

export interface SimulatedRoute53 {
  port: Dns;
  /** One result of the check, from region `from`, of the switch about `watched`; `ok` before inversion. */
  reportSwitch(watched: RegionName, from: RegionName, ok: boolean): void;
  answer(): { region: RegionName; weight: number }[];
  /** As the API lists them. */
  weights(): ReadonlyMap<RegionName, number>;
}

/**
 * The hosted zone of one name: a weighted record a region. A record is healthy while every inverted check of a switch
 * about its region (one in each other region) is healthy, and a check changes its mind after `threshold` results in a
 * row. So a switch that is on takes its region out, and one that cannot be reached leaves it in.
 */
export function createRoute53(
  context: CloudContext,
  regions: { name: RegionName; weight: number }[],
  threshold: number,
): SimulatedRoute53 {
  const { clock } = context;
  /** What the API lists, and what the servers answer once a change has spread. */
  let listed = new Map(regions.map((r) => [r.name, r.weight]));
  let served = listed;
  const checks = new Map<string, { ok: boolean; contrary: number }>();
  const changes = new Map<string, number>();

  function healthy(region: RegionName): boolean {
    return regions.every((from) => !checks.get(checkKey(region, from.name))?.ok);
  }

  function records(weights: Map<RegionName, number>): DnsRecord[] {
    return [...weights].map(([region, weight]) => ({ region, weight, healthy: healthy(region) }));
  }

  const answer = () => recordsInPlay(records(served));

  /** Runs what may alter the answers and tells the timeline if it did. */
  function watching(run: () => void): void {
    const before = JSON.stringify(answer());
    run();
    const after = answer();
    if (JSON.stringify(after) === before) return;
    const shares = after.map((a) => `${a.region} (${a.weight})`).join(', ');
    context.emit({ kind: 'dns-answer', text: `the name now answers ${shares}` });
  }

  function mustHave(region: string): RegionName {
    const known = regions.find((r) => r.name === region);
    if (known) return known.name;
    const names = regions.map((r) => r.name).join(', ');
    throw new PortError('invalid', `no record for region ${region}: there are ${names}`);
  }

  const port: Dns = {
    async records({ service }) {
      mustBeService(context, service);
      return records(listed);
    },
    async setWeights({ service, weights }) {
      mustBeService(context, service);
      const entries = Object.entries(weights);
      if (entries.length === 0) throw new PortError('invalid', 'a change needs at least one weight');
      const next = new Map(listed);
      for (const [name, weight] of entries) {
        const region = mustHave(name);
        if (!Number.isInteger(weight) || weight < 0 || weight > maxWeight) {
          throw new PortError(
            'invalid',
            `the weight of ${name} must be a whole number from 0 to ${maxWeight}, not ${weight}`,
          );
        }
        next.set(region, weight);
      }
      listed = next;
      const change = makeId(context.random, 'C', 13).toUpperCase();
      const delay = propagationMs * context.scale;
      changes.set(change, clock.now() + delay);
      const text = [...next].map(([region, weight]) => `${region} ${weight}`).join(', ');
      context.emit({ kind: 'weights', text: `weights set: ${text}` });
      context.after(delay, () =>
        watching(() => {
          served = next;
        }),
      );
      return { change };
    },
    async inSync({ change }) {
      const at = changes.get(change);
      if (at === undefined) throw new PortError('not-found', `no change ${change}: submit it again`);
      return at <= clock.now();
    },
    async answers({ service }) {
      mustBeService(context, service);
      return answer().map((a) => a.region);
    },
  };

  return {
    port,
    answer,
    weights: () => listed,
    reportSwitch(watched, from, ok) {
      mustHave(watched);
      mustHave(from);
      const key = checkKey(watched, from);
      const check = checks.get(key) ?? { ok: false, contrary: 0 };
      checks.set(key, check);
      check.contrary = ok === check.ok ? 0 : check.contrary + 1;
      if (check.contrary < threshold) return;
      watching(() => {
        check.ok = ok;
        check.contrary = 0;
      });
    },
  };
}

function checkKey(watched: RegionName, from: RegionName): string {
  return `${watched} from ${from}`;
}
