import { type Incident, incidentId, type Store } from '@evac/core';
import { describe, expect, it } from 'vitest';
import type { MachineRunner, MoveInput } from '../contract.ts';
import { resumeOpen } from './resume.ts';
import { east, incident, service, start, west } from './testing/world.ts';

type Resumable = Parameters<typeof resumeOpen>[0];

/** A cell with these incidents in its store, these executions running, and these names used up. */
function createCell(world: { incidents: Incident[]; running?: string[]; used?: string[] }) {
  const used = new Set([...(world.used ?? []), ...(world.running ?? [])]);
  const started: { machine: string; name: string; input: MoveInput }[] = [];
  const asked: Parameters<Store['incidents']>[0][] = [];
  const machines: MachineRunner = {
    async start(ask) {
      if (used.has(ask.name)) return 'exists';
      used.add(ask.name);
      started.push(ask);
      return 'started';
    },
    running: async () => world.running ?? [],
  };
  const store: Pick<Store, 'incidents'> = {
    async incidents(ask) {
      asked.push(ask);
      return world.incidents;
    },
  };
  const cell: Resumable = {
    region: west,
    clock: { now: () => start, sleep: () => Promise.resolve() },
    machines,
    ports: { store },
  };
  return { cell, started, asked };
}

const { id } = incident();

describe('an open incident without an execution', () => {
  it('gets one, with the input that it began with', async () => {
    const { cell, started } = createCell({ incidents: [incident()] });
    expect(await resumeOpen(cell, service)).toEqual([id]);
    expect(started).toEqual([
      {
        machine: 'replace-node',
        name: id,
        input: {
          incident: id,
          service: 'llm',
          move: 'replace-node',
          subject: incident().subject,
          cell: west,
          verb: 'automatic',
          by: 'evac',
          because: 'it is dead',
          needsApproval: false,
          waits: { pollSeconds: 5, holdSeconds: 60 },
        },
      },
    ]);
  });

  it('whose name is used up gets one by the next number', async () => {
    const { cell } = createCell({ incidents: [incident()], used: [id, `${id}.r1`] });
    expect(await resumeOpen(cell, service)).toEqual([`${id}.r2`]);
  });

  it('whose hundred names are used up gets none', async () => {
    const names = Array.from({ length: 99 }, (_, i) => `${id}.r${i + 1}`);
    const { cell } = createCell({ incidents: [incident()], used: [id, ...names] });
    expect(await resumeOpen(cell, service)).toEqual([]);
  });

  it.each([
    ['approve', 'automatic', true],
    ['automatic', 'automatic', false],
    ['approve', 'force', false],
  ] as const)('under policy %s, begun as %s, needs approval: %s', async (mode, verb, needsApproval) => {
    const { cell, started } = createCell({ incidents: [incident({ verb })] });
    await resumeOpen(cell, { ...service, policy: { ...service.policy, 'replace-node': mode } });
    expect(started[0]?.input.needsApproval).toBe(needsApproval);
  });
});

describe('no execution is started for an incident', () => {
  it.each([
    ['whose execution runs', { running: [id] }],
    ['whose execution goes on by a later name', { running: [`${id}.r3`] }],
  ])('%s', async (_, world) => {
    const { cell } = createCell({ incidents: [incident()], ...world });
    expect(await resumeOpen(cell, service)).toEqual([]);
  });

  it('that is closed', async () => {
    const { cell } = createCell({ incidents: [incident({ closedAt: start - 1, outcome: 'recovered' })] });
    expect(await resumeOpen(cell, service)).toEqual([]);
  });

  it('of another cell', async () => {
    const { cell } = createCell({ incidents: [incident({ cell: east })] });
    expect(await resumeOpen(cell, service)).toEqual([]);
  });

  it('because of another one that runs: each is looked at for itself', async () => {
    const other = incidentId(`${id}2`);
    const { cell } = createCell({ incidents: [incident(), incident({ id: other })], running: [other] });
    expect(await resumeOpen(cell, service)).toEqual([id]);
  });
});
