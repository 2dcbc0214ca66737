import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
  ModifyLoadBalancerAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Clients } from '@evac/aws';

/** An Application Load Balancer before a target group, which ARC may shift. */
export async function createFront(
  clients: Clients,
  name: string,
  subnets: string[],
  vpc: string,
): Promise<{ targetGroup: string; loadBalancer: string }> {
  const elb = clients.get(ElasticLoadBalancingV2Client);
  const { TargetGroups = [] } = await elb.send(
    new CreateTargetGroupCommand({
      Name: name,
      Protocol: 'HTTP',
      Port: 8_000,
      VpcId: vpc,
      TargetType: 'instance',
    }),
  );
  const targetGroup = TargetGroups[0]?.TargetGroupArn ?? '';
  const { LoadBalancers = [] } = await elb.send(
    new CreateLoadBalancerCommand({ Name: name, Subnets: subnets, Type: 'application' }),
  );
  const loadBalancer = LoadBalancers[0]?.LoadBalancerArn ?? '';
  await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: loadBalancer,
      Protocol: 'HTTP',
      Port: 80,
      DefaultActions: [{ Type: 'forward', TargetGroupArn: targetGroup }],
    }),
  );
  await elb.send(
    new ModifyLoadBalancerAttributesCommand({
      LoadBalancerArn: loadBalancer,
      Attributes: [{ Key: 'zonal_shift.config.enabled', Value: 'true' }],
    }),
  );
  return { targetGroup, loadBalancer };
}
