import type { MotoRegion } from '../world.ts';
import { askAws } from './plain-aws.ts';

/** An alarm on what the region's clients get, and the rule that takes its changes to a function. */
export async function alarmFor(url: string, region: MotoRegion, functionArn: string): Promise<void> {
  const { name, loadBalancer, targetGroup } = region;
  const cloudWatch = (action: string, body: Record<string, unknown>) =>
    askAws(
      url,
      { service: 'monitoring', region: name, target: `GraniteServiceVersion20100801.${action}` },
      body,
    );
  const events = (action: string, body: Record<string, unknown>) =>
    askAws(url, { service: 'events', region: name, target: `AWSEvents.${action}` }, body);
  await cloudWatch('PutMetricAlarm', {
    AlarmName: 'errors',
    Namespace: 'AWS/ApplicationELB',
    MetricName: 'HTTPCode_Target_5XX_Count',
    Dimensions: [
      { Name: 'LoadBalancer', Value: loadBalancer.split(':loadbalancer/').at(-1) },
      { Name: 'TargetGroup', Value: targetGroup.split(':').at(-1) },
    ],
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanThreshold',
  });
  const pattern = { source: ['aws.cloudwatch'], 'detail-type': ['CloudWatch Alarm State Change'] };
  await events('PutRule', { Name: 'alarms', EventPattern: JSON.stringify(pattern) });
  await events('PutTargets', { Rule: 'alarms', Targets: [{ Id: 'decide', Arn: functionArn }] });
}
