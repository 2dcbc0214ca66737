import { type NodeId, PortError, type Restart } from '@evac/core';
import type { Machines } from './cloud.ts';
import type { Compute } from './compute.ts';
import type { CloudContext } from './context.ts';

/** As SSM runs one document on one instance: a command that failed to reach it may be sent again by its token. */
export function createRestart(
  context: CloudContext,
  compute: Compute,
  machines: Pick<Machines, 'restart'>,
  loadMs: number,
): Restart {
  const sent = new Map<string, { node: NodeId; done: Promise<void> }>();

  async function run(node: NodeId): Promise<void> {
    const instance = compute.instance(node);
    if (!instance || instance.lifecycle === 'terminating') {
      throw new PortError('not-found', `${node} does not run in this region`);
    }
    if (instance.lifecycle === 'pending') throw new PortError('unavailable', `${node} still boots`);
    await machines.restart({ node, loadMs }).catch((error: unknown) => {
      throw new PortError('unavailable', `${node} cannot be reached: ${messageOf(error)}`);
    });
    const text = `the server on ${node} is restarted`;
    context.emit({ kind: 'node-restarted', zone: instance.zone, node, text });
  }

  return {
    async restart({ node, token }) {
      const known = sent.get(token);
      if (known && known.node !== node) {
        throw new PortError('invalid', `token ${token} was used to restart ${known.node}`);
      }
      if (known) return known.done;
      const done = run(node);
      sent.set(token, { node, done });
      await done.catch((error: unknown) => {
        sent.delete(token);
        throw error;
      });
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
