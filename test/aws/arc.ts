import type { AwsReply, Interference } from './proxy.ts';

interface Shift {
  zonalShiftId: string;
  resourceIdentifier: string;
  awayFrom: string;
  comment: string;
  startTime: number;
  expiryTime: number;
  status: 'ACTIVE' | 'CANCELED';
}

/** From acceptance until the balancer has stopped using the zone. */
const applySeconds = 1;

/** ARC zonal shift, which moto does not have: https://docs.aws.amazon.com/arc-zonal-shift/latest/api/ */
export function createArc(now: () => number): Interference {
  const shifts: Shift[] = [];
  const seconds = () => now() / 1_000;
  const isActive = (shift: Shift) => shift.status === 'ACTIVE' && shift.expiryTime > seconds();
  const expiry = (expiresIn: string) => {
    const [, count, unit] = /^(\d+)([mh])$/.exec(expiresIn) ?? [];
    return seconds() + Number(count) * (unit === 'h' ? 3_600 : 60);
  };

  return ({ service, method, path, body }) => {
    if (service !== 'arc-zonal-shift') return null;
    const [what, name = ''] = (path.split('?')[0] ?? '').split('/').slice(1).map(decodeURIComponent);
    const asked = body === '' ? {} : JSON.parse(body);
    if (what === 'managedresources') {
      const own = shifts.filter((s) => s.resourceIdentifier === name && isActive(s));
      const applied = (s: Shift) => (s.startTime + applySeconds <= seconds() ? 'APPLIED' : 'NOT_APPLIED');
      return json({
        arn: name,
        appliedWeights: {},
        autoshifts: [],
        zonalShifts: own.map((s) => ({ ...s, appliedStatus: applied(s) })),
      });
    }
    if (method === 'GET') return json({ items: shifts.filter(isActive) });
    if (method === 'POST') {
      const { resourceIdentifier, awayFrom, expiresIn, comment } = asked;
      if (shifts.some((s) => isActive(s) && s.resourceIdentifier === resourceIdentifier)) {
        return refusal(409, 'ConflictException', 'ZonalShiftAlreadyExists');
      }
      const zonalShiftId = `shift-${shifts.length + 1}`;
      const times = { startTime: seconds(), expiryTime: expiry(expiresIn) };
      const shift: Shift = {
        zonalShiftId,
        resourceIdentifier,
        awayFrom,
        comment,
        ...times,
        status: 'ACTIVE',
      };
      shifts.push(shift);
      return json(shift, 201);
    }
    const shift = shifts.find((s) => s.zonalShiftId === name);
    if (!shift) return refusal(404, 'ResourceNotFoundException', `no shift ${name}`);
    if (!isActive(shift)) return refusal(409, 'ConflictException', 'ZonalShiftStatusNotActive');
    if (method === 'DELETE') shift.status = 'CANCELED';
    else shift.expiryTime = expiry(asked.expiresIn);
    return json(shift);
  };
}

function json(body: unknown, status = 200): AwsReply {
  return { status, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
}

function refusal(status: number, type: string, reason: string): AwsReply {
  const body = JSON.stringify({ message: `refused: ${reason}`, reason });
  return { status, body, headers: { 'content-type': 'application/json', 'x-amzn-errortype': type } };
}
