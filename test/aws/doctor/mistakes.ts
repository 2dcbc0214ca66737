import {
  AutoScalingClient,
  ResumeProcessesCommand,
  SuspendProcessesCommand,
  UpdateAutoScalingGroupCommand,
  type UpdateAutoScalingGroupCommandInput,
} from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient, DeleteAlarmsCommand, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import {
  DeregisterTargetsCommand,
  ElasticLoadBalancingV2Client,
  ModifyLoadBalancerAttributesCommand,
  ModifyTargetGroupAttributesCommand,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ServiceSettings } from '@evac/core';
import type { MotoWorld } from '../world.ts';
import type { MotoCell } from './cell.ts';
import type { MotoName } from './names.ts';
import type { StandIns } from './stand-ins.ts';

export interface Scene {
  world: MotoWorld;
  /** As the doctor is told it: a test may spoil it. */
  service: ServiceSettings;
  name: MotoName;
  cells: { home: MotoCell; away: MotoCell };
  standIns: StandIns;
  /** An alarm of the config's, in the first region. */
  alarm: string;
}

interface Mistake {
  /** The finding that it is, and where. */
  finds: [check: string, region: string | null];
  plant(scene: Scene): Promise<unknown>;
  mend(scene: Scene): Promise<unknown>;
}

const home = 'us-west-2';
const away = 'eu-west-1';

const autoScaling = ({ world }: Scene) => world.regions.home.clients.get(AutoScalingClient);
const elb = ({ world }: Scene) => world.regions.home.clients.get(ElasticLoadBalancingV2Client);
const cloudWatch = ({ world }: Scene) => world.regions.home.clients.get(CloudWatchClient);
const group = ({ world }: Scene) => ({ AutoScalingGroupName: world.regions.home.group });

const resize = (scene: Scene, change: Omit<UpdateAutoScalingGroupCommandInput, 'AutoScalingGroupName'>) =>
  autoScaling(scene).send(new UpdateAutoScalingGroupCommand({ ...group(scene), ...change }));
const attribute = (scene: Scene, Value: string) =>
  elb(scene).send(
    new ModifyTargetGroupAttributesCommand({
      TargetGroupArn: scene.world.regions.home.targetGroup,
      Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value }],
    }),
  );
const shiftable = (scene: Scene, Value: string) =>
  elb(scene).send(
    new ModifyLoadBalancerAttributesCommand({
      LoadBalancerArn: scene.world.regions.home.loadBalancer,
      Attributes: [{ Key: 'zonal_shift.config.enabled', Value }],
    }),
  );
async function target(scene: Scene) {
  const { fleet } = scene.world.home.ports;
  const [node] = (await fleet.describe({ service: scene.service.name })).nodes;
  const { targetGroup } = scene.world.regions.home;
  return { TargetGroupArn: targetGroup, Targets: [{ Id: node?.id ?? '', Port: 8_000 }] };
}

