const places = [
  { name: 'us-west-2', code: 'usw2' },
  { name: 'us-east-1', code: 'use1' },
  { name: 'eu-west-1', code: 'euw1' },
];

/** The configs that every check is made for: one, two and three regions, in and out of a VPC, with records of ours and without. */
export const configs = {
  'one-region': config({ regions: 1, vpc: false, dns: 'none' }),
  'one-region-vpc': config({ regions: 1, vpc: true, dns: 'none' }),
  'two-regions': config({ regions: 2, vpc: false, dns: 'theirs' }),
  'two-regions-vpc-dns': config({ regions: 2, vpc: true, dns: 'ours' }),
  'three-regions': config({ regions: 3, vpc: false, dns: 'theirs' }),
  'three-regions-vpc-dns': config({ regions: 3, vpc: true, dns: 'ours' }),
};
export type ConfigName = keyof typeof configs;

export const configNames = Object.keys(configs).filter((name): name is ConfigName => name in configs);

/** The one with its functions bundled for real: that takes most of a run's time, and the fewest regions have all of them. */
export const bundled: ConfigName = 'one-region-vpc';

/** The one with everything in it, deployed as production. */
export const whole: ConfigName = 'two-regions-vpc-dns';

/** evac.config.ts as a text. */
function config(ask: { regions: 1 | 2 | 3; vpc: boolean; dns: 'none' | 'ours' | 'theirs' }): string {
  const regions = places.slice(0, ask.regions).map(({ name, code }) => ({
    name,
    groups: [`llm-${name}`],
    endpoint: `https://llm.${name}.example.com`,
    ...(ask.vpc ? { alarms: [`gpu-errors-${name}`] } : {}),
    zones: ['a', 'b', 'c'].map((letter, i) => ({ name: `${name}${letter}`, id: `${code}-az${i + 1}` })),
  }));
  const dns = { name: 'llm.example.com', ...(ask.dns === 'ours' ? { zone: 'Z0LLM', manage: true } : {}) };
  const network = Object.fromEntries(
    regions.map(({ name, zones }, i) => [
      name,
      {
        vpc: `vpc-0${i}`,
        subnets: Object.fromEntries(zones.map((zone, z) => [zone.name, `subnet-0${i}${z}`])),
        routeTables: [`rtb-0${i}`],
      },
    ]),
  );
  const all = {
    controls: ['https://dynamodb.us-west-2.amazonaws.com', 'https://s3.us-west-2.amazonaws.com'],
    services: {
      llm: {
        ...{ preset: 'vllm', model: 'Qwen/Qwen3-8B', regions },
        ...(ask.dns === 'none' ? {} : { dns }),
        ...(ask.vpc ? { restartFirst: true } : {}),
      },
    },
    ...(ask.vpc
      ? {
          network,
          restartCommand: 'systemctl restart vllm',
          eventBus: 'incidents',
          tags: { team: 'inference' },
        }
      : {}),
  };
  return `import { defineConfig } from '@evac/core/config';\nexport default defineConfig(${JSON.stringify(all)});\n`;
}
