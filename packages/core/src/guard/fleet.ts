import type { Guard } from './guard.ts';

/** What the whole fleet does at once is no node's and no zone's fault, and replacing would only make it worse. */
export const fleet: Guard = {
  name: 'fleet',
  yieldsToForce: false,
  object(candidate, { verdicts }) {
    if (candidate.subject.kind === 'region' || candidate.move === 'fail-back') return null;
    const { verdict, because } = verdicts.fleet;
    if (verdict === 'normal') return null;
    const unblock = {
      'bad-release': 'roll the release back; nothing is replaced',
      'wrong-probe': 'correct the probe in the config',
      overloaded: 'scale out; busy nodes are not broken ones',
      'failing-everywhere': 'a person should look; another region may take over',
      'suspect-vantage': 'mend the network of the vantages',
      unknown: 'clears when nodes report',
    }[verdict];
    return { because: `${verdict}: ${because}`, unblock };
  },
};
