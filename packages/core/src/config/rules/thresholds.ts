import { formatDuration } from '../../time.ts';
import { error, type ServiceRule, warning } from './mistake.ts';

/** Counts and shares that must not contradict each other. */

const replaceAfterDrain: ServiceRule = ({ thresholds: { drainAfter, replaceAfter } }) => {
  if (replaceAfter >= drainAfter) return [];
  return [
    error(
      'thresholds.replaceAfter',
      replaceAfter,
      `is less than drainAfter, ${drainAfter}: a node would be replaced before traffic has left it; ${drainAfter} or more would be right`,
      ['thresholds.drainAfter'],
    ),
  ];
};

const drainNotAtOnce: ServiceRule = ({ thresholds: { drainAfter } }) => {
  if (drainAfter > 1) return [];
  return [
    warning(
      'thresholds.drainAfter',
      drainAfter,
      'drains a node for one lost packet; 2 would be right: the second question follows after fastInterval',
    ),
  ];
};

const mWithinN: ServiceRule = ({ thresholds: { zoneM, zoneN } }) => {
  if (zoneM <= zoneN) return [];
  return [
    error(
      'thresholds.zoneM',
      zoneM,
      `is more than zoneN, ${zoneN}: that many bad rounds can never be among the last ${zoneN}; ${zoneN} or less would be right`,
      ['thresholds.zoneN'],
    ),
  ];
};

const alphaMeansSomething: ServiceRule = ({ thresholds: { zoneAlpha } }) => {
  if (zoneAlpha === 0)
    return [
      error(
        'thresholds.zoneAlpha',
        zoneAlpha,
        'means that no evidence is ever enough; 0.000001 would be right',
      ),
    ];
  if (zoneAlpha <= 0.001) return [];
  return [
    warning(
      'thresholds.zoneAlpha',
      zoneAlpha,
      `is a false alarm in ${Math.round(1 / zoneAlpha)} tests, and there is a test every round; 0.000001 would be right, and 0.001 is the most`,
    ),
  ];
};

const fleetShareMeansSomething: ServiceRule = ({ thresholds: { fleetShare } }) => {
  if (fleetShare > 0) return [];
  return [
    error(
      'thresholds.fleetShare',
      fleetShare,
      "would hold every node's failure for the whole fleet's; 0.5 would be right",
    ),
  ];
};

const movesAllowed: ServiceRule = ({ limits: { maxMovesPerHour } }) => {
  if (maxMovesPerHour > 0) return [];
  return [
    warning(
      'limits.maxMovesPerHour',
      maxMovesPerHour,
      'lets no move ever begin; to act on nothing, policy "observe" would be right',
    ),
  ];
};

const cooldownCoversRecovery: ServiceRule = ({ limits: { cooldownMs }, timing: { recoveryMs } }) => {
  if (cooldownMs >= recoveryMs) return [];
  const recovery = formatDuration(recoveryMs);
  return [
    warning(
      'limits.cooldown',
      formatDuration(cooldownMs),
      `is shorter than timing.recovery, ${recovery}: a second move could begin before the first has had its time; ${recovery} or more would be right`,
      ['timing.recovery'],
    ),
  ];
};

const failBackNotTooSoon: ServiceRule = ({ limits: { failBackAfterMs }, timing: { recoveryMs } }) => {
  if (failBackAfterMs >= recoveryMs) return [];
  const recovery = formatDuration(recoveryMs);
  return [
    warning(
      'limits.failBackAfter',
      formatDuration(failBackAfterMs),
      `is shorter than timing.recovery, ${recovery}: traffic could flap between two places; ${recovery} or more would be right`,
      ['timing.recovery'],
    ),
  ];
};

const stagesAscend: ServiceRule = ({ failBackStages }) => {
  const ascending = failBackStages.every((stage, i) => i === 0 || stage > (failBackStages[i - 1] ?? 0));
  if (ascending && failBackStages.at(-1) === 100) return [];
  return [
    error(
      'failBackStages',
      failBackStages,
      'must rise from stage to stage and end with 100; [10, 50, 100] would be right',
    ),
  ];
};

/** DNS weights are whole numbers: a tenth of a weight of 1 is the whole of it. */
const stagesDivideWeights: ServiceRule = ({ failBackStages, regions }) => {
  const [first = 100] = failBackStages;
  const enough = Math.ceil(100 / first);
  if (regions.length < 2 || failBackStages.some((stage) => stage <= 0)) return [];
  return regions.flatMap(({ weight }, i) =>
    weight === 0 || weight > enough / 2
      ? []
      : [
          warning(
            `regions[${i}].weight`,
            weight,
            `is too small for a first stage of ${first}%: the region would get ${Math.round(100 / weight)}% of its traffic back at once; ${enough} or more would be right, and the other weights in proportion`,
            ['failBackStages', 'regions'],
          ),
        ],
  );
};

const capacityWithinReach: ServiceRule = ({ limits: { capacityShare }, regions }) => {
  const zones = Math.min(...regions.map((region) => region.zones.length));
  const reach = (zones - 1) / zones;
  if (zones < 2 || capacityShare <= reach) return [];
  return [
    warning(
      'limits.capacityShare',
      capacityShare,
      `is more than ${zones - 1} of ${zones} equal zones have (${reach.toFixed(2)}), so evacuate-zone will be refused unless they have room to spare; ${Math.floor(reach * 100) / 100} or less would be right, or more nodes`,
      ['regions'],
    ),
  ];
};

export const thresholdRules = [
  replaceAfterDrain,
  drainNotAtOnce,
  mWithinN,
  alphaMeansSomething,
  fleetShareMeansSomething,
  movesAllowed,
  cooldownCoversRecovery,
  failBackNotTooSoon,
  stagesAscend,
  stagesDivideWeights,
  capacityWithinReach,
];
