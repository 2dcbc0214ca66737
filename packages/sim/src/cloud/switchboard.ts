import type { RegionName, Switch } from '@evac/core';
import { PortError } from '@evac/core';
import { type CloudContext, mustBeService } from './context.ts';

/** The switches that live in one region, one about each other region; all are off at first. */
export function createSwitchboard(
  context: CloudContext,
  home: RegionName,
  regions: RegionName[],
): { port: Switch } {
  const others = regions.filter((region) => region !== home);
  const on = new Set<RegionName>();

  function mustBeOther(region: RegionName): void {
    if (others.includes(region)) return;
    const names = others.length > 0 ? others.join(', ') : 'none';
    throw new PortError('invalid', `${home} has no switch about ${region}: its switches are about ${names}`);
  }

  return {
    port: {
      async read({ service, region }) {
        mustBeService(context, service);
        mustBeOther(region);
        return on.has(region);
      },
      async write(ask) {
        mustBeService(context, ask.service);
        mustBeOther(ask.region);
        if (ask.on === on.has(ask.region)) return;
        if (ask.on) on.add(ask.region);
        else on.delete(ask.region);
        const state = ask.on ? 'on: it is out' : 'off: it is in';
        context.emit({ kind: 'switch', text: `the switch about ${ask.region} is ${state}` });
      },
    },
  };
}
