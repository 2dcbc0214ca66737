import {
  type NodeId,
  nodeId,
  PortError,
  type RegionName,
  type ServiceName,
  type ServiceSettings,
  type ZoneName,
} from '@evac/core';
import type { Cell } from '@evac/workflow';
import { fieldsOf } from '../fields.ts';

/** As much of a CloudWatch alarm's state change as is looked at. */
export interface Alarm {
  name: string;
  arn: string;
  state: string;
  /** When it came to this state, epoch ms; null if it does not say. */
  at: number | null;
  /** Why its owner does not want it acted on now; null if nothing says so. */
  quiet: string | null;
  /** Of every metric behind it; none for a composite alarm. */
  dimensions: Record<string, string>[];
  /** As the event carries them, where the alarm propagates its tags; null: they have to be asked for. */
  tags: Record<string, string> | null;
}

/** What an alarm is about. */
export interface Place {
  service: ServiceName;
  /** This cell's own, unless it says another. */
  region: RegionName;
  zone: ZoneName | null;
  node: NodeId | null;
  because: 'config' | 'tags' | 'dimensions';
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html */
export function readAlarm(event: Record<string, unknown>): Alarm {
  const detail = fieldsOf(event.detail);
  const state = fieldsOf(detail.state);
  const { metrics } = fieldsOf(detail.configuration);
  const at = Date.parse(String(event.time));
  const [arn] = Array.isArray(event.resources) ? event.resources : [];
  return {
    name: String(detail.alarmName ?? ''),
    arn: String(arn ?? ''),
    state: String(state.value ?? ''),
    at: Number.isNaN(at) ? null : at,
    quiet: quietBecause(detail, state),
    dimensions: (Array.isArray(metrics) ? metrics : []).flatMap((one) => {
      const { metric } = fieldsOf(fieldsOf(one).metricStat);
      return metric === undefined ? [] : [texts(fieldsOf(metric).dimensions)];
    }),
    tags: detail.alarmTags === undefined ? null : texts(detail.alarmTags),
  };
}

/** A suppressed composite alarm, and one that a mute rule silences, still change state and still send the event. */
function quietBecause(detail: Record<string, unknown>, state: Record<string, unknown>): string | null {
  const by = state.actionsSuppressedBy ?? detail.actionsSuppressedBy;
  if (by !== undefined && by !== null) return `its actions are suppressed by ${String(by)}`;
  const muted = detail.muteDetail ?? state.muteDetail;
  if (muted === undefined || muted === null) return null;
  return `it is muted by ${String(fieldsOf(muted).mutedBy ?? 'a rule')}`;
}

export interface LocateMeans {
  cell: Cell;
  services: readonly ServiceSettings[];
  /** Services by their owner's alarms, from the config. */
  bound: Readonly<Record<string, string>>;
  tagsOf(arn: string): Promise<Record<string, string>>;
}

/** By the config first, then by the tags `evac:service`, `evac:region` and `evac:zone`, then by the metrics' dimensions; null: unknown. */
export async function locateAlarm(alarm: Alarm, means: LocateMeans): Promise<Place | null> {
  const { services, bound } = means;
  const configured = services.find((s) => s.name === bound[alarm.name]);
  const dimensions: Record<string, string> = Object.assign({}, ...alarm.dimensions);
  const node = dimensions.InstanceId ? nodeId(dimensions.InstanceId) : null;
  const place = (
    service: ServiceSettings,
    because: Place['because'],
    {
      region = dimensions.region,
      zone = dimensions.AvailabilityZone,
    }: { region?: string; zone?: string } = {},
  ): Place => ({
    service: service.name,
    region: service.regions.find((r) => r.region === region)?.region ?? means.cell.region,
    zone: zoneOf(service, means.cell, zone),
    node,
    because,
  });
  if (configured) return place(configured, 'config');
  const tags = alarm.tags ?? (await means.tagsOf(alarm.arn));
  const tagged = services.find((s) => s.name === tags['evac:service']);
  if (tagged) return place(tagged, 'tags', named(tags['evac:region'], tags['evac:zone']));
  const found = await serviceOf(dimensions, node, means);
  return found ? place(found, 'dimensions', named(dimensions.region, dimensions.zone)) : null;
}

function named(region: string | undefined, zone: string | undefined): { region?: string; zone?: string } {
  return { ...(region !== undefined && { region }), ...(zone !== undefined && { zone }) };
}

function zoneOf(service: ServiceSettings, cell: Cell, name: string | undefined): ZoneName | null {
  const zones = service.regions.find((r) => r.region === cell.region)?.zones ?? [];
  return zones.find((z) => z.name === name || z.id === name)?.name ?? null;
}

async function serviceOf(
  dimensions: Record<string, string>,
  node: NodeId | null,
  { cell, services }: LocateMeans,
): Promise<ServiceSettings | null> {
  const { service, AutoScalingGroupName: group, TargetGroup } = dimensions;
  const named = services.find((s) => s.name === service);
  if (named) return named;
  const here = (s: ServiceSettings) => s.regions.find((r) => r.region === cell.region);
  const grouped = services.find((s) => group !== undefined && here(s)?.groups.includes(group));
  if (grouped || (node === null && TargetGroup === undefined)) return grouped ?? null;
  for (const candidate of services) {
    const ask = { service: candidate.name };
    const targets = node === null ? [] : await cell.ports.store.readTargets(ask);
    if (targets.some((t) => t.kind === 'node' && t.node === node)) return candidate;
    const registered =
      TargetGroup === undefined ? [] : await cell.ports.balancer.health(ask).catch(noneIfGone);
    if (registered.some((t) => t.targetGroup.endsWith(`:${TargetGroup}`))) return candidate;
  }
  return null;
}

/** A service whose group somebody has deleted has no target, and is no reason not to look at the next one's. */
function noneIfGone(error: unknown): [] {
  if (error instanceof PortError && error.code === 'not-found') return [];
  throw error;
}

function texts(value: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(fieldsOf(value)).map(([key, text]) => [key, String(text)]));
}
