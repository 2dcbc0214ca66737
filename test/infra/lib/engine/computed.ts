import { createHash } from 'node:crypto';
import type { Json, Properties, Resource } from './recording.ts';

/** An account that AWS's own documentation uses. */
export const account = '123456789012';

const global = ['iam', 's3', 'route53'];

/** What of a name makes the ARN, after service and account; where the pattern is not `TYPE/NAME`. */
const arns: Record<string, (region: string, name: string) => string> = {
  'lambda.Function': (r, n) => `arn:aws:lambda:${r}:${account}:function:${n}`,
  'iam.Role': (_, n) => `arn:aws:iam::${account}:role/${n}`,
  's3.BucketObjectv2': (_, n) => `arn:aws:s3:::${n}`,
  'sqs.Queue': (r, n) => `arn:aws:sqs:${r}:${account}:${n}`,
  'sns.Topic': (r, n) => `arn:aws:sns:${r}:${account}:${n}`,
  'sfn.StateMachine': (r, n) => `arn:aws:states:${r}:${account}:stateMachine:${n}`,
  'scheduler.Schedule': (r, n) => `arn:aws:scheduler:${r}:${account}:schedule/default/${n}`,
  'cloudwatch.EventRule': (r, n) => `arn:aws:events:${r}:${account}:rule/${n}`,
  'cloudwatch.MetricAlarm': (r, n) => `arn:aws:cloudwatch:${r}:${account}:alarm:${n}`,
  'cloudwatch.CompositeAlarm': (r, n) => `arn:aws:cloudwatch:${r}:${account}:alarm:${n}`,
  'cloudwatch.LogGroup': (r, n) => `arn:aws:logs:${r}:${account}:log-group:${n}`,
  'ssm.Document': (r, n) => `arn:aws:ssm:${r}:${account}:document/${n}`,
  'route53.HealthCheck': (_, n) => `arn:aws:route53:::healthcheck/${n}`,
  'ec2.SecurityGroup': (r, n) => `arn:aws:ec2:${r}:${account}:security-group/${n}`,
};

/** The property that carries the physical name, where it is not `name`. */
const nameFields: Record<string, string> = {
  's3.BucketObjectv2': 'key',
  'cloudwatch.EventTarget': 'targetId',
  'cloudwatch.CompositeAlarm': 'alarmName',
  'cloudwatch.Dashboard': 'dashboardName',
};

/** Plausible outputs and an id for a resource that "was created". */
export function computed({
  type,
  name,
  inputs,
  region,
  urn,
}: Pick<Resource, 'type' | 'name' | 'inputs' | 'region' | 'urn'>): { id: string; outputs: Properties } {
  const suffix = digest(urn).slice(0, 7);
  if (type === 'random:index/randomBytes:RandomBytes') {
    const bytes = createHash('sha256').update(urn).digest();
    const [base64, hex] = [bytes.toString('base64'), bytes.toString('hex')];
    return { id: base64, outputs: { ...inputs, base64, hex } };
  }
  const [, kind] = /^aws:(\w+)\//.exec(type) ?? [];
  if (kind === undefined) return { id: `${name}-${suffix}`, outputs: { ...inputs } };

  const short = `${kind}.${type.split(':').at(-1)}`;
  const field = nameFields[short] ?? 'name';
  const physical = text(inputs[field]) ?? `${name}-${suffix}`;
  const where = region ?? '';
  const scope = global.includes(kind) ? '' : where;
  const arn =
    arns[short]?.(where, physical) ??
    `arn:aws:${kind}:${scope}:${account}:${short.split('.')[1]?.toLowerCase()}/${physical}`;
  const outputs: Properties = { arn, region: where, ...inputs, [field]: physical };
  switch (short) {
    case 'lambda.Function':
      return { id: physical, outputs: { ...outputs, version: '$LATEST', qualifiedArn: `${arn}:$LATEST` } };
    case 'lambda.FunctionUrl':
      return {
        id: physical,
        outputs: { ...outputs, functionUrl: `https://${suffix}.lambda-url.${where}.on.aws/` },
      };
    case 'lambda.EventSourceMapping':
      return { id: suffix, outputs: { ...outputs, uuid: suffix } };
    case 'dynamodb.Table': {
      const stream = inputs.streamEnabled ? { streamArn: `${arn}/stream/2026-01-01T00:00:00.000` } : {};
      return { id: physical, outputs: { ...outputs, ...stream } };
    }
    case 'sqs.Queue': {
      const url = `https://sqs.${where}.amazonaws.com/${account}/${physical}`;
      return { id: url, outputs: { ...outputs, url } };
    }
    case 'route53.HealthCheck':
      return {
        id: `check-${suffix}`,
        outputs: { ...outputs, arn: `arn:aws:route53:::healthcheck/check-${suffix}` },
      };
    case 'ec2.SecurityGroup':
      return { id: `sg-${suffix}`, outputs: { ...outputs, arn: arns[short]?.(where, `sg-${suffix}`) ?? '' } };
    case 'sns.Topic':
    case 'sfn.StateMachine':
      return { id: arn, outputs };
    default:
      return { id: physical, outputs };
  }
}

export function digest(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}

function text(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
