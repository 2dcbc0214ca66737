import {
  type Candidate,
  type MoveName,
  moveNames,
  nodeId,
  PortError,
  type RegionName,
  type ServiceSettings,
  type Subject,
  type Target,
  type Verb,
} from '@evac/core';
import type { Cell } from '../contract.ts';

/** What a person writes, and Evac has not checked. */
type Ask = Readonly<Record<string, unknown>>;

const known = ['service', 'move', 'verb', 'region', 'zone', 'node', 'reason', 'by'];
const example = '{"service": "llm", "zone": "us-west-2a", "reason": "the lights flicker"}';

/**
 * A person's request as a candidate: service, reason, and the node, zone or region that it is about; `verb` is recover
 * unless it says force. `move` may be left out where a state machine was started, which is one move's. Rejects with a
 * PortError `invalid` whose sentence names everything that is missing or unknown, with what there is.
 */
export async function readRequest(cell: Cell, ask: unknown, machine?: MoveName): Promise<Candidate> {
  if (typeof ask !== 'object' || ask === null || Array.isArray(ask)) {
    throw invalid([`a request is an object such as ${example}`]);
  }
  const fields: Ask = Object.fromEntries(Object.entries(ask));
  const mistakes = Object.keys(fields).flatMap((name) =>
    known.includes(name) ? [] : [`${name} is nothing that a request has: there are ${known.join(', ')}`],
  );
  const say = (mistake: string): null => {
    mistakes.push(mistake);
    return null;
  };
  const move = moveOf(fields, machine ?? null, say);
  const verb = verbOf(fields, say);
  const reason = textOf(fields.reason) ?? say('reason is missing: why, in a sentence for the record');
  const service = serviceOf(fields, cell, say);
  const targets = service ? await cell.ports.store.readTargets({ service: service.name }) : [];
  const subject = service && move ? subjectOf(fields, move, cell.region, service, targets, say) : null;
  if (!move || !verb || !reason || !service || !subject || mistakes.length > 0) throw invalid(mistakes);
  return {
    move,
    service: service.name,
    subject,
    verb,
    by: textOf(fields.by) ?? 'a person',
    because: reason,
    since: cell.clock.now(),
  };
}

type Say = (mistake: string) => null;

function moveOf({ move }: Ask, machine: MoveName | null, say: Say): MoveName | null {
  if (move === undefined && machine) return machine;
  const found = moveNames.find((name) => name === move);
  if (!found) return say(`move ${seen(move)}: one of ${moveNames.join(', ')} would be right`);
  if (machine && found !== machine) return say(`move ${seen(move)}, and this state machine is ${machine}`);
  return found;
}

function verbOf({ verb = 'recover' }: Ask, say: Say): Exclude<Verb, 'automatic'> | null {
  if (verb === 'recover' || verb === 'force') return verb;
  return say(`verb ${seen(verb)}: recover (the evidence must agree) or force would be right`);
}

function serviceOf({ service }: Ask, { settings, region }: Cell, say: Say): ServiceSettings | null {
  const here = settings.services.filter((s) => s.regions.some((r) => r.region === region));
  const found = here.find((s) => s.name === service);
  return found ?? say(`service ${seen(service)}: ${region} has ${list(here.map((s) => s.name))}`);
}

function subjectOf(
  fields: Ask,
  move: MoveName,
  cell: RegionName,
  service: ServiceSettings,
  targets: readonly Target[],
  say: Say,
): Subject | null {
  if (move === 'replace-node') return nodeOf(fields, cell, service, targets, say);
  if (move === 'evacuate-zone') return zoneOf(fields, cell, service, say);
  if (move === 'fail-over-region') return regionOf(fields, cell, service, say);
  if (fields.node !== undefined) return nodeOf(fields, cell, service, targets, say);
  if (fields.zone !== undefined) return zoneOf(fields, cell, service, say);
  if (fields.region !== undefined) return regionOf(fields, cell, service, say);
  return say('fail-back needs the node, the zone or the region whose traffic comes back');
}

function nodeOf(
  fields: Ask,
  cell: RegionName,
  service: ServiceSettings,
  targets: readonly Target[],
  say: Say,
) {
  const nodes = targets.flatMap((t) => (t.kind === 'node' ? [t] : []));
  const found = nodes.find((t) => t.node === fields.node);
  if (!found)
    return say(`node ${seen(fields.node)}: ${service.name} has ${list(nodes.map((t) => t.node))} in ${cell}`);
  if (fields.zone !== undefined && fields.zone !== found.zone) {
    return say(`zone ${seen(fields.zone)}, and ${found.node} is in ${found.zone}`);
  }
  return (
    inCell(fields, cell, say) && {
      kind: 'node' as const,
      region: cell,
      zone: found.zone,
      node: nodeId(found.node),
    }
  );
}

function zoneOf(fields: Ask, cell: RegionName, service: ServiceSettings, say: Say) {
  const zones = service.regions.find((r) => r.region === cell)?.zones ?? [];
  const found = zones.find((z) => z.name === fields.zone || z.id === fields.zone);
  if (!found)
    return say(`zone ${seen(fields.zone)}: ${service.name} has ${list(zones.map((z) => z.name))} in ${cell}`);
  return inCell(fields, cell, say) && { kind: 'zone' as const, region: cell, zone: found.name };
}

/** A cell pulls traffic to itself: the region that is left, or comes back, is another one. */
function regionOf(fields: Ask, cell: RegionName, service: ServiceSettings, say: Say) {
  const others = service.regions.map((r) => r.region).filter((name) => name !== cell);
  const found = others.find((name) => name === fields.region);
  if (found) return { kind: 'region' as const, region: found };
  if (fields.region === cell) {
    return say(
      `region is ${cell}, this cell's own: start it in the region that takes over, of ${list(others)}`,
    );
  }
  return say(`region ${seen(fields.region)}: beside ${cell}, ${service.name} has ${list(others)}`);
}

function inCell({ region }: Ask, cell: RegionName, say: Say): true | null {
  if (region === undefined || region === cell) return true;
  return say(`region ${seen(region)}, and this is ${cell}: start it there`);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

function seen(value: unknown): string {
  if (value === undefined) return 'is missing';
  return `is ${typeof value === 'string' ? value : JSON.stringify(value)}`;
}

const list = (names: readonly string[]): string => names.join(', ') || 'none';

function invalid(mistakes: string[]): PortError {
  return new PortError('invalid', `the request cannot be taken: ${mistakes.join('; ')}`);
}
