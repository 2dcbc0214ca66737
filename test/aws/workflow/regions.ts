import { type IncidentId, lastEvent, type ServiceSettings } from '@evac/core';
import { east, type Rig, west } from './rig.ts';
import { closed } from './story.ts';
import { afterOnce } from './trouble.ts';

/** Records in the place of switches, and a person who approves. */
export function byRecords(service: ServiceSettings): Partial<ServiceSettings> {
  return {
    dns: service.dns && { ...service.dns, control: 'records' },
    policy: { ...service.policy, 'fail-over-region': 'approve' },
    // What never comes is not waited for as long.
    timing: { ...service.timing, recoveryMs: 30_000 },
  };
}

/**
 * Regions, by their records: one that a person fails over, and that takes its traffic back since the other stops to
 * answer; one that is lost, and failed over once a person approves, by a region that vanishes in the middle of it and
 * comes back; that is lost again in the middle of its fail-back, and back at last.
 */
export async function regionDetours(rig: Rig) {
  rig.wake(east);
  await rig.rest();
  const onChange = (act: () => Promise<void>) =>
    rig.proxy.interferences.splice(1, 0, afterOnce('POST /2013-04-01/hostedzone', act));
  onChange(() => rig.shut(east));
  await rig.begin(east, 'fail-over-region', 'a-try', {
    service: 'llm',
    region: west,
    verb: 'force',
    reason: 'a try',
  });
  const undone = await closed(rig, east, 'fail-over-region');
  await rig.reopen(east);
  const answersAfterUndone = await rig.answers();

  await rig.rest();
  await rig.lose(west);
  await rig.alarm(east);
  const waiting = await rig.until('the failover waits for a person', async () =>
    (await rig.incidents(east, 'fail-over-region')).find(
      (i) => i.closedAt === null && lastEvent(i, 'admit', 'done'),
    ),
  );
  onChange(() => rig.lose(east));
  await approve(rig, waiting.id);
  await rig.until('its execution ends with its region', async () => (await rig.runningIn()).length === 0);
  await rig.restore(east);
  const approved = await closed(rig, east, 'fail-over-region', [undone]);

  await rig.restore(west);
  await rig.rest();
  await rig.until('it comes back with a first share', async () =>
    (await rig.incidents(east, 'fail-back')).find((i) => lastEvent(i, 'share', 'done')),
  );
  await rig.lose(west);
  const lostAgain = await closed(rig, east, 'fail-back');
  const answersMeanwhile = await rig.answers();

  await rig.restore(west);
  await rig.rest();
  const back = await closed(rig, east, 'fail-back', [lostAgain]);
  return { undone, answersAfterUndone, approved, lostAgain, answersMeanwhile, back };
}

async function approve(rig: Rig, incident: IncidentId): Promise<void> {
  const answer = { incident, granted: true, by: 'ben', reason: 'the region is gone' };
  await rig.cell(east).host.invoke('approve', answer);
}
