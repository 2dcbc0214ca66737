import { placeRules } from '../config/rules/place.ts';
import { probeRules } from '../config/rules/probe.ts';
import { origin, trafficRules } from '../config/rules/traffic.ts';
import { settingsOf } from './joined-settings.ts';
import type { JoinedService, SeenTargetGroup } from './tagged-group.ts';

/** The settings of a config by the tag, or the part of AWS, that they come from here. */
const sources: [RegExp, string][] = [
  [/^model$/, 'evac:model'],
  [/endpoint$/, 'evac:endpoint'],
  [/zones/, 'a zone of the group'],
];

/** What cannot be right of a service whose tags each make sense by themselves: the config's own rules, and what only AWS shows. */
export function mistakesOf(service: JoinedService, targetGroups: readonly SeenTargetGroup[]): string[] {
  const seen = [...seenMistakes(service, targetGroups)];
  if (seen.length > 0) return seen;
  const settings = settingsOf(service);
  return [...placeRules, ...trafficRules, ...probeRules]
    .flatMap((rule) => rule(settings, null))
    .filter(({ severity }) => severity === 'error')
    .map(({ path, value, message }) => {
      const source = sources.find(([pattern]) => pattern.test(path))?.[1] ?? path;
      return value === undefined ? `${source} ${message}` : `${source} ${JSON.stringify(value)} ${message}`;
    });
}

function* seenMistakes(
  { port, preset, endpoint, policy }: JoinedService,
  targetGroups: readonly SeenTargetGroup[],
): Generator<string> {
  if (targetGroups.length === 0) {
    yield 'evac:service: the group has no target group, so no traffic can be taken from its nodes; a target group of an Application or Network Load Balancer would be right';
    return;
  }
  const closed = targetGroups.find((t) => t.protocol === 'HTTPS' || t.protocol === 'TLS');
  if (closed)
    yield `evac:service: its target group ${closed.name} speaks ${closed.protocol} with the nodes, and they are asked by HTTP; the group in evac.config.ts, with a probe of its own, would be right`;
  if (port === null && preset === null)
    yield `evac:port is missing: its target groups have several (${[...new Set(targetGroups.map((t) => t.port))].join(', ')}); the one that the server listens on would be right`;
  const unmarked = [...new Set(targetGroups.flatMap((t) => t.unmarked))];
  if (policy !== 'observe' && unmarked.length > 0)
    yield `evac:policy "${policy}" is more than Evac may do: ${unmarked.join(' and ')} without the tag evac:service may not be changed; the same tag there, or "observe", would be right`;
  if (endpoint === '') {
    const why =
      targetGroups.find((t) => t.hidden !== null)?.hidden ?? 'no listener forwards to its target group';
    yield `evac:endpoint is missing: ${why}; a URL at which clients reach this region, such as https://llm.example.com, would be right`;
  } else if (!origin(endpoint)) {
    yield `evac:endpoint ${JSON.stringify(endpoint)} is no URL of HTTP; https://llm.example.com would be right`;
  }
}
