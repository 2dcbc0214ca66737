import type { AwsReply, Interference } from './proxy.ts';

const internalError = ['InternalFailure', 500] as const;
const throttled = ['Throttling', 400] as const;

/** Every fourth call meets with the next of these, whichever call it is. What costs a second is rare. */
const troubles = [
  ...(['lost', 'reset', internalError, 'lost', 'lost', 'reset', throttled] as const),
  ...(['lost', internalError, 'reset', 'lost', 'reset', 'lost', internalError, 'hang'] as const),
];

/** A network and an API that lose requests, answers and patience, the same way in each run. */
export function roughRoad(): Interference {
  let calls = 0;
  return ({ service }) => {
    calls += 1;
    const trouble = calls % 4 === 0 ? (troubles[(calls / 4 - 1) % troubles.length] ?? null) : null;
    if (trouble === null || typeof trouble === 'string') return trouble;
    const [code, status] = trouble;
    return refusal(service, code, status);
  };
}

/** As each protocol writes it. */
function refusal(service: string, code: string, status: number): AwsReply {
  const asked = ['autoscaling', 'ec2', 'elasticloadbalancing'].includes(service);
  const body = asked
    ? `<ErrorResponse><Error><Code>${code}</Code><Message>not now</Message></Error></ErrorResponse>`
    : JSON.stringify({ __type: code, message: 'not now' });
  return { status, body, headers: { 'content-type': asked ? 'text/xml' : 'application/x-amz-json-1.1' } };
}
