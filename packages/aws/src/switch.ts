import { PortError, type RegionName, type ServiceName, type Switch } from '@evac/core';
import { type PortContext, serviceHere } from './context.ts';
import { flag, itemOf, number } from './store/item.ts';
import { switchKey } from './store/keys.ts';
import { createTable } from './store/table.ts';

/**
 * The switches that live in this region's table, one about each other region of a service: what the health check's
 * endpoint answers from. One write in the region that takes over, and no call to Route 53.
 */
export function createSwitch(context: PortContext, table: string): Switch {
  const { clients, clock } = context;
  const items = createTable(clients, table, clock);

  function mustBeOther(service: ServiceName, region: RegionName): void {
    const { settings } = serviceHere(context, service);
    const others = settings.regions.map((r) => r.region).filter((name) => name !== clients.region);
    if (others.includes(region)) return;
    const names = others.join(', ') || 'none';
    throw new PortError(
      'invalid',
      `${clients.region} has no switch about ${region}: its switches are about ${names}`,
    );
  }

  return {
    async read({ service, region }) {
      mustBeOther(service, region);
      const item = await items.get(switchKey(service, region));
      // Never written is off: a region is out only when somebody said so.
      return item?.on?.BOOL === true;
    },
    async write({ service, region, on }) {
      mustBeOther(service, region);
      const attributes = { on: flag(on), at: number(clock.now()) };
      await items.put(itemOf(switchKey(service, region), attributes));
    },
  };
}
