import type { Clock, RegionName, ServiceSettings, Settings } from '@evac/core';
import { type JoinedMemory, withJoined } from '@evac/core/discovery';
import type { Log } from './log.ts';
import { servicesIn } from './settings.ts';

/** The tags are looked at once a minute: to read what they said more often than this tells nothing new. */
const forMs = 15_000;

/** A region's services: those of the config, and those that joined by their tags. */
export interface RegionServices {
  /** One list for all that hold it; `refresh` changes what is in it. */
  list: ServiceSettings[];
  /**
   * Reads from the table who has joined, unless that was done just now. Where the table does not answer, the services
   * stay as they were: those of the config, at least.
   */
  refresh(log: Pick<Log, 'warn'>): Promise<void>;
}

export function regionServices(
  region: RegionName,
  settings: Settings,
  memory: () => Pick<JoinedMemory, 'joined'>,
  clock: Pick<Clock, 'now'>,
): RegionServices {
  const list = servicesIn(region, settings);
  let readAt = Number.NEGATIVE_INFINITY;
  return {
    list,
    async refresh(log) {
      if (clock.now() - readAt < forMs) return;
      try {
        const joined = (await memory().joined()).map(({ service }) => service);
        const now = servicesIn(region, withJoined(settings, joined));
        list.splice(0, list.length, ...now);
        readAt = clock.now();
      } catch (error) {
        log.warn('the services that joined by their tags cannot be read', { reason: String(error) });
      }
    },
  };
}
