import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ProbeAsk } from '../probe-spec.ts';
import { presetNames, type ServiceSettings } from '../settings.ts';
import { formatDuration } from '../time.ts';
import { resolveConfig, worstCase } from './index.ts';
import { presets } from './presets/index.ts';
import { goodConfig } from './testing/good.ts';

/** docs/config.md may not say what the code does not do. */

const page = readFileSync(new URL('../../../../docs/config.md', import.meta.url), 'utf8');

function vllm(): ServiceSettings {
  const [service] = resolveConfig(goodConfig()).settings?.services ?? [];
  if (!service) throw new Error('the good config has a mistake');
  return service;
}

/** The rows of the page that begin with `name`, without the reason that ends them. */
function rows(name: string): string[] {
  return page.split('\n').filter((line) => line.startsWith(`| \`${name}\` |`));
}

function asked(ask: ProbeAsk): string {
  if (ask.kind === 'http') return `${ask.method} ${ask.path}`;
  return ask.kind === 'openai-stream' ? `stream ${ask.path}` : ask.kind.toUpperCase();
}

describe('docs/config.md', () => {
  it.each(presetNames)('has the preset %s as it is', (name) => {
    const { port, shallow, deep, progress, ...preset } = presets[name];
    const cells = [
      `\`${name}\``,
      port,
      asked(shallow),
      `${formatDuration(preset.intervalMs ?? 5_000)} / ${formatDuration(shallow.timeoutMs)}`,
      asked(deep),
      `${formatDuration(preset.deepIntervalMs)} / ${formatDuration(deep.timeoutMs)}`,
      progress?.tokens[0] ?? '-',
      `${preset.drainAfter} / ${preset.replaceAfter}`,
      formatDuration(preset.graceMs),
    ];
    expect(rows(name)).toContain(`| ${cells.join(' | ')} |`);
  });

  it('has every duration of timing and of limits with its default', () => {
    const { timing, limits } = vllm();
    for (const [setting, value] of Object.entries({ ...timing, ...limits })) {
      const name = setting.replace(/Ms$/, '');
      const shown = setting.endsWith('Ms') ? formatDuration(value) : String(value);
      expect(
        rows(name).some((row) => row.startsWith(`| \`${name}\` | ${shown} |`)),
        `| \`${name}\` | ${shown}`,
      ).toBe(true);
    }
  });

  it('has restartFirst with its default', () => {
    expect(rows('restartFirst').map((row) => row.split(' | ')[1])).toEqual([String(vllm().restartFirst)]);
  });

  it('has every threshold with its default', () => {
    for (const [name, value] of Object.entries(vllm().thresholds))
      expect(
        rows(name).some((row) => row.startsWith(`| \`${name}\` | ${value} |`)),
        `| \`${name}\` | ${value}`,
      ).toBe(true);
  });

  it('has the sums of the worst case as they are computed', () => {
    for (const worst of Object.values(worstCase(vllm())))
      expect(page).toContain(`| ${worst.sum} | ${formatDuration(worst.ms)} |`);
  });
});
