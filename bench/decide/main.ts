import { parseArgs } from 'node:util';
import { decide, nodeId, type Snapshot, type Target, targetId } from '@evac/core';
import {
  checkIn,
  nodes,
  nodeTarget,
  now,
  settings,
  snapshot,
} from '../../packages/core/src/testing/snapshot.ts';

const help = `Times one decision over many targets, seen by three vantages each, one in a hundred of them dead.

  npm run bench:decide [-- --targets 10000] [--runs 30] [--json]
`;

const { values } = parseArgs({
  options: {
    targets: { type: 'string', default: '10000' },
    runs: { type: 'string', default: '30' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (values.help) process.stdout.write(help);
else {
  const count = positive('--targets', values.targets);
  const world = crowd(count);
  const times = Array.from({ length: positive('--runs', values.runs) }, () => {
    const began = performance.now();
    decide(world, settings(), now);
    return performance.now() - began;
  }).toSorted((a, b) => a - b);
  const at = (share: number) => Number((times[Math.ceil(share * times.length) - 1] ?? 0).toFixed(1));
  const result = {
    targets: count,
    runs: times.length,
    minMs: at(0.01),
    medianMs: at(0.5),
    p99Ms: at(0.99),
    limitMs: 50,
  };
  process.stdout.write(
    values.json
      ? `${JSON.stringify(result)}\n`
      : `${count} targets, ${times.length} decisions: median ${result.medianMs} ms, p99 ${result.p99Ms} ms (the limit is ${result.limitMs} ms)\n`,
  );
}

/** The test world with many nodes instead of six. */
function crowd(count: number): Snapshot {
  const few = snapshot();
  const crowd = Array.from({ length: count }, (_, i) => {
    const like = nodes[i % nodes.length];
    if (!like) throw new Error('the test world has no nodes');
    return { ...like, id: nodeId(`i-${i}`) };
  });
  const targets = crowd.map((node): Target => ({ ...nodeTarget(node), id: targetId(`node/${node.id}`) }));
  const [like] = few.health;
  const inside = few.vantages.filter((v) => v.zone !== null);
  return {
    ...few,
    targets,
    health: targets.flatMap((target, i) =>
      inside.flatMap((vantage) => {
        if (!like) return [];
        const checks = i % 100 === 0 ? { shallow: checkIn('dead') } : like.checks;
        return [{ ...like, target: target.id, vantage: vantage.id, checks }];
      }),
    ),
    fleet: few.fleet && {
      ...few.fleet,
      nodes: crowd.flatMap((node) => few.fleet?.nodes.slice(0, 1).map((n) => ({ ...n, ...node })) ?? []),
    },
  };
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  process.stderr.write(`${option} takes a whole number above 0, not "${text}"\n`);
  process.exit(2);
}
