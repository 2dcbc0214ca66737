import {
  ExecutionStatus,
  paginateListExecutions,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { PortContext } from '@evac/aws';
import { type MoveName, moveNames, PortError } from '@evac/core';
import type { MachineRunner } from '@evac/workflow';

/** Between Step Functions' clock and this one. */
const clocksDifferMs = 5_000;

/**
 * The moves' state machines in Step Functions. An execution's name is used up for 90 days; a start with the name and the
 * input of one that runs is answered with that one, so a start whose answer was lost may be asked for again.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
export function createMachines(
  { clients, clock }: Pick<PortContext, 'clients' | 'clock'>,
  arns: Readonly<Record<MoveName, string>>,
): MachineRunner {
  const client = clients.get(SFNClient);
  return {
    async start({ machine, name, input }) {
      const asked = clock.now();
      const command = new StartExecutionCommand({
        stateMachineArn: arns[machine],
        name,
        input: JSON.stringify(input),
      });
      try {
        const { startDate } = await clients.call('StartExecution', (options) =>
          client.send(command, options),
        );
        const before = startDate !== undefined && startDate.getTime() < asked - clocksDifferMs;
        return before ? 'exists' : 'started';
      } catch (error) {
        if (error instanceof PortError && error.message.includes('ExecutionAlreadyExists')) return 'exists';
        throw error;
      }
    },

    /** As Step Functions lists them, which is some seconds late. */
    async running() {
      const lists = moveNames.map((move) =>
        clients.call('ListExecutions', async (options) => {
          const names: string[] = [];
          const ask = { stateMachineArn: arns[move], statusFilter: ExecutionStatus.RUNNING };
          for await (const { executions = [] } of paginateListExecutions({ client }, ask, options)) {
            names.push(...executions.flatMap(({ name }) => name ?? []));
          }
          return names;
        }),
      );
      return (await Promise.all(lists)).flat();
    },
  };
}
