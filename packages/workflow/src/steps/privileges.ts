/**
 * Which function serves a step, by what it may do to the world besides writing the record: `fleet` changes Auto
 * Scaling groups, `traffic` changes targets, shifts, DNS and switches, `prove` asks targets, `record` only writes.
 */
export const privileges = {
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

  drain: 'traffic',
  shift: 'traffic',
  'shift-applied': 'traffic',
  hold: 'traffic',
  flip: 'traffic',
  'dns-in-sync': 'traffic',
  share: 'traffic',
  'switch-off': 'traffic',
  'return-traffic': 'traffic',
  'undo-traffic': 'traffic',

  'replacement-in-service': 'prove',
  'replacement-healthy': 'prove',
  'probe-replacement': 'prove',
  'check-readiness': 'prove',
  'pre-scaled': 'prove',
  'watch-dns': 'prove',
  'zone-answers': 'prove',
  'zone-takes-traffic': 'prove',
  'region-answers': 'prove',
  'prove-share': 'prove',
  prove: 'prove',
} as const satisfies Record<string, 'fleet' | 'traffic' | 'prove' | 'record'>;

export type StepName = keyof typeof privileges;

export function isStepName(name: string): name is StepName {
  return Object.hasOwn(privileges, name);
}
