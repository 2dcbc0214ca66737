import type { ServiceSettings } from '../../settings.ts';
import { pathText } from '../problem.ts';
import { error, type Mistake, repeated } from './mistake.ts';
import { origin } from './traffic.ts';

/** What concerns all services, with paths from the top. */

export function controlMistakes(controls: readonly string[]): Mistake[] {
  const mistakes = controls.flatMap((control, i) =>
    origin(control)
      ? []
      : [
          error(
            `controls[${i}]`,
            control,
            'is no URL of HTTP; https://dynamodb.us-west-2.amazonaws.com would be right',
          ),
        ],
  );
  const again = repeated(controls, (control) => control).map(({ index, first }) =>
    error(
      `controls[${index}]`,
      controls[index],
      `is controls[${first}] again; another address would be right`,
    ),
  );
  if (controls.length >= 2) return [...mistakes, ...again];
  const few = error(
    'controls',
    controls,
    "must be at least two addresses: with one, its failure could not be told from the vantage's own; two that do not depend on each other would be right",
  );
  return [few, ...mistakes];
}

/** 32 characters leave room in an incident's name, which is also an execution's and has 80. */
const nameForm = /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/;

export function isServiceName(name: string): boolean {
  return nameForm.test(name);
}

export function nameMistakes(names: readonly string[]): Mistake[] {
  if (names.length === 0)
    return [error('services', {}, 'must hold at least one service, by name; { llm: { … } } would be right')];
  return names.flatMap((name) =>
    isServiceName(name)
      ? []
      : [
          error(
            pathText(['services', name]),
            name,
            'is no name for a service; 1 to 32 small letters, digits and inner hyphens, such as chat-8b, would be right',
          ),
        ],
  );
}

export function sharedMistakes(services: readonly ServiceSettings[]): Mistake[] {
  const named = services.flatMap((service) => (service.dns ? [{ service, dns: service.dns }] : []));
  const names = repeated(named, ({ dns }) => dns.name.toLowerCase()).map(({ index, first }) =>
    error(
      `services.${named[index]?.service.name}.dns.name`,
      named[index]?.dns.name,
      `is the name of ${named[first]?.service.name} as well: one's failover would move the other; a name of its own would be right`,
    ),
  );
  const groups = services.flatMap((service) =>
    service.regions.flatMap(({ region, groups }, r) =>
      groups.map((group, g) => ({ service, region, group, path: `regions[${r}].groups[${g}]` })),
    ),
  );
  const shared = repeated(groups, ({ region, group }) => `${region} ${group}`).flatMap(({ index, first }) => {
    const [again, before] = [groups[index], groups[first]];
    // Twice in one service is said there.
    if (!again || !before || again.service === before.service) return [];
    return [
      error(
        `services.${again.service.name}.${again.path}`,
        again.group,
        `belongs to ${before.service.name} as well: both would replace its nodes; a group of its own would be right`,
      ),
    ];
  });
  return [...names, ...shared];
}
