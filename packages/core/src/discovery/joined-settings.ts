import { fillService } from '../config/fill.ts';
import type { ParsedService } from '../config/schema.ts';
import { presetNames, type ServiceSettings, type Settings } from '../settings.ts';
import type { HealthAsk, JoinedService } from './tagged-group.ts';

/** The settings of a service that joined by its tags: what they do not say is the preset's and the defaults, as in a config. */
export function settingsOf(joined: JoinedService): ServiceSettings {
  const { name, region, groups, endpoint, zones, model, port, policy, standby } = joined;
  return fillService(name, {
    regions: [
      {
        name: region,
        weight: standby ? 0 : 100,
        groups,
        endpoint,
        zones: zones.map((zone) => ({ name: zone.name, id: zone.id })),
      },
    ],
    ...(model === null ? {} : { model }),
    ...(port === null ? {} : { port }),
    ...questions(joined),
    policy: {
      'replace-node': policy,
      'evacuate-zone': policy,
      'fail-back': policy,
      // A region is failed over by a name and its health checks, which tags do not make.
      'fail-over-region': 'observe',
    },
  });
}

/**
 * The settings with the services that joined by their tags. One that the config has meanwhile is the config's; one that
 * this version does not understand is left out.
 */
export function withJoined(settings: Settings, joined: readonly JoinedService[]): Settings {
  const configured = new Set<string>(settings.services.map(({ name }) => name));
  const understood = ({ preset }: JoinedService) => preset === null || presetNames.includes(preset);
  const services = joined.filter((one) => !configured.has(one.name) && understood(one)).map(settingsOf);
  return { ...settings, services: [...settings.services, ...services] };
}

/** Without a preset, what the load balancer asks: the one question that the owner has called right. */
function questions({ preset, health }: JoinedService): Pick<ParsedService, 'preset' | 'shallow' | 'deep'> {
  if (preset !== null) return { preset };
  return { preset: 'http', shallow: health ? asked(health) : { kind: 'tcp' }, deep: false };
}

function asked({ path, from, to }: HealthAsk): NonNullable<ParsedService['shallow']> {
  return { kind: 'http', path, expect: { status: `${from}-${to}` } };
}
