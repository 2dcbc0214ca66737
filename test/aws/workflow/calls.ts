import type { StepInput } from '@evac/workflow';
import type { AwsCall, Interference } from '../proxy.ts';
import type { FunctionName, Host } from './host.ts';
import { actionOf, requestsOf } from './requests.ts';

/** One call to AWS of one of our functions. */
export interface Made {
  function: FunctionName | 'probe';
  /** Of a machine's task. */
  step: string | null;
  incident: string | null;
  /** As IAM is asked: requests.ts. */
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
    for (const request of requestsOf(call)) {
      made.push({
        function: probing || !running ? 'probe' : running.name,
        step: input?.step ?? null,
        incident: input?.input.incident ?? null,
        call: request,
        act: isAct(call),
        elsewhere: call.service !== 'route53' && call.region !== own,
      });
    }
    return null;
  };
}

/** Whether it changes something besides the table's record; the switch is something. */
export function isAct(call: AwsCall): boolean {
  if (call.service === 'dynamodb') return call.action === 'PutItem' && call.body.includes('"S":"switch#');
  return !/^(Describe|Get|List)/.test(actionOf(call));
}

export function isStep(event: unknown): event is StepInput {
  return typeof event === 'object' && event !== null && 'step' in event && 'input' in event;
}