/** One of each subject that moto can show, each with its own finding. */
export const mistakes: Mistake[] = [
  {
    finds: ['process-suspended', home],
    plant: (s) =>
      autoScaling(s).send(new SuspendProcessesCommand({ ...group(s), ScalingProcesses: ['AZRebalance'] })),
    mend: (s) =>
      autoScaling(s).send(new ResumeProcessesCommand({ ...group(s), ScalingProcesses: ['AZRebalance'] })),
  },
  {
    finds: ['health-check-type', home],
    plant: (s) => resize(s, { HealthCheckType: 'ELB', HealthCheckGracePeriod: 1_200 }),
    mend: (s) => resize(s, { HealthCheckType: 'EC2' }),
  },
  {
    finds: ['zone-headroom', home],
    plant: (s) => resize(s, { MaxSize: 7 }),
    mend: (s) => resize(s, { MaxSize: 8 }),
  },
  {
    finds: ['group-missing', away],
    plant: async (s) => s.service.regions[1]?.groups.push('llm-nowhere'),
    mend: async (s) => s.service.regions[1]?.groups.pop(),
  },
  {
    finds: ['deregistration-delay', home],
    plant: (s) => attribute(s, '300'),
    mend: (s) => attribute(s, '60'),
  },
  {
    finds: ['zonal-shift-off', home],
    plant: (s) => shiftable(s, 'false'),
    mend: (s) => shiftable(s, 'true'),
  },
  {
    finds: ['node-unregistered', home],
    plant: async (s) => elb(s).send(new DeregisterTargetsCommand(await target(s))),
    mend: async (s) => {
      await elb(s).send(new RegisterTargetsCommand(await target(s)));
      // Until the load balancer has checked it.
      await s.world.pass(10_000);
    },
  },
  {
    finds: ['vcpu-quota', home],
    plant: async (s) => s.standIns.quotas.set(home, 12),
    mend: async (s) => s.standIns.quotas.delete(home),
  },
  {
    finds: ['record-ttl', home],
    plant: (s) => s.name.setRecord(home, { TTL: 300 }),
    mend: (s) => s.name.setRecord(home, { TTL: 30 }),
  },
  {
    finds: ['record-weight', away],
    plant: (s) => s.name.setRecord(away, { Weight: 10 }),
    mend: (s) => s.name.setRecord(away, { Weight: 0 }),
  },
  {
    finds: ['record-unchecked', home],
    plant: (s) => s.name.setRecord(home, { HealthCheckId: undefined }),
    mend: (s) => s.name.setRecord(home, { HealthCheckId: s.name.checks.get(home) }),
  },
  {
    finds: ['alarm-missing', home],
    plant: (s) => cloudWatch(s).send(new DeleteAlarmsCommand({ AlarmNames: [s.alarm] })),
    mend: (s) => putAlarm(s),
  },
  {
    finds: ['alarm-actions-off', home],
    plant: (s) => s.cells.home.setActions('evac-test-decide-silent', false),
    mend: (s) => s.cells.home.setActions('evac-test-decide-silent', true),
  },
  {
    finds: ['topic-unheard', away],
    plant: async (s) => s.standIns.unheard.add(away),
    mend: async (s) => s.standIns.unheard.delete(away),
  },
  {
    finds: ['alarm-muted', away],
    plant: async (s) => s.standIns.muted.set(away, 'evac-test-judgements'),
    mend: async (s) => s.standIns.muted.delete(away),
  },
  {
    finds: ['part-off', home],
    plant: (s) => s.cells.home.setSchedule('evac-test-decide', 'DISABLED'),
    mend: (s) => s.cells.home.setSchedule('evac-test-decide', 'ENABLED'),
  },
  {
    finds: ['part-off', away],
    plant: (s) => s.cells.away.setConcurrency('evac-test-fleet', 0),
    mend: (s) => s.cells.away.setConcurrency('evac-test-fleet', null),
  },
  {
    finds: ['part-off', away],
    plant: (s) => s.cells.away.setRule('Disable'),
    mend: (s) => s.cells.away.setRule('Enable'),
  },
  {
    finds: ['part-missing', home],
    plant: (s) => s.cells.home.removeFunction('evac-test-discover'),
    mend: (s) => s.cells.home.putFunction('evac-test-discover'),
  },
  {
    finds: ['table-unprotected', away],
    plant: (s) => s.cells.away.setBackups(false),
    mend: (s) => s.cells.away.setBackups(true),
  },
  {
    finds: ['paused', home],
    plant: ({ cells: { home: cell } }) =>
      cell.store.addPause({
        id: 'p1',
        service: null,
        move: null,
        reason: 'a launch',
        by: 'me',
        at: 0,
        until: null,
      }),
    mend: ({ cells: { home: cell } }) => cell.store.removePause({ id: 'p1' }),
  },
];

async function putAlarm(scene: Scene): Promise<void> {
  await cloudWatch(scene).send(
    new PutMetricAlarmCommand({
      AlarmName: scene.alarm,
      Namespace: 'Mine',
      MetricName: 'Errors',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    }),
  );
}

/** What it takes, beside what createMotoWorld makes, for nothing to be found. */
export async function tidy(scene: Scene): Promise<void> {
  await putAlarm(scene);
  for (const { clients, targetGroup } of Object.values(scene.world.regions))
    await clients.get(ElasticLoadBalancingV2Client).send(
      new ModifyTargetGroupAttributesCommand({
        TargetGroupArn: targetGroup,
        Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '60' }],
      }),
    );
}
