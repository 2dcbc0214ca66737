import type { Clients } from '@evac/aws';
import type { Gate } from './races.ts';

/** The same clients, each of whose calls waits for the writer's turn. */
export function gatedClients(clients: Clients, gate: Gate, writer: number): Clients {
  return {
    ...clients,
    async call(what, send, limitMs) {
      await gate.enter(writer);
      try {
        return await clients.call(what, send, limitMs);
      } finally {
        gate.leave();
      }
    },
  };
}
