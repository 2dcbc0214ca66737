import { connectWorld, startWorld, type World, type WorldAdmin, type WorldDescription } from '@evac/sim';
import OpenAI from 'openai';

/** A world for a test, fifty times faster than life, and the usual ways to talk to it. */
export interface TestWorld {
  world: World;
  description: WorldDescription;
  admin: WorldAdmin;
  /** Asks a region's balancer as the official client does. */
  openai(region?: number): OpenAI;
  /** Node ids of a zone (all zones of a region without one), as they are now. */
  nodesOf(region: number, zone?: number): Promise<{ id: string; url: string }[]>;
}

export async function startTestWorld(options: Parameters<typeof startWorld>[0] = {}): Promise<TestWorld> {
  // A request that a fault holds up is held until it is mended, not for the balancer's 60 s, which here are one.
  const durations = { idleMs: 3_000_000 };
  const world = await startWorld({ scale: 0.02, durations, ...options });
  const { description } = world;
  const admin = connectWorld(description.admin);
  return {
    world,
    description,
    admin,
    openai: (region = 0) =>
      new OpenAI({
        baseURL: `${description.regions[region]?.endpoint}/v1`,
        apiKey: 'none',
        maxRetries: 0,
        timeout: patienceMs,
      }),
    async nodesOf(region, zone) {
      const { regions } = await admin.view();
      const name = zone === undefined ? null : description.regions[region]!.zones[zone]!.name;
      return regions[region]!.nodes.filter((n) => n.port > 0 && (name === null || n.zone === name)).map(
        (n) => ({
          id: n.node,
          url: `http://${n.host}:${n.port}`,
        }),
      );
    },
  };
}

/** For what answers: only a machine that stands still needs as long. */
export const patienceMs = 20_000;
/** For what is silent, and waited for to the end. */
export const briefMs = 250;

/** GET: the status, or the name of what went wrong: `refused`, `silent`. */
export async function get(url: string, timeoutMs = patienceMs): Promise<number | 'refused' | 'silent'> {
  try {
    const response = await fetch(url, {
      signal: AbortSignal.timeout(timeoutMs),
      headers: { connection: 'close' },
    });
    await response.text();
    return response.status;
  } catch (error) {
    return error instanceof Error && error.name === 'TimeoutError' ? 'silent' : 'refused';
  }
}
