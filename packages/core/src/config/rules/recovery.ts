import { formatDuration } from '../../time.ts';
import { type WorstCase, worstCase } from '../detection.ts';
import { error, type Mistake, type ServiceRule, warning } from './mistake.ts';

/** What is promised (`timing.recovery`) against what the other settings can keep. */

const again = ['timing.recovery', 'timing.fastInterval', 'thresholds.drainAfter'];
const shallow = [...again, 'timing.interval', 'timing.timeout', 'shallow.kind'];
const deep = [
  'timing.recovery',
  'thresholds.drainAfter',
  'timing.deepInterval',
  'timing.deepTimeout',
  'deep.kind',
];

const hangWithinRecovery: ServiceRule = (service) =>
  late(error, service.timing.recoveryMs, worstCase(service).hang, 'a node that hangs', shallow);

const deepHangWithinRecovery: ServiceRule = (service) => {
  const { deepHang } = worstCase(service);
  if (!deepHang) return [];
  const subject = 'a node whose /health is fine while its generation hangs';
  return late(warning, service.timing.recoveryMs, deepHang, subject, deep);
};

const stallWithinRecovery: ServiceRule = (service) => {
  const { noProgress } = worstCase(service);
  if (!noProgress) return [];
  const subject = 'a node that makes no progress';
  return late(warning, service.timing.recoveryMs, noProgress, subject, [
    'timing.interval',
    'timing.noProgress',
    'progress',
  ]);
};

const zoneWithinRecovery: ServiceRule = (service) =>
  late(error, service.timing.recoveryMs, worstCase(service).zone, 'a lost zone', [
    ...shallow,
    'thresholds.zoneM',
  ]);

function late(
  severity: typeof error,
  recoveryMs: number,
  worst: WorstCase,
  subject: string,
  compared: string[],
): Mistake[] {
  if (worst.ms <= recoveryMs) return [];
  const sum = formatDuration(worst.ms);
  return [
    severity(
      'timing.recovery',
      formatDuration(recoveryMs),
      `cannot be kept: ${subject} is confirmed after ${sum} at worst (${worst.sum}); ${sum} or more would be right, or lower one of these`,
      compared,
    ),
  ];
}

const ttlWithinRecovery: ServiceRule = (service) => {
  const { dns, timing } = service;
  if (!dns) return [];
  const [ttl, recovery] = [formatDuration(dns.ttlMs), formatDuration(timing.recoveryMs)];
  if (dns.ttlMs > timing.recoveryMs)
    return [
      error(
        'dns.ttl',
        ttl,
        `is longer than timing.recovery, ${recovery}: clients would ask the lost region for longer than that; 30s would be right, and ${recovery} is the most`,
        ['timing.recovery'],
      ),
    ];
  const { region, hang } = worstCase(service);
  // Where the detection alone is too slow, that is said already, and the TTL is not to blame.
  if (!region || region.ms <= timing.recoveryMs || hang.ms > timing.recoveryMs) return [];
  const rest = timing.recoveryMs - hang.ms;
  return [
    error(
      'dns.ttl',
      ttl,
      `cannot keep timing.recovery, ${recovery}: the last client leaves a lost region after ${formatDuration(region.ms)} at worst (${region.sum}); ${formatDuration(rest)} or less would be right, or a recovery of ${formatDuration(region.ms)} or more`,
      shallow,
    ),
  ];
};

export const recoveryRules = [
  hangWithinRecovery,
  deepHangWithinRecovery,
  stallWithinRecovery,
  zoneWithinRecovery,
  ttlWithinRecovery,
];
