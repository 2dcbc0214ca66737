/**
 * Every action that reading an account takes, with the resources that IAM narrows it to. None changes anything, and
 * none reads code, or data but the table's observations and pauses.
 */
export const actions = {
  'autoscaling:DescribeAutoScalingGroups': '*',
  'cloudwatch:DescribeAlarms': '*',
  'cloudwatch:GetAlarmMuteRule': '*',
  'cloudwatch:ListAlarmMuteRules': '*',
  'ec2:DescribeAvailabilityZones': '*',
  'ec2:DescribeInstanceTypes': '*',
  'ec2:DescribeInstances': '*',
  'ec2:DescribeLaunchTemplateVersions': '*',
  'ec2:DescribeSubnets': '*',
  'elasticloadbalancing:DescribeAccountLimits': '*',
  'elasticloadbalancing:DescribeLoadBalancerAttributes': '*',
  'elasticloadbalancing:DescribeLoadBalancers': '*',
  'elasticloadbalancing:DescribeTargetGroupAttributes': '*',
  'elasticloadbalancing:DescribeTargetGroups': '*',
  'elasticloadbalancing:DescribeTargetHealth': '*',
  'lambda:GetAccountSettings': '*',
  'lambda:ListEventSourceMappings': '*',
  'route53:GetHealthCheck': '*',
  'route53:GetHealthCheckStatus': '*',
  'route53:ListHostedZonesByName': '*',
  'route53:ListResourceRecordSets': '*',
  'scheduler:ListSchedules': '*',
  'servicequotas:ListServiceQuotas': '*',
  'sts:GetCallerIdentity': '*',
  'arc-zonal-shift:GetManagedResource': 'elasticloadbalancing:*:*:loadbalancer/*',
  'dynamodb:DescribeContinuousBackups': 'dynamodb:*:*:table/evac-STAGE-store',
  'dynamodb:DescribeTable': 'dynamodb:*:*:table/evac-STAGE-store',
  'dynamodb:DescribeTimeToLive': 'dynamodb:*:*:table/evac-STAGE-store',
  'dynamodb:Query': 'dynamodb:*:*:table/evac-STAGE-store',
  'events:DescribeEventBus': 'events:*:*:event-bus/*',
  'events:DescribeRule': 'events:*:*:rule/evac-STAGE-*',
  'lambda:GetFunctionConcurrency': 'lambda:*:*:function:evac-STAGE-*',
  'lambda:GetFunctionConfiguration': 'lambda:*:*:function:evac-STAGE-*',
  'sns:GetTopicAttributes': 'sns:*:*:evac-STAGE-*',
  'states:DescribeStateMachine': 'states:*:*:stateMachine:evac-STAGE-*',
} as const;
export type Action = keyof typeof actions;

/** What only items of these kinds may be read of the table. */
const keys = ['observation#*', 'pauses'];

/** The IAM policy of who runs the doctor: exactly these actions. */
export function policyOf(stage: string, partition: string) {
  const all = Object.entries(actions);
  const by = Map.groupBy(all, ([action, resource]) =>
    action === 'dynamodb:Query' ? `${resource} ${action}` : resource,
  );
  return {
    Version: '2012-10-17',
    Statement: [...by.values()].map((some) => {
      const [[first = '', resource = '*'] = []] = some;
      return {
        Effect: 'Allow',
        Action: some.map(([action]) => action),
        Resource: resource === '*' ? '*' : `arn:${partition}:${resource.replace('STAGE', stage)}`,
        ...(first === 'dynamodb:Query'
          ? { Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys } } }
          : {}),
      };
    }),
  };
}

export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
