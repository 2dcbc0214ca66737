import http from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '@evac/core';
import { type Door, openDoor, type Reach } from '../door.ts';
import { type Ailment, paceOf } from './ailment.ts';
import { type Ask, type NodeContext, sendError, sendJson, sendText } from './ask.ts';
import { createEngine } from './engine.ts';
import { BadRequest } from './prompt.ts';
import { routes } from './routes.ts';

/** One inference server: real HTTP, a model that loads, a batch engine, and whatever ails it. */
export interface InferenceNode {
  host: string;
  port: number;
  /** Replaces the ailments. Waking from `crashed` is a new process that loads its model again. */
  afflict(ailing: ReadonlySet<Ailment>): Promise<void>;
  /** A new process that loads its model for `loadMs` and then has these ailments. */
  restart(ailing: ReadonlySet<Ailment>, loadMs: number): Promise<void>;
  stop(): Promise<void>;
}

export interface NodeOptions {
  id: string;
  model: string;
  host: string;
  port: number;
  /** How long the model loads, already scaled. */
  loadMs: number;
  /** Multiplies every duration of the server's own. */
  scale: number;
  random: Random;
}

/** Resolves once the server listens; it answers 503 until its model is loaded. */
export async function startNode(options: NodeOptions): Promise<InferenceNode> {
  const { id, model, scale, random } = options;
  let ailing: ReadonlySet<Ailment> = new Set();
  const boot = (loadMs: number) => ({
    context: {
      id,
      model,
      scale,
      random,
      engine: createEngine({ scale, ailing: () => ailing }),
      get ailing() {
        return ailing;
      },
      asked: 0,
    } satisfies NodeContext,
    loadedAt: Date.now() + loadMs,
  });
  let process = boot(options.loadMs);

  const server = http.createServer(async (request, response) => {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    response.setHeader('x-evac-node', id);
    const { context, loadedAt } = process;
    const loading = ailing.has('reloading') || Date.now() < loadedAt;
    try {
      const body = await text(request);
      await answer({ request, response, body, signal: gone.signal }, context, loading);
    } catch (error) {
      if (error instanceof BadRequest) sendError(response, error.status, error.type, error.message);
      else if (!gone.signal.aborted) sendError(response, 500, 'InternalServerError', String(error));
    }
  });
  const door: Door = await openDoor(server, options);

  /** Whoever asked the process before is cut off. */
  function startAnew(loadMs: number): void {
    process.context.engine.changed();
    door.reset();
    process = boot(loadMs);
    process.context.engine.changed();
  }

  return {
    host: door.host,
    port: door.port,
    async afflict(next) {
      const began = (ailment: Ailment) => next.has(ailment) && !ailing.has(ailment);
      const restarts =
        began('crashed') || began('reloading') || (ailing.has('crashed') && !next.has('crashed'));
      ailing = next;
      if (restarts) startAnew(options.loadMs);
      else process.context.engine.changed();
      await door.set(reachOf(next));
    },
    async restart(next, loadMs) {
      ailing = next;
      startAnew(loadMs);
      await door.set(reachOf(next));
    },
    stop: () => door.close(),
  };
}

function reachOf(ailing: ReadonlySet<Ailment>): Reach {
  if (ailing.has('crashed')) return 'refusing';
  return ailing.has('isolated') ? 'dark' : 'open';
}

async function answer(ask: Ask, context: NodeContext, loading: boolean): Promise<void> {
  const { request, response, signal } = ask;
  const { ailing, scale, random } = context;
  const { delayMs } = paceOf(ailing);
  if (delayMs > 0) await sleep(delayMs * scale, undefined, { signal });
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  const route = routes.get(`${request.method === 'HEAD' ? 'GET' : request.method} ${path}`);
  if (!route || (ailing.has('unprobeable') && isProbe(request))) {
    sendJson(response, 404, { detail: 'Not Found' });
  } else if (loading) {
    sayLoading(ask, path);
  } else if (ailing.has('grey') && random.next() < 0.3) {
    sendText(response, 500, 'Internal Server Error');
  } else {
    await route(ask, context);
  }
}

/** As llama.cpp does while it loads. */
function sayLoading({ response }: Ask, path: string): void {
  if (path === '/health') sendJson(response, 503, { status: 'loading model' });
  else sendError(response, 503, 'unavailable_error', 'Loading model');
}

/** Clients come through the balancer, which says so; probes ask nodes directly, or say what they are. */
function isProbe({ headers }: http.IncomingMessage): boolean {
  const agent = headers['user-agent'] ?? '';
  if (headers['x-evac-probe'] !== undefined || agent.startsWith('evac-probe')) return true;
  return headers['x-forwarded-for'] === undefined && !agent.startsWith('ELB-HealthChecker');
}
