import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Random } from '@evac/core';
import type { Ailment } from './ailment.ts';
import type { Engine } from './engine.ts';

/** What a route may know of the server it belongs to. */
export interface NodeContext {
  id: string;
  model: string;
  scale: number;
  random: Random;
  engine: Engine;
  ailing: ReadonlySet<Ailment>;
  /** How many generations were asked for since the process started. */
  asked: number;
}

export interface Ask {
  request: IncomingMessage;
  response: ServerResponse;
  /** Aborts when the client goes or the answer is complete. */
  signal: AbortSignal;
  body: string;
}

export type Route = (ask: Ask, context: NodeContext) => void | Promise<void>;

/** The release that the server says it runs. */
export function revisionOf(context: Pick<NodeContext, 'ailing'>): string {
  return context.ailing.has('misreleased') ? 'sim-2' : 'sim-1';
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  sendText(response, status, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
}

export function sendText(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Record<string, string> = {},
): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}

/** The error object of the OpenAI API, as vLLM fills it. */
export function sendError(
  response: ServerResponse,
  status: number,
  type: string,
  message: string,
  headers: Record<string, string> = {},
): void {
  sendJson(response, status, { error: { message, type, param: null, code: status } }, headers);
}
