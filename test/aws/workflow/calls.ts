import type { StepInput } from '@evac/workflow';
import type { AwsCall, Interference } from '../proxy.ts';
import type { FunctionName, Host } from './host.ts';

/** One call to AWS of one of our functions. */
export interface Made {
  function: FunctionName | 'probe';
  /** Of a machine's task. */
  step: string | null;
  incident: string | null;
  /** `autoscaling:SetDesiredCapacity`; of the table, with the kinds of items. */
  call: string;
  /** Whether it changes something besides the table. */
  act: boolean;
  /** Whether it was asked of another region than the function's own. */
  elsewhere: boolean;
}

/** Notes who makes which call: a region's functions sign with its name, and one of them runs at a time. */
export function noting(made: Made[], hostOf: (region: string) => Host | undefined): Interference {
  return (call) => {
    const probing = call.caller.startsWith('probe-');
    const own = probing ? call.caller.slice('probe-'.length) : call.caller;
    const running = hostOf(own)?.running();
    if (!probing && !running) return null;
    const input = probing || !isStep(running?.event) ? null : running.event;
    made.push({
      function: probing || !running ? 'probe' : running.name,
      step: input?.step ?? null,
      incident: input?.input.incident ?? null,
      call: nameOf(call),
      act: isAct(call),
      elsewhere: call.service !== 'route53' && call.region !== own,
    });
    return null;
  };
}

export function nameOf(call: AwsCall): string {
  // As a policy names it: a signature has another name for CloudWatch.
  const service = call.service === 'monitoring' ? 'cloudwatch' : call.service;
  return `${service}:${actionOf(call)}${itemsOf(call)}`;
}

/** Whether it changes something besides the table's record; the switch is something. */
export function isAct(call: AwsCall): boolean {
  if (call.service === 'dynamodb') return call.action === 'PutItem' && call.body.includes('"S":"switch#');
  return !/^(Describe|Get|List)/.test(actionOf(call));
}

const kinds =
  /"S":"(targets|observation|health|rounds|lease|incident|open|closed|pauses|breaker|switch|joined|complaints)[#"]/g;

/** What of the table a call is about, by the items' keys. */
function itemsOf({ service, body }: AwsCall): string {
  if (service !== 'dynamodb') return '';
  const found = [...body.matchAll(kinds)].map(([, kind]) => kind);
  return ` (${[...new Set(found)].toSorted().join(', ')})`;
}

/** Of the services whose calls are a method and a path. */
const rest: [RegExp, string][] = [
  [/^GET .*\/hostedzonesbyname/, 'ListHostedZonesByName'],
  [/^GET .*\/hostedzone\/[^/]+\/rrset/, 'ListResourceRecordSets'],
  [/^POST .*\/hostedzone\/[^/]+\/rrset/, 'ChangeResourceRecordSets'],
  [/^GET .*\/change\//, 'GetChange'],
  [/^GET .*\/healthcheck\/[^/]+\/status/, 'GetHealthCheckStatus'],
  [/^GET .*\/healthcheck\/[^/]+$/, 'GetHealthCheck'],
  [/^GET \/managedresources\//, 'GetManagedResource'],
  [/^GET \/zonalshifts/, 'ListZonalShifts'],
  [/^POST \/zonalshifts/, 'StartZonalShift'],
  [/^PATCH \/zonalshifts/, 'UpdateZonalShift'],
  [/^DELETE \/zonalshifts/, 'CancelZonalShift'],
];

function actionOf({ action }: AwsCall): string {
  return rest.find(([pattern]) => pattern.test(action))?.[1] ?? action;
}

export function isStep(event: unknown): event is StepInput {
  return typeof event === 'object' && event !== null && 'step' in event && 'input' in event;
}
