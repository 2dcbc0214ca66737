import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createServiceAlarms } from './alarms/services.ts';
import { createWatchmanAlarms } from './alarms/watchman.ts';
import { findBalancers } from './balancers.ts';
import { createDecide } from './decide.ts';
import { createDiscover } from './discover.ts';
import { createFunction, type Told } from './function.ts';
import { createMachines } from './machines.ts';
import { createDeadLetters, createTopics } from './notices.ts';
import type { Place } from './place.ts';
import { createProbes, probeNames, toldOf } from './probes.ts';
import { partitions } from './rights/store.ts';
import { createScheduler } from './schedule.ts';
import { createRestartDocument, createSteps } from './steps.ts';
import { createTable } from './table.ts';

export type Cell = Awaited<ReturnType<typeof createCell>>;

/** Everything of one region. Nothing in it needs another region to run. */
export async function createCell(place: Place) {
  const { named, arn } = place;
  writeSettings(place);
  const balancers = await findBalancers(place);
  const table = createTable(place);
  const topics = createTopics(place);
  const deadLetters = createDeadLetters(place);
  const scheduler = createScheduler(place, [named('decide'), named('discover')]);
  const topicArns = {
    info: arn('sns', named('info')),
    warning: arn('sns', named('warning')),
    critical: arn('sns', named('critical')),
  };
  const told = toldAll(place, topicArns);
  const topicList = Object.values(topicArns);

  createRestartDocument(place);
  const probes = createProbes(place, { told, deadLetters });
  const steps = createSteps(place, { told, balancers, topics: topicList });
  const machines = createMachines(place, steps);
  const decide = createDecide(place, { told, table, balancers, topics: topicList, scheduler, deadLetters });
  const turning = createFunction(place, {
    name: 'switch',
    description: 'Says to Route 53 whether another region is out.',
    memory: 128,
    timeoutSeconds: 5,
    told,
    // Sixteen checkers ask every ten seconds.
    traced: false,
    rights: [
      ...partitions(place, ['dynamodb:GetItem'], ['switch#*']),
      ...partitions(place, ['dynamodb:Query'], ['joined']),
    ],
    url: true,
  });
  const approve = createFunction(place, {
    name: 'approve',
    description:
      'A person’s answer to a move that waits. Give: {"incident": "…", "granted": true, "by": "you", "reason": "…"}.',
    memory: 256,
    timeoutSeconds: 30,
    told,
    traced: true,
    rights: [
      ...partitions(place, ['dynamodb:GetItem', 'dynamodb:Query'], ['incident#*']),
      ...partitions(place, ['dynamodb:PutItem'], ['incident#*', 'closed#*']),
      ...partitions(place, ['dynamodb:UpdateItem'], ['incident#*', 'lease#*']),
    ],
  });
  const discover = createDiscover(place, { told, topics: topicList, scheduler, deadLetters });
  createServiceAlarms(place, topics);
  createWatchmanAlarms(place, { topics, probeNames: probeNames(place) });
  return {
    place,
    table,
    topics,
    deadLetters,
    machines,
    functions: { ...steps, decide, discover, switch: turning, approve },
    probes,
    outputs: { table: table.name, topics: topicArns },
  };
}

/** All that any function of the cell can be told. */
function toldAll(place: Place, topics: Record<string, string>): Told {
  const { named, arn, installation } = place;
  return {
    table: named('store'),
    vantages: JSON.stringify(place.vantages.map(toldOf)),
    machines: JSON.stringify({
      'replace-node': arn('states', `stateMachine:${named('replace-node')}`),
      'evacuate-zone': arn('states', `stateMachine:${named('evacuate-zone')}`),
      'fail-over-region': arn('states', `stateMachine:${named('fail-over-region')}`),
      'fail-back': arn('states', `stateMachine:${named('fail-back')}`),
    }),
    topics: JSON.stringify(topics),
    ...(installation.eventBus === null ? {} : { bus: installation.eventBus }),
    restartDocument: named('restart'),
    hostedZones: JSON.stringify(Object.fromEntries(installation.names.map((n) => [n.name, n.zone]))),
  };
}

/** Beside every bundle, so that no function carries the reader of the config. */
function writeSettings({ settings }: Place): void {
  const folder = join($cli.paths.work, 'evac');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings));
}
