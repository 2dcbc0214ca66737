import { moveNames } from '@evac/core';
import type { Place } from './place.ts';

type Metric = [namespace: string, name: string, ...rest: (string | { stat: string; label?: string })[]];
interface Graph {
  title: string;
  metrics: Metric[];
}

/**
 * What an operator looks at first, region by region, in the order of the questions: is it served, by what, who acts, who
 * watches. One for all regions: CloudWatch's dashboards belong to no region (their ARN names none), are shown in the console of
 * each, and cost by their number. While one region is left out of a deployment it stays as it is.
 */
export function createDashboard(places: Place[]): aws.cloudwatch.Dashboard | null {
  const [home] = places;
  if (!home) return null;
  const widgets: object[] = [];
  let y = 0;
  for (const place of places) {
    const graphs = [
      ...place.services.flatMap(({ service, here }) => ofService(place, service.name, here.zones)),
      ...ofEvac(place),
    ];
    widgets.push({
      ...{ type: 'text', x: 0, y, width: 24, height: 1 },
      properties: { markdown: `## ${place.region}` },
    });
    widgets.push(...graphs.map((graph, i) => widgetOf(graph, place.region, i, y + 1)));
    y += 1 + Math.ceil(graphs.length / across) * 6;
  }
  return new aws.cloudwatch.Dashboard(
    'Dashboard',
    { dashboardName: home.named('overview'), dashboardBody: JSON.stringify({ widgets }) },
    { provider: home.provider },
  );
}

const across = 3;

function widgetOf({ title, metrics }: Graph, region: string, i: number, top: number): object {
  return {
    type: 'metric',
    ...{ x: (i % across) * 8, y: top + Math.floor(i / across) * 6, width: 8, height: 6 },
    properties: { title, region, metrics, period: 60, view: 'timeSeries', stacked: false },
  };
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
    { title: `${service}: healthy nodes by zone`, metrics: perZone('HealthyNodes', 'Minimum') },
    {
      title: `${service}: time to first token by zone, p99, ms`,
      metrics: perZone('TimeToFirstToken', 'p99'),
    },
    // What follows is sent only while something is not well: packages/aws/src/metrics.
    {
      title: `${service}: nodes that are not healthy`,
      metrics: ['Starting', 'Saturated', 'Failing', 'Dead', 'Unknown'].map((state) =>
        whole(`${state}Nodes`, 'Maximum'),
      ),
    },
    { title: `${service}: success by zone, %`, metrics: perZone('SuccessRate', 'Average') },
    {
      title: `${service}: verdicts`,
      metrics: ['ImpairedZones', 'DownRegions', 'SilentVantages'].map((name) => whole(name, 'Maximum')),
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
