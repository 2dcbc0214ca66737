import type { Config } from '../index.ts';

type Service = Config['services'][string];

/** Nothing is wrong with this one, not even a warning; a test spoils one thing in it. */
export function goodConfig(change: Partial<Service> = {}): Config {
  return {
    controls: ['https://dynamodb.us-west-2.amazonaws.com', 'https://s3.us-west-2.amazonaws.com'],
    services: { llm: { ...goodService(), ...change } },
  };
}

export function goodService(): Service {
  return {
    preset: 'vllm',
    model: 'Qwen/Qwen3-8B',
    regions: [goodRegion('us-west-2', 'usw2'), goodRegion('us-east-1', 'use1')],
    dns: { name: 'llm.example.com' },
  };
}

export function goodRegion(name: string, code: string): Service['regions'][number] {
  return {
    name,
    groups: [`llm-${name}`],
    endpoint: `https://llm.${name}.example.com`,
    zones: ['a', 'b', 'c'].map((letter, i) => ({ name: `${name}${letter}`, id: `${code}-az${i + 1}` })),
  };
}
