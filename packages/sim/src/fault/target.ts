import type { Fault } from './catalog.ts';

/** What there is to strike, in order: the first is the default. */
export interface Targets {
  regions: string[];
  zones: string[];
  nodes: string[];
}

/** The target meant, or a sentence saying what was wrong and what there is. Without one, the first of its kind. */
export function chooseTarget(
  fault: Fault,
  asked: string | null,
  targets: Targets,
): { target: string } | { mistake: string } {
  const names = { node: targets.nodes, zone: targets.zones, region: targets.regions, world: ['world'] }[
    fault.target
  ];
  const target = asked ?? names[0];
  if (target !== undefined && names.includes(target)) return { target };
  const wrong = asked === null ? `there is no ${fault.target} now` : `"${asked}" is not one`;
  return { mistake: `${fault.name} strikes a ${fault.target}, and ${wrong}: ${names.join(', ') || 'none'}` };
}
