import type { Place } from '../place.ts';

/** A metric of Evac's own, or of a service of AWS. */
export interface Measure {
  namespace: string;
  metric: string;
  dimensions: Record<string, string>;
  stat: 'Sum' | 'Average' | 'Minimum' | 'Maximum' | 'p99';
}

export interface AlarmAsk {
  /** Its name's parts, after `evac-STAGE`. */
  parts: string[];
  /** What has happened and what to do, for who is woken. */
  description: string;
  /** One, or several that are added up (CloudWatch takes ten). */
  of: Measure | readonly Measure[];
  when: '>=' | '<' | '<=' | '>';
  threshold: number;
  /** Of the last `of` minutes, so many. */
  minutes: readonly [bad: number, of: number];
  /** Silence is bad, or is nothing to say. */
  silence: 'breaching' | 'notBreaching';
  /** Who is told; nobody, where a composite tells for it. */
  tell?: aws.sns.Topic;
}

const comparisons = {
  '>=': 'GreaterThanOrEqualToThreshold',
  '>': 'GreaterThanThreshold',
  '<': 'LessThanThreshold',
  '<=': 'LessThanOrEqualToThreshold',
} as const;

export function createAlarm(place: Place, ask: AlarmAsk): aws.cloudwatch.MetricAlarm {
  const { provider, logical, named } = place;
  const [datapointsToAlarm, evaluationPeriods] = ask.minutes;
  const measures = [ask.of].flat();
  const [only] = measures;
  return new aws.cloudwatch.MetricAlarm(
    logical(...ask.parts, 'alarm'),
    {
      name: named(...ask.parts),
      alarmDescription: ask.description,
      comparisonOperator: comparisons[ask.when],
      threshold: ask.threshold,
      datapointsToAlarm,
      evaluationPeriods,
      treatMissingData: ask.silence,
      ...(only && measures.length === 1 ? single(only) : { metricQueries: added(measures) }),
      ...telling(ask.tell),
    },
    { provider },
  );
}

function single({ namespace, metric, dimensions, stat }: Measure) {
  const how = stat === 'p99' ? { extendedStatistic: stat } : { statistic: stat };
  return { namespace, metricName: metric, dimensions, period: 60, ...how };
}

/** An expression costs what the metrics in it cost. https://aws.amazon.com/cloudwatch/pricing/ */
function added(measures: Measure[]): aws.types.input.cloudwatch.MetricAlarmMetricQuery[] {
  const each = measures.map(({ namespace, metric, dimensions, stat }, i) => ({
    id: `m${i}`,
    metric: { namespace, metricName: metric, dimensions, period: 60, stat },
    returnData: false,
  }));
  const sum = { id: 'all', expression: 'SUM(METRICS())', label: 'all of them', returnData: true };
  return [...each, sum];
}

function telling(topic: aws.sns.Topic | undefined) {
  return topic ? { alarmActions: [topic.arn], okActions: [topic.arn] } : {};
}

export interface CompositeAsk {
  parts: string[];
  description: string;
  /** Any of them. */
  of: aws.cloudwatch.MetricAlarm[];
  tell: aws.sns.Topic;
  /** While this one is on, nobody is told: it is the cause. */
  under?: aws.cloudwatch.CompositeAlarm;
}

/** One page for one cause. */
export function createComposite(place: Place, ask: CompositeAsk): aws.cloudwatch.CompositeAlarm {
  const { provider, logical, named } = place;
  return new aws.cloudwatch.CompositeAlarm(
    logical(...ask.parts, 'composite'),
    {
      alarmName: named(...ask.parts),
      alarmDescription: ask.description,
      alarmRule: $util
        .all(ask.of.map((alarm) => alarm.name))
        .apply((names) => names.map((name) => `ALARM("${name}")`).join(' OR ')),
      ...telling(ask.tell),
      ...(ask.under
        ? { actionsSuppressor: { alarm: ask.under.alarmName, waitPeriod: 60, extensionPeriod: 120 } }
        : {}),
    },
    { provider },
  );
}
