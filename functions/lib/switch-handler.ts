import { createJoinedMemory, createSwitch } from '@evac/aws';
import { PortError, type RegionName, regionName, serviceName } from '@evac/core';
import { remember } from '@evac/workflow';
import type { World } from './cell.ts';
import { boundClients } from './clients.ts';
import { systemClock } from './clock.ts';
import { count } from './count.ts';
import type { Environment } from './environment.ts';
import { fieldsOf } from './fields.ts';
import { createHandler, type Run } from './handler.ts';
import { regionServices } from './joined.ts';
import { readSettings } from './settings.ts';

type Told = Pick<Environment, 'region' | 'table' | 'settings'>;

/** Route 53's checkers wait 2 s for an answer: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html */
const patienceMs = 1_000;
/** Many checkers ask, each every ten seconds: what the table said is told again for so long, and a switch turns that much later. */
const sharedMs = 3_000;

/** What each switch was last found to say, and in which ask. */
type Memory = Map<string, { on: boolean; nth: number }>;

interface Answer {
  statusCode: 200 | 404 | 503;
  headers: Record<string, string>;
  body: string;
}

/**
 * The endpoint of Route 53's inverted health checks, `/SERVICE/REGION`: 200 while REGION's switch is on (out of DNS), 503
 * while it is off. What the table does not say within a second is answered from memory; without one it is off, because
 * that is what losing this region says too: REGION stays in DNS. A path that names no switch is 404, which says the same.
 */
export function createSwitchHandler(environment: () => Told, world: World = {}) {
  let kept: ReturnType<typeof prepare> | null = null;
  const memory: Memory = new Map();
  let asks = 0;
  return createHandler('switch', async (event, run): Promise<Answer> => {
    kept ??= prepare(environment(), world);
    const { region, port, services, clock, endIn } = kept;
    const path = String(fieldsOf(event).rawPath ?? '');
    const [, service = '', about = ''] = path.split('/').map(decode);
    // Long enough to be remembered when it comes, and never into the next run's time.
    endIn(Math.min(10_000, run.remainingMs() - 500));
    await Promise.race([services.refresh(run.log), clock.sleep(patienceMs / 2)]);
    const name = `${service}/${about}`;
    const asked = { service: serviceName(service), region: regionName(about) };
    const nth = ++asks;
    const reading = port.read(asked).then((on) => {
      // A slow answer may come after that of a later ask.
      if (nth > (memory.get(name)?.nth ?? 0)) memory.set(name, { on, nth });
      return on;
    });
    const late = clock.sleep(patienceMs).then(() => null);
    try {
      const on = await Promise.race([reading, late]);
      return on === null ? fromMemory(name, 'the table is slow', memory, region, run) : answer(on, name);
    } catch (error) {
      if (error instanceof PortError && (error.code === 'invalid' || error.code === 'not-found')) {
        return { ...answer(false, name), statusCode: 404, body: `${name}: ${error.message}\n` };
      }
      return fromMemory(name, String(error), memory, region, run);
    } finally {
      reading.catch(() => undefined);
    }
  });
}

function prepare({ region, table, settings }: Told, world: World) {
  const { clock = systemClock } = world;
  const { clients, endIn } = boundClients({ region, attempts: 2, attemptMs: 2_000 }, world.clients);
  const all = world.settings ?? readSettings(settings);
  const services = regionServices(region, all, () => createJoinedMemory({ clients, clock }, table), clock);
  const port = createSwitch({ clients, services: services.list, clock }, table);
  return {
    region,
    port: { read: remember(port.read, clock, sharedMs) },
    services,
    clock,
    endIn,
  };
}

function fromMemory(name: string, reason: string, memory: Memory, region: RegionName, run: Run): Answer {
  const known = memory.get(name);
  run.log.warn(`${name} is answered ${known === undefined ? 'as off' : 'from memory'}`, { reason });
  count('SwitchesFromMemory', region);
  return answer(known?.on ?? false, name);
}

function answer(on: boolean, name: string): Answer {
  return {
    statusCode: on ? 200 : 503,
    headers: { 'content-type': 'text/plain', 'cache-control': 'no-store' },
    body: `${name} is ${on ? 'out' : 'in'}\n`,
  };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
