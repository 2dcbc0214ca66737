import { type Case, part, west } from '../case.ts';
import { first } from '../picture.ts';

export const cellCases: Case[] = [
  [
    'part-missing',
    'a function that is not there',
    (world) => {
      part(world, 'function', 'discover').state = 'absent';
    },
    'it does not exist',
    'npx sst deploy --stage production',
  ],
  [
    'part-missing',
    'a region that has no cell, while another has',
    (world) => {
      const { parts } = west(world).cell;
      west(world).cell = {
        parts: parts.map((p) => ({ ...p, state: 'absent' })),
        observations: [],
        pauses: [],
      };
      west(world).alarms = west(world).alarms?.filter((a) => a.name === 'gpu-errors') ?? null;
    },
    'nothing of it is here',
    'npx sst deploy',
  ],
  [
    'part-missing',
    'one of a probe’s schedules that is not there',
    (world) => {
      part(world, 'schedule', 'probe-outside-2').state = 'absent';
    },
    'it does not exist',
    'npx sst deploy --stage production',
  ],
  [
    'part-off',
    'a schedule that is off',
    (world) => {
      part(world, 'schedule', 'decide').state = 'DISABLED';
    },
    'state DISABLED',
    'enable evac-production-decide',
  ],
  [
    'part-off',
    'a function that may not run',
    (world) => {
      west(world).cell.parts.push({ kind: 'concurrency', name: 'evac-production-decide', state: '0' });
    },
    /^0$/,
    'delete-function-concurrency --function-name evac-production-decide',
  ],
  [
    'part-off',
    'a stream that wakes nobody',
    (world) => {
      part(world, 'mapping').state = 'Disabled';
    },
    'state Disabled',
    'update-event-source-mapping',
  ],
  [
    'table-unprotected',
    'a table without point-in-time recovery',
    (world) => {
      part(world, 'backups').state = 'DISABLED';
    },
    'DISABLED',
    'update-continuous-backups --table-name evac-production-store',
  ],
  [
    'table-unprotected',
    'a production table that may be deleted',
    (world) => {
      part(world, 'protection').state = 'DISABLED';
    },
    'DISABLED',
    '--deletion-protection-enabled',
  ],
  [
    'observation-missing',
    'a vantage that was never heard',
    (world) => {
      first(west(world).cell.observations).vantages.pop();
    },
    'it has never said anything',
    'aws logs tail /aws/lambda/evac-production-probe-outside ',
  ],
  [
    'observation-old',
    'a vantage that fell silent',
    (world) => {
      first(first(west(world).cell.observations).vantages).at -= 90_000;
    },
    'its last observation is 1m33s old',
    'aws logs tail /aws/lambda/evac-production-probe-us-west-2a ',
  ],
  [
    'paused',
    'a pause',
    (world) => {
      west(world).cell.pauses = [{ id: 'p1', reason: 'a big launch', by: 'me', until: null }] as never;
    },
    'a big launch',
    /delete-item --table-name evac-production-store .*"p1".* --region us-west-2/,
  ],
];
