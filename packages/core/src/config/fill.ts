import { regionName, serviceName, zoneId, zoneName } from '../ids.ts';
import type { ServiceSettings, Timing } from '../settings.ts';
import { defined, mergeAsk, mergeProgress, withModel } from './ask.ts';
import {
  defaultWeight,
  dnsDefaults,
  failBackStages,
  limitDefaults,
  policyOf,
  thresholdDefaults,
  timingDefaults,
} from './defaults.ts';
import { presets } from './presets/index.ts';
import type { Preset } from './presets/preset.ts';
import type { ParsedService } from './schema.ts';

/** What the owner left out, from the preset and then from the defaults. */
export function fillService(name: string, given: ParsedService): ServiceSettings {
  const preset = presets[given.preset];
  const model = given.model ?? null;
  const deepTimeoutMs = given.timing?.deepTimeout ?? preset.deep.timeoutMs;
  const deep = given.deep === false ? null : mergeAsk(preset.deep, given.deep, deepTimeoutMs);
  return {
    name: serviceName(name),
    preset: given.preset,
    model,
    port: given.port ?? preset.port,
    regions: given.regions.map((region) => ({
      region: regionName(region.name),
      weight: region.weight ?? defaultWeight,
      groups: region.groups,
      endpoint: region.endpoint,
      zones: region.zones.map((zone) => ({ name: zoneName(zone.name), id: zoneId(zone.id) })),
    })),
    dns: given.dns
      ? {
          name: given.dns.name,
          control: given.dns.control ?? dnsDefaults.control,
          ttlMs: given.dns.ttl ?? dnsDefaults.ttlMs,
        }
      : null,
    revisionMustMatch: given.revisionMustMatch ?? true,
    shallow: withModel(
      mergeAsk(preset.shallow, given.shallow, given.timing?.timeout ?? preset.shallow.timeoutMs),
      model,
    ),
    deep: deep && withModel(deep, model),
    progress: mergeProgress(preset.progress, given.progress),
    timing: fillTiming(preset, given.timing ?? {}),
    thresholds: {
      ...thresholdDefaults,
      drainAfter: preset.drainAfter,
      replaceAfter: preset.replaceAfter,
      ...defined(given.thresholds ?? {}),
    },
    limits: fillLimits(given.limits ?? {}),
    policy: policyOf(given.policy),
    restartFirst: given.restartFirst ?? false,
    retire: given.retire ?? 'terminate',
    failBackStages: given.failBackStages ?? [...failBackStages],
    maintenance: given.maintenance ?? [],
  };
}

function fillTiming(preset: Preset, given: NonNullable<ParsedService['timing']>): Timing {
  const intervalMs = given.interval ?? preset.intervalMs ?? timingDefaults.intervalMs;
  return {
    intervalMs,
    deepIntervalMs: given.deepInterval ?? preset.deepIntervalMs,
    fastIntervalMs: given.fastInterval ?? Math.min(timingDefaults.fastIntervalMs, intervalMs),
    graceMs: given.grace ?? preset.graceMs,
    freshMs: given.fresh ?? timingDefaults.freshRounds * intervalMs,
    noProgressMs: given.noProgress ?? timingDefaults.noProgressMs,
    recoveryMs: given.recovery ?? preset.recoveryMs ?? timingDefaults.recoveryMs,
  };
}

function fillLimits(given: NonNullable<ParsedService['limits']>): ServiceSettings['limits'] {
  const { cooldown, failBackAfter, approval, ...rest } = given;
  return {
    ...limitDefaults,
    ...defined(rest),
    ...defined({ cooldownMs: cooldown, failBackAfterMs: failBackAfter, approvalMs: approval }),
  };
}
