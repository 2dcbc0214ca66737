import { moveNames } from '@evac/core';
import type { Place } from './place.ts';

type Metric = [namespace: string, name: string, ...rest: (string | { stat: string; label?: string })[]];
interface Graph {
  title: string;
  metrics: Metric[];
}

/** What an operator looks at first, in the order of the questions: is it served, by what, who acts, who watches. */
export function createDashboard(place: Place): aws.cloudwatch.Dashboard {
  const { provider, logical, named, region } = place;
  const graphs = [
    ...place.services.flatMap(({ service, here }) => ofService(place, service.name, here.zones)),
    ...ofEvac(place),
  ];
  const widgets = graphs.map(({ title, metrics }, i) => ({
    type: 'metric',
    ...{ x: (i % 3) * 8, y: Math.floor(i / 3) * 6, width: 8, height: 6 },
    properties: { title, region, metrics, period: 60, view: 'timeSeries', stacked: false },
  }));
  return new aws.cloudwatch.Dashboard(
    logical('dashboard'),
    { dashboardName: named(region), dashboardBody: JSON.stringify({ widgets }) },
    { provider },
  );
}

function ofService({ region }: Place, service: string, zones: { name: string }[]): Graph[] {
  const whole = (name: string, stat: string): Metric => [
    'Evac',
    name,
    'service',
    service,
    'region',
    region,
    { stat },
  ];
  const perZone = (name: string, stat: string): Metric[] =>
    zones.map(({ name: zone }) => [
      ...(['Evac', name, 'service', service, 'region', region, 'zone', zone] as const),
      { stat, label: zone },
    ]);
  return [
    {
      title: `${service}: nodes`,
      metrics: ['Healthy', 'Starting', 'Saturated', 'Failing', 'Dead', 'Unknown'].map((state) =>
        whole(`${state}Nodes`, 'Maximum'),
      ),
    },
    { title: `${service}: success by zone, %`, metrics: perZone('SuccessRate', 'Average') },
    { title: `${service}: slowest generations by zone, ms`, metrics: perZone('DeepProbeLatency', 'p99') },
    { title: `${service}: healthy nodes by zone`, metrics: perZone('HealthyNodes', 'Minimum') },
    {
      title: `${service}: verdicts`,
      metrics: ['ImpairedZones', 'DownRegions', 'BlindVantages'].map((name) => whole(name, 'Maximum')),
    },
    {
      title: `${service}: moves begun`,
      metrics: ['ReplaceNode', 'EvacuateZone', 'FailOverRegion', 'FailBack'].map((move) =>
        whole(`Started${move}`, 'Sum'),
      ),
    },
  ];
}

function ofEvac({ vantages, named, arn }: Place): Graph[] {
  const lambda = (metric: string, name: string, stat: string): Metric => [
    'AWS/Lambda',
    metric,
    'FunctionName',
    name,
    { stat },
  ];
  const probes = vantages.map(({ zone }) => named('probe', zone ?? 'outside'));
  return [
    { title: 'Probes: runs a minute', metrics: probes.map((name) => lambda('Invocations', name, 'Sum')) },
    {
      title: 'Judgement: errors and how late',
      metrics: [lambda('Errors', named('decide'), 'Sum'), lambda('IteratorAge', named('decide'), 'Maximum')],
    },
    {
      title: 'Moves: executions that failed',
      metrics: moveNames.map((move) => [
        ...([
          'AWS/States',
          'ExecutionsFailed',
          'StateMachineArn',
          arn('states', `stateMachine:${named(move)}`),
        ] as const),
        { stat: 'Sum', label: move },
      ]),
    },
  ];
}
