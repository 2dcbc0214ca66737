import type { Trouble } from '../contract.ts';

const blinding: readonly Trouble['kind'][] = [
  'probe',
  'cut-off',
  'blind',
  'port',
  'kill',
  'abort',
  'straggler',
];

/** Whether it makes Evac itself see wrongly, or may keep a cell from knowing what its vantages told. */
export function isBlinding({ kind }: Trouble): boolean {
  return blinding.includes(kind);
}
