import type { ServiceRegion } from '@evac/core';
import { type Config, problemSentence, resolveConfig } from '@evac/core/config';
import { createCell } from './cell.ts';
import { createDashboard } from './dashboard.ts';
import { createDns } from './dns.ts';
import { createPlace } from './place.ts';
import { wantedRegions } from './wanted-regions.ts';

/** A cell in every region of the config, and the DNS between them. What it returns is printed after a deployment. */
export async function deploy(config: Config) {
  const { settings, installation, problems } = resolveConfig(config);
  const errors = [
    ...problems.filter((p) => p.severity === 'error').map(problemSentence),
    ...withoutRestart(config),
  ];
  if (!settings || !installation || errors.length > 0)
    throw new Error(`evac.config.ts cannot be deployed:\n- ${errors.join('\n- ')}`);

  const all = [...new Set(settings.services.flatMap((s) => s.regions.map((r: ServiceRegion) => r.region)))];
  const wanted = wantedRegions(process.env.EVAC_REGIONS, all);
  const cells = [];
  for (const region of wanted) {
    const place = await createPlace({ region, regions: all, settings, installation });
    cells.push(await createCell(place));
  }
  // Health checks and the dashboard join regions: where one is left out they stay as they are.
  const whole = wanted.length === all.length;
  const names = whole ? createDns(cells) : {};
  if (whole) createDashboard(cells.map(({ place }) => place));
  return {
    ...Object.fromEntries(cells.map(({ place, outputs }) => [place.region, outputs])),
    ...names,
  };
}

/** No mistake of a config that is only simulated: there a restart needs no command. */
function withoutRestart({ services, restartCommand }: Config): string[] {
  if (restartCommand !== undefined) return [];
  const names = Object.entries(services ?? {}).flatMap(([name, s]) => (s.restartFirst ? [name] : []));
  if (names.length === 0) return [];
  return [
    `restartCommand is missing, and restartFirst of ${names.join(', ')} needs it; "systemctl restart vllm" would be right`,
  ];
}
