import {
  CancelCommandCommand,
  type Command,
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  paginateListCommands,
  SendCommandCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { type NodeId, PortError, type Restart } from '@evac/core';
import type { PortContext } from './context.ts';
import { LostAnswer } from './errors.ts';
import { groupedInstances } from './groups.ts';
import { isLeaving } from './lifecycle.ts';
import { oneAtATime } from './one-at-a-time.ts';

/** The shortest that SSM takes: a node that does not fetch the command within it never will. */
const deliverySeconds = 30;
/** Delivery, and the document's own limit. */
const waitMs = (deliverySeconds + 60) * 1_000;
const lookMs = 1_500;
/** How far back a token's command is looked for: SSM keeps them for 30 days, an incident's steps end far sooner. */
const tokenMs = 24 * 3_600_000;

const underWay = ['Pending', 'InProgress', 'Delayed', 'Cancelling'];

/**
 * Restarts a node's server by sending it one SSM document (`restartDocument`). The token goes with the command twice:
 * as its comment, by which a command whose answer was lost is found again, and to the node, which restarts once for it.
 */
export function createRestart(context: PortContext, { document }: { document: string }): Restart {
  const { clients, clock } = context;
  const ssm = clients.get(SSMClient);
  const alone = oneAtATime();

  return {
    restart: ({ node, token }) => alone(token, () => restart(node, token)),
  };

  async function restart(node: NodeId, token: string): Promise<void> {
    const sent = await sentFor(token);
    const elsewhere = sent.find((c) => c.InstanceIds?.every((id) => id !== node));
    if (elsewhere) {
      throw new PortError('invalid', `token ${token} was used to restart ${elsewhere.InstanceIds?.join()}`);
    }
    for (const { CommandId = '' } of sent) {
      const before = await ended(node, CommandId);
      if (before.Status === 'Success') return;
    }
    await mustBeReachable(node);
    const command = await send(node, token);
    const { Status = 'Pending', StatusDetails = Status } = await ended(node, command);
    if (Status === 'Success') return;
    if (underWay.includes(Status)) await cancel(node, command);
    throw new PortError('unavailable', `the server on ${node} could not be restarted: ${StatusDetails}`);
  }

  /** A node of no group, of another region or on its way out is not to be found; one that boots is not yet there. */
  async function mustBeReachable(node: NodeId): Promise<void> {
    const [member] = await groupedInstances(clients, [node]);
    if (!member || isLeaving(member.LifecycleState)) {
      throw new PortError('not-found', `${node} does not run in ${clients.region}`);
    }
    if (member.LifecycleState !== 'InService') {
      throw new PortError('unavailable', `${node} is not in service: ${member.LifecycleState}`);
    }
    const command = new DescribeInstanceInformationCommand({
      Filters: [{ Key: 'InstanceIds', Values: [node] }],
    });
    const { InstanceInformationList = [] } = await clients.call('DescribeInstanceInformation', (options) =>
      ssm.send(command, options),
    );
    const ping = InstanceInformationList[0]?.PingStatus;
    if (ping === 'Online') return;
    throw new PortError('unavailable', `SSM does not reach ${node}: ${ping ?? 'its agent never reported'}`);
  }

  /** Every command of this token, on whichever node. */
  function sentFor(token: string): Promise<Command[]> {
    return clients.call('ListCommands', async (options) => {
      const found: Command[] = [];
      const Filters = [
        { key: 'DocumentName' as const, value: document },
        { key: 'InvokedAfter' as const, value: wholeSeconds(clock.now() - tokenMs) },
      ];
      for await (const { Commands = [] } of paginateListCommands({ client: ssm }, { Filters }, options)) {
        found.push(...Commands.filter((c) => c.Comment === commentOf(token)));
      }
      return found;
    });
  }

  async function send(node: NodeId, token: string): Promise<string> {
    const command = new SendCommandCommand({
      DocumentName: document,
      InstanceIds: [node],
      Parameters: { token: [token] },
      Comment: commentOf(token),
      TimeoutSeconds: deliverySeconds,
    });
    try {
      const once = clients.once(SSMClient);
      const { Command } = await clients.call('SendCommand', (options) => once.send(command, options));
      return Command?.CommandId ?? '';
    } catch (error) {
      if (error instanceof PortError && error.message.includes('InvalidInstanceId')) {
        throw new PortError('unavailable', `SSM does not reach ${node}: ${error.message}`);
      }
      if (!(error instanceof LostAnswer)) throw error;
      const found = (await sentFor(token))[0]?.CommandId;
      // Sent again by the next try if it is not there: the node's own token makes that safe.
      if (found === undefined) throw error;
      return found;
    }
  }

  /** What became of the command on the node, once it is over or has taken too long. */
  async function ended(
    node: NodeId,
    commandId: string,
  ): Promise<{ Status?: string; StatusDetails?: string }> {
    const command = new GetCommandInvocationCommand({ CommandId: commandId, InstanceId: node });
    const deadline = clock.now() + waitMs;
    for (;;) {
      const { Status = 'Pending', StatusDetails = Status } = await clients
        .call('GetCommandInvocation', (options) => ssm.send(command, options))
        .catch(notYet);
      if (!underWay.includes(Status)) return { Status, StatusDetails };
      if (clock.now() > deadline)
        return { Status, StatusDetails: `${StatusDetails} for ${waitMs / 1_000} s` };
      await clock.sleep(lookMs);
    }
  }

  /** What is not over by now must not restart the server when nobody waits for it any more. */
  async function cancel(node: NodeId, commandId: string): Promise<void> {
    const command = new CancelCommandCommand({ CommandId: commandId, InstanceIds: [node] });
    await clients.call('CancelCommand', (options) => ssm.send(command, options)).catch(() => undefined);
  }
}

/** At most 100 letters, of which the end tells tokens apart. */
function commentOf(token: string): string {
  return `evac ${token.slice(-90)}`;
}

/** For a moment SSM does not know what it has just accepted. */
function notYet(error: unknown): { Status?: string; StatusDetails?: string } {
  if (error instanceof PortError && error.message.includes('InvocationDoesNotExist')) return {};
  throw error;
}

/** SSM takes no fraction of a second. */
function wholeSeconds(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}
