import type { Interference } from './proxy.ts';

/** Throttled seldom: once it was, the SDK paces itself for the rest of a test. */
const kinds = ['lost', 'reset', 'error', 'lost', 'reset', 'error', 'lost', 'throttled'] as const;

/**
 * Every third call goes wrong, each time in another way. The call that comes after it is left alone, so that the SDK's
 * own second attempt is a good one.
 */
export function inTrouble(): Interference {
  let calls = 0;
  let troubles = 0;
  return ({ service }) => {
    calls++;
    if (calls % 3 !== 0) return null;
    const kind = kinds[troubles++ % kinds.length];
    if (kind === 'lost' || kind === 'reset') return kind;
    const isXml = service === 'route53';
    const [status, code] = kind === 'error' ? [500, 'InternalServerError'] : [400, 'ThrottlingException'];
    return {
      status,
      headers: { 'content-type': isXml ? 'text/xml' : 'application/x-amz-json-1.0' },
      body: isXml
        ? `<ErrorResponse><Error><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`
        : JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${code}`, message: 'no' }),
    };
  };
}
