import {
  DescribeTagsCommand,
  ElasticLoadBalancingV2Client,
  type Listener,
  type LoadBalancer,
  paginateDescribeListeners,
  type TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { type HealthAsk, type SeenTargetGroup, serviceTag } from '@evac/core/discovery';
import type { Clients } from '../clients.ts';
import { present } from '../present.ts';
import { loadBalancersOf, targetGroupsOf } from '../targets.ts';

/** As many ARNs as one describe call takes. */
const mostAsked = 20;

interface Front {
  loadBalancer: LoadBalancer;
  listeners: Listener[];
}

/** What the load balancers say of each target group, by its ARN. One that is gone is missing. */
export async function seenTargetGroups(
  clients: Clients,
  arns: readonly string[],
): Promise<Map<string, SeenTargetGroup>> {
  const targetGroups = await present(arns, mostAsked, (some) => targetGroupsOf(clients, some));
  const behind = [...new Set(targetGroups.flatMap((t) => t.LoadBalancerArns ?? []))].toSorted();
  const loadBalancers = await present(behind, mostAsked, (some) => loadBalancersOf(clients, some));
  const fronts = new Map<string, Front>();
  for (const loadBalancer of loadBalancers) {
    const arn = loadBalancer.LoadBalancerArn ?? '';
    const listeners = await present([arn], 1, () => listenersOf(clients, arn));
    fronts.set(arn, { loadBalancer, listeners });
  }
  const known = [...targetGroups.map((t) => t.TargetGroupArn ?? ''), ...fronts.keys()];
  const marked = new Set(await present(known, mostAsked, (some) => markedOf(clients, some)));
  return new Map(
    targetGroups.map((targetGroup) => {
      const own = (targetGroup.LoadBalancerArns ?? []).flatMap((arn) => fronts.get(arn) ?? []);
      return [targetGroup.TargetGroupArn ?? '', seen(targetGroup, own, marked)];
    }),
  );
}

async function listenersOf(clients: Clients, LoadBalancerArn: string): Promise<Listener[]> {
  const client = clients.get(ElasticLoadBalancingV2Client);
  return clients.call('DescribeListeners', async (options) => {
    const listeners: Listener[] = [];
    for await (const page of paginateDescribeListeners({ client }, { LoadBalancerArn }, options)) {
      listeners.push(...(page.Listeners ?? []));
    }
    return listeners;
  });
}

/** Those that bear `evac:service`: no others may be changed for a service that the config does not have. */
async function markedOf(clients: Clients, arns: readonly string[]): Promise<string[]> {
  const command = new DescribeTagsCommand({ ResourceArns: [...arns] });
  const { TagDescriptions = [] } = await clients.call('DescribeTags', (options) =>
    clients.get(ElasticLoadBalancingV2Client).send(command, options),
  );
  const bears = TagDescriptions.filter(({ Tags = [] }) => Tags.some((tag) => tag.Key === serviceTag));
  return bears.flatMap(({ ResourceArn }) => ResourceArn ?? []);
}

function seen(
  targetGroup: TargetGroup,
  fronts: readonly Front[],
  marked: ReadonlySet<string>,
): SeenTargetGroup {
  const forwarding = fronts.map(({ loadBalancer, listeners }) => ({
    loadBalancer,
    listeners: listeners.filter((listener) => forwardsTo(listener, targetGroup.TargetGroupArn)),
  }));
  const endpoints = forwarding.flatMap(({ loadBalancer, listeners }) =>
    loadBalancer.Scheme === 'internal' ? [] : listeners.flatMap((l) => urlOf(loadBalancer, l)),
  );
  return {
    name: targetGroup.TargetGroupName ?? '',
    protocol: targetGroup.Protocol ?? '',
    port: targetGroup.Port ?? 0,
    health: healthOf(targetGroup),
    endpoints,
    hidden: endpoints.length > 0 ? null : hiddenBy(forwarding),
    unmarked: [
      ...(marked.has(targetGroup.TargetGroupArn ?? '')
        ? []
        : [`the target group ${targetGroup.TargetGroupName}`]),
      ...fronts.flatMap(({ loadBalancer: { LoadBalancerArn = '', LoadBalancerName } }) =>
        marked.has(LoadBalancerArn) ? [] : [`the load balancer ${LoadBalancerName}`],
      ),
    ],
  };
}

/** By its default action: what a rule forwards depends on a host or a path, which only its owner knows. */
function forwardsTo({ DefaultActions = [] }: Listener, arn: string | undefined): boolean {
  return DefaultActions.some(
    (action) =>
      action.Type === 'forward' &&
      (action.TargetGroupArn === arn ||
        (action.ForwardConfig?.TargetGroups ?? []).some((t) => t.TargetGroupArn === arn)),
  );
}

/** None for TLS: its certificate is for a name that is not the load balancer's own. */
function urlOf({ DNSName }: LoadBalancer, { Protocol, Port }: Listener): string[] {
  if (!DNSName || (Protocol !== 'HTTP' && Protocol !== 'TCP')) return [];
  return [Port === 80 ? `http://${DNSName}` : `http://${DNSName}:${Port}`];
}

function hiddenBy(fronts: readonly Front[]): string {
  const [front] = fronts;
  if (!front) return 'its target group is behind no load balancer';
  const name = front.loadBalancer.LoadBalancerName;
  if (front.loadBalancer.Scheme === 'internal')
    return `its load balancer ${name} is internal, and a region is asked from outside`;
  if (front.listeners.length === 0)
    return `no listener of its load balancer ${name} forwards to it by default, and what a rule forwards cannot be told`;
  return `its load balancer ${name} speaks only TLS, for a name that no tag tells`;
}

/** Of an HTTP health check on the port of the traffic; null of any other. */
function healthOf(targetGroup: TargetGroup): HealthAsk | null {
  const { HealthCheckProtocol, HealthCheckPort, HealthCheckPath, Matcher, Port } = targetGroup;
  const samePort = HealthCheckPort === 'traffic-port' || HealthCheckPort === String(Port);
  if (HealthCheckProtocol !== 'HTTP' || !samePort || !HealthCheckPath) return null;
  // "200", "200-299" or "200,202"; a gRPC status is another matter.
  const statuses = (Matcher?.HttpCode ?? '').match(/\d{3}/g)?.map(Number) ?? [];
  if (statuses.length === 0) return null;
  return { path: HealthCheckPath, from: Math.min(...statuses), to: Math.max(...statuses) };
}
