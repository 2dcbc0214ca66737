import { restartDocument } from '@evac/aws/deploy';
import type { privileges } from '@evac/workflow';
import type { Balancers } from './balancers.ts';
import { createFunction, type Told } from './function.ts';
import type { Place } from './place.ts';
import { changingFleet, changingTraffic, looking, restarting, telling } from './rights/cloud.ts';
import type { Statement } from './rights/statement.ts';
import { openingAndClosing, partitions, readingStores, recording } from './rights/store.ts';

type Privilege = (typeof privileges)[keyof typeof privileges];
export type StepFunctions = Record<Privilege, sst.aws.Function>;

/**
 * As long as the longest task of a machine may take (packages/workflow/src/machines): one that the machine has given up must not go on
 * beside its repetition. Far below a lease's ten minutes.
 */
const timeoutSeconds: Record<Privilege, number> = {
  fleet: 120,
  traffic: 120,
  restart: 120,
  prove: 180,
  record: 60,
};

const descriptions: Record<Privilege, string> = {
  fleet: 'Steps that change Auto Scaling groups.',
  traffic: 'Steps that change targets, shifts, DNS and switches.',
  restart: "Steps that restart a node's server.",
  prove: 'Steps that ask, wait and prove.',
  record: 'Steps that write the record and tell people.',
};

/** The functions behind the machines' tasks, by what they may do to the world. All read what the guards look at. */
export function createSteps(
  place: Place,
  ask: { told: Told; balancers: Balancers; topics: string[] },
): StepFunctions {
  const toTell = telling(place, ask.topics);
  const rights: Record<Privilege, Statement[]> = {
    fleet: changingFleet(place),
    traffic: [
      ...changingTraffic(place, ask.balancers),
      ...partitions(place, ['dynamodb:PutItem'], ['switch#*']),
      ...toTell,
    ],
    restart: restarting(place),
    prove: [],
    record: [...openingAndClosing(place), ...toTell],
  };
  const step = (name: Privilege) =>
    createFunction(place, {
      name,
      description: descriptions[name],
      memory: 256,
      timeoutSeconds: timeoutSeconds[name],
      told: ask.told,
      traced: true,
      rights: [
        ...readingStores(place),
        ...recording(place),
        ...looking(place, ask.balancers),
        ...rights[name],
      ],
    });
  return {
    fleet: step('fleet'),
    traffic: step('traffic'),
    restart: step('restart'),
    prove: step('prove'),
    record: step('record'),
  };
}

/** The document that the restart function sends, or a name that nothing has where nothing may be restarted. */
export function createRestartDocument(place: Place): void {
  const { provider, logical, named, installation } = place;
  if (installation.restartCommand === null) return;
  new aws.ssm.Document(
    logical('restart', 'document'),
    {
      name: named('restart'),
      documentType: 'Command',
      documentFormat: 'JSON',
      targetType: '/AWS::EC2::Instance',
      content: JSON.stringify(restartDocument(installation.restartCommand)),
    },
    { provider },
  );
}
