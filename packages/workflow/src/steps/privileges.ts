export type Privilege = 'fleet' | 'traffic' | 'restart' | 'prove' | 'record';

/**
 * Which function serves a step, by what it may do to the world besides writing the record: `fleet` changes Auto
 * Scaling groups, `traffic` changes targets, shifts, DNS and switches, `restart` runs one command on a node (a right so
 * wide on AWS that no other function should have it), `prove` asks targets, `record` only writes.
 */
export const privileges = {
  'complete-request': 'record',
  admit: 'record',
  'await-approval': 'record',
  confirm: 'record',
  close: 'record',

  'suspend-rebalance': 'fleet',
  launch: 'fleet',
  retire: 'fleet',
  'resume-rebalance': 'fleet',
  'keep-launches-out': 'fleet',
  'make-room': 'fleet',
  'release-fleet': 'fleet',
  'pre-scale': 'fleet',
  'restore-zones': 'fleet',
  'restore-room': 'fleet',
  'undo-fleet': 'fleet',

  restart: 'restart',

  drain: 'traffic',
  'return-node': 'traffic',
  shift: 'traffic',
  'shift-applied': 'traffic',
  hold: 'traffic',
  flip: 'traffic',
  'dns-in-sync': 'traffic',
  share: 'traffic',
  'switch-off': 'traffic',
  'return-traffic': 'traffic',
  'undo-traffic': 'traffic',

  restarted: 'prove',
  'replacement-in-service': 'prove',
  'replacement-healthy': 'prove',
  'probe-replacement': 'prove',
  'check-readiness': 'prove',
  'pre-scaled': 'prove',
  'watch-dns': 'prove',
  'zone-answers': 'prove',
  'zone-takes-traffic': 'prove',
  'node-takes-traffic': 'prove',
  'region-answers': 'prove',
  'prove-share': 'prove',
  prove: 'prove',
} as const satisfies Record<string, Privilege>;

export type StepName = keyof typeof privileges;

export function isStepName(name: string): name is StepName {
  return Object.hasOwn(privileges, name);
}
