import { PortError, type PortErrorCode, portErrorCodes } from '@evac/core';

/**
 * Something was sent and no answer came back that says what became of it: a reset, a timeout, a 500. It may have
 * happened. Not a PortError, because it is no refusal: look, or ask again what may be asked twice.
 */
export class LostAnswer extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'LostAnswer';
  }
}

/** What the SDK throws, as far as we look at it: every service's exceptions, and Node's own errors. */
interface SdkError {
  name: string;
  message: string;
  code?: string;
  status?: number;
}

/** By the error's name: the code on the wire, or the class that the SDK makes of it (which adds Fault or Exception). */
const codes: Record<PortErrorCode, string[]> = {
  throttled: [
    'BandwidthLimitExceeded',
    'EC2Throttled',
    'ProvisionedThroughputExceeded',
    'RequestLimitExceeded',
    'RequestThrottled',
    'SlowDown',
    'Throttled',
    'Throttling',
    'TooManyRequests',
  ],
  contention: [
    'ConcurrentModification',
    'HealthCheckVersionMismatch',
    'IdempotentCallInProgress',
    'InstanceRefreshInProgress',
    'PriorRequestNotComplete',
    'ReplicatedWriteConflict',
    'ResourceContention',
    'ScalingActivityInProgress',
    'TransactionConflict',
    'TransactionInProgress',
  ],
  'no-capacity': [
    'InsufficientCapacity',
    'InsufficientCapacityOnHost',
    'InsufficientFreeAddressesInSubnet',
    'InsufficientHostCapacity',
    'InsufficientInstanceCapacity',
    'InsufficientReservedInstanceCapacity',
    'ReservationCapacityExceeded',
    'SpotMaxPriceTooLow',
    'UnfulfillableCapacity',
    // The instance type is not offered in that zone.
    'Unsupported',
  ],
  'at-limit': [
    'InstanceLimitExceeded',
    'LimitExceeded',
    'MaxSpotInstanceCountExceeded',
    'PrivateIpAddressLimitExceeded',
    'TooManyRegistrationsForTargetId',
    'TooManyTargets',
    'VcpuLimitExceeded',
    'VolumeLimitExceeded',
  ],
  'not-found': [
    'InvalidInstanceID.NotFound',
    'InvocationDoesNotExist',
    'LoadBalancerNotFound',
    'NoSuchChange',
    'NoSuchHealthCheck',
    'NoSuchHostedZone',
    'NotFound',
    'ResourceNotFound',
    'TargetGroupNotFound',
  ],
  conflict: ['ConditionalCheckFailed', 'Conflict', 'ResourceInUse', 'TransactionCanceled'],
  unavailable: ['ServiceUnavailable', 'Unavailable'],
  'stale-token': [],
  invalid: ['IdempotentParameterMismatch', 'InvalidTarget', 'Validation'],
};
const codeByName = new Map(
  portErrorCodes.flatMap((code) => codes[code].map((name): [string, PortErrorCode] => [name, code])),
);

/** Auto Scaling answers most refusals with ValidationError, and only the text tells which one it was. */
const texts: [RegExp, PortErrorCode][] = [
  [
    /above max value|below min value|violate group's (min|max) size|greater than (the )?max|exceed.* max/i,
    'at-limit',
  ],
  [/(name|group) not found|no managed instance found|not found in|does not exist/i, 'not-found'],
  [/insufficient.*capacity|not have enough capacity|no spot capacity/i, 'no-capacity'],
];

/** Nothing can have been sent: there was no connection. */
const notConnected = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];

/**
 * The error as a port's caller may understand it: a PortError where the service refused (or was not reached at all), a
 * {@link LostAnswer} where the act may have happened. `what` names the call.
 */
export function portErrorFrom(error: unknown, what: string): PortError | LostAnswer {
  if (error instanceof PortError || error instanceof LostAnswer) return error;
  const seen = read(error);
  const code = refusalCode(seen);
  if (code !== null) return new PortError(code, `${what} was refused: ${seen.name}: ${seen.message}`);
  return new LostAnswer(`${what} was not answered, and may have happened: ${seen.name}: ${seen.message}`);
}

/** How it was refused; null where the act may have happened. */
export function refusalOf(error: unknown): PortErrorCode | null {
  return refusalCode(read(error));
}

/** What an error says that is told in an answer, not as one: a launch's, a scaling activity's. Null if nothing known. */
export function meaningOf(name: string, message: string): PortErrorCode | null {
  return byName(name) ?? byText(message);
}

/** Null where the act may have happened. */
function refusalCode(error: SdkError): PortErrorCode | null {
  const { name, message, code, status } = error;
  if (status === undefined) {
    const unsent = notConnected.includes(code ?? '') || message.includes('did not establish a connection');
    return unsent || /^Credentials|TokenProvider/.test(name) ? 'unavailable' : null;
  }
  // A 200 whose body cannot be read was carried out.
  if (status < 400) return null;
  const named = byName(name);
  // Its text tells more where AWS says no more than ValidationError.
  if (named !== null && !/^Validation/.test(name)) return named;
  if (status === 503) return 'unavailable';
  if (status >= 500) return null;
  const text = byText(message);
  if (text !== null) return text;
  if (status === 429) return 'throttled';
  if (status === 404) return 'not-found';
  if (status === 409) return 'conflict';
  return 'invalid';
}

function byName(name: string): PortErrorCode | null {
  const plain = name.replace(/^(Client|Server)\./, '').replace(/(Exception|Fault|Error)$/, '');
  return codeByName.get(plain) ?? codeByName.get(name) ?? null;
}

function byText(message: string): PortErrorCode | null {
  return texts.find(([pattern]) => pattern.test(message))?.[1] ?? null;
}

function read(error: unknown): SdkError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { name, message } = error;
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  const metadata: unknown = '$metadata' in error ? error.$metadata : null;
  const status =
    typeof metadata === 'object' &&
    metadata !== null &&
    'httpStatusCode' in metadata &&
    typeof metadata.httpStatusCode === 'number'
      ? { status: metadata.httpStatusCode }
      : {};
  return {
    name,
    message: message || (error.cause === undefined ? '' : String(error.cause)),
    ...code,
    ...status,
  };
}
