import { type NodeId, type RegionName, subjectName, type ZoneId, type ZoneName } from '@evac/core';
import { regionOf, type StepContext } from './context.ts';
import { StepError } from './errors.ts';

/** The node that a move is about. */
export function subjectNode(ctx: StepContext): { node: NodeId; zone: ZoneName } {
  const { subject } = ctx.input;
  if (subject.kind === 'node') return { node: subject.node, zone: subject.zone };
  throw wrongSubject(ctx, 'a node');
}

/** The zone that a move is about, with its ID. */
export function subjectZone(ctx: StepContext): { zone: ZoneName; id: ZoneId } {
  const { subject } = ctx.input;
  if (subject.kind !== 'zone') throw wrongSubject(ctx, 'a zone');
  const zone = regionOf(ctx.settings, subject.region).zones.find((z) => z.name === subject.zone);
  if (!zone) throw new StepError('GiveUp', `${subject.region} has no zone ${subject.zone} in the config`);
  return { zone: zone.name, id: zone.id };
}

/** The region that a move is about: not the one that runs it. */
export function subjectRegion(ctx: StepContext): RegionName {
  const { subject } = ctx.input;
  if (subject.kind === 'region') return subject.region;
  throw wrongSubject(ctx, 'a region');
}

function wrongSubject(ctx: StepContext, wanted: string): StepError {
  const { move, subject } = ctx.input;
  return new StepError('GiveUp', `${move} wants ${wanted} here, not ${subject.kind} ${subjectName(subject)}`);
}
