import { readFileSync } from 'node:fs';
import { type MoveName, moveNames, type Target } from '@evac/core';
import { describe, expect, it } from 'vitest';
import type { Cell } from '../contract.ts';
import { readRequest } from './request.ts';
import { targetsOf } from './targets.ts';
import { fleetOf, nodeFact, service, start, west } from './testing/world.ts';

const targets: Target[] = targetsOf(service, west, fleetOf([nodeFact('a'), nodeFact('b')]));
const cell = {
  region: west,
  settings: { controls: [], services: [service] },
  ports: { store: { readTargets: async () => targets } },
  clock: { now: () => start },
} as unknown as Cell;
const read = (ask: unknown, machine?: MoveName) => readRequest(cell, ask, machine);
const why = { service: 'llm', reason: 'the lights flicker' };

describe('a person’s request', () => {
  it('becomes a candidate for recovery, unless it says force', async () => {
    const ask = { ...why, move: 'evacuate-zone', zone: 'us-west-2a', by: 'ada' };
    const candidate = {
      move: 'evacuate-zone',
      service: 'llm',
      subject: { kind: 'zone', region: west, zone: 'us-west-2a' },
      verb: 'recover',
      by: 'ada',
      because: 'the lights flicker',
      since: start,
    };
    expect(await read(ask)).toEqual(candidate);
    expect(await read({ ...ask, verb: 'force' })).toEqual({ ...candidate, verb: 'force' });
  });

  it.each([
    ['replace-node', { node: 'i-b' }, { kind: 'node', region: west, zone: 'us-west-2b', node: 'i-b' }],
    ['evacuate-zone', { zone: 'usw2-az3' }, { kind: 'zone', region: west, zone: 'us-west-2c' }],
    ['fail-over-region', { region: 'us-east-1' }, { kind: 'region', region: 'us-east-1' }],
    ['fail-back', { node: 'i-b' }, { kind: 'node', region: west, zone: 'us-west-2b', node: 'i-b' }],
    ['fail-back', { zone: 'us-west-2a', region: west }, { kind: 'zone', region: west, zone: 'us-west-2a' }],
    ['fail-back', { region: 'us-east-1' }, { kind: 'region', region: 'us-east-1' }],
  ] as const)('to the state machine of %s needs no move: %o', async (move, about, subject) => {
    expect(await read({ ...why, ...about }, move)).toMatchObject({ move, subject, by: 'a person' });
  });

  it('is taken as docs/operations.md gives it to each machine, and to decide', async () => {
    const page = readFileSync(new URL('../../../../docs/operations.md', import.meta.url), 'utf8');
    const rows = [...page.matchAll(/^\| `([a-z-]+)`.* \| `(\{.*\})` \|$/gm)].map(
      ([, name = '', json = '']) => ({
        move: moveNames.find((move) => move === name),
        ask: JSON.parse(json.replace(/"i-\w+"/, '"i-b"')),
      }),
    );
    const toDecide = /'(\{"move": .*\})'/.exec(page)?.[1] ?? '';
    expect(new Set(rows.map(({ move }) => move))).toEqual(new Set(moveNames));
    for (const { move, ask } of rows) expect(await read(ask, move)).toMatchObject({ move, verb: 'recover' });
    expect(await read(JSON.parse(toDecide))).toMatchObject({ move: 'evacuate-zone', by: 'you' });
  });

  it.each<[string, unknown, MoveName | undefined]>([
    ['a request is an object such as {"service"', 'evacuate', undefined],
    ['move is missing: one of replace-node, evacuate-zone', { ...why, zone: 'us-west-2a' }, undefined],
    [
      'move is replace-node, and this state machine is fail-back',
      { ...why, move: 'replace-node' },
      'fail-back',
    ],
    ['service is missing: us-west-2 has llm', { zone: 'us-west-2a', reason: 'x' }, 'evacuate-zone'],
    ['service is chat: us-west-2 has llm', { ...why, service: 'chat', zone: 'us-west-2a' }, 'evacuate-zone'],
    ['reason is missing', { service: 'llm', zone: 'us-west-2a', reason: ' ' }, 'evacuate-zone'],
    ['zone is us-west-2x: llm has us-west-2a, us-west-2b', { ...why, zone: 'us-west-2x' }, 'evacuate-zone'],
    [
      'region is us-east-1, and this is us-west-2',
      { ...why, zone: 'us-west-2a', region: 'us-east-1' },
      'evacuate-zone',
    ],
    ['node is missing: llm has i-a, i-b in us-west-2', why, 'replace-node'],
    [
      'zone is us-west-2b, and i-a is in us-west-2a',
      { ...why, node: 'i-a', zone: 'us-west-2b' },
      'replace-node',
    ],
    [
      "region is us-west-2, this cell's own: start it in the region that takes over, of us-east-1",
      { ...why, region: west },
      'fail-over-region',
    ],
    [
      'region is eu-west-1: beside us-west-2, llm has us-east-1',
      { ...why, region: 'eu-west-1' },
      'fail-over-region',
    ],
    ['fail-back needs the node, the zone or the region', why, 'fail-back'],
    [
      'zones is nothing that a request has',
      { ...why, zones: ['us-west-2a'], zone: 'us-west-2a' },
      'evacuate-zone',
    ],
  ])('is refused: %s', async (sentence, ask, machine) => {
    await expect(read(ask, machine)).rejects.toThrow(sentence);
  });
});
