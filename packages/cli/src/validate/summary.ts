import { formatDuration, type ProbeAsk, type ServiceSettings } from '@evac/core';
import { worstCase } from '@evac/core/config';
import type { Output } from '../output.ts';

/** What a service's settings come to, for a person's one look. */
export function summarize(service: ServiceSettings) {
  const { name, preset, model, port, timing, thresholds, policy, dns } = service;
  return {
    name,
    preset,
    model,
    port,
    regions: service.regions.map(({ region, weight, zones, groups }) => ({ region, weight, zones, groups })),
    asks: {
      shallow: { ...question(service.shallow), everyMs: timing.intervalMs },
      deep: service.deep && { ...question(service.deep), everyMs: timing.deepIntervalMs },
      progress: service.progress?.path ?? null,
    },
    thresholds: {
      drainAfter: thresholds.drainAfter,
      replaceAfter: thresholds.replaceAfter,
      healthyAfter: thresholds.healthyAfter,
      graceMs: timing.graceMs,
    },
    dns,
    /** From the fault to a confirmed finding, at worst. */
    worstCase: worstCase(service),
    recoveryMs: timing.recoveryMs,
    policy,
  };
}

type Summary = ReturnType<typeof summarize>;

function question(ask: ProbeAsk): { asks: string; timeoutMs: number } {
  return { asks: words(ask), timeoutMs: ask.timeoutMs };
}

function words(ask: ProbeAsk): string {
  switch (ask.kind) {
    case 'http':
      return `${ask.method} ${ask.path}`;
    case 'openai-stream':
      return `a generation of ${ask.maxTokens} tokens at ${ask.path}`;
    case 'tcp':
      return 'a TCP connection';
    case 'tls':
      return 'a TLS handshake';
  }
}

export function summaryLines(summary: Summary, output: Output): string[] {
  const { asks, thresholds, worstCase: worst, dns } = summary;
  const regions = summary.regions.map(({ region, weight, zones, groups }) => {
    const role = weight === 0 ? 'standby' : `weight ${weight}`;
    return `${region} (${role}): ${zones.map((zone) => `${zone.name} ${zone.id}`).join(', ')}; ${groups.join(', ')}`;
  });
  const probes = [asks.shallow, ...(asks.deep ? [asks.deep] : [])].map(
    (ask) => `${ask.asks} every ${formatDuration(ask.everyMs)}, timeout ${formatDuration(ask.timeoutMs)}`,
  );
  if (asks.progress) probes.push(`progress counters at ${asks.progress}`);
  const found = [
    ['a crashed node', worst.refused],
    ['a hanging node', worst.hang],
    ['a hanging generation', worst.deepHang],
    ['a lost zone', worst.zone],
  ] as const;
  const rows: [string, string[]][] = [
    ['regions', regions],
    ['asks', probes],
    [
      'acts',
      [
        `drains after ${thresholds.drainAfter} failures, replaces after ${thresholds.replaceAfter}, clears after ${thresholds.healthyAfter} successes`,
        `a node younger than ${formatDuration(thresholds.graceMs)} may still be starting`,
      ],
    ],
    [
      'at worst',
      found.flatMap(([what, known]) =>
        known ? [`${what} is confirmed after ${formatDuration(known.ms)} = ${known.sum}`] : [],
      ),
    ],
    [
      'clients',
      dns
        ? [
            `${dns.name}, moved by ${dns.control}: the last one leaves a lost region ${formatDuration(worst.region?.ms ?? 0)} after its loss, and the move itself`,
          ]
        : ['no DNS name to move'],
    ],
    ['promise', [`recovery within ${formatDuration(summary.recoveryMs)}`]],
    [
      'policy',
      [
        Object.entries(summary.policy)
          .map(([move, mode]) => `${move} ${mode}`)
          .join(', '),
      ],
    ],
  ];
  const title = `${output.paint('bold', summary.name)}: ${summary.preset} on port ${summary.port}, ${summary.model ?? 'any model'}`;
  return [
    '',
    title,
    ...rows.flatMap(([label, lines]) =>
      lines.map((line, i) => `  ${output.paint('dim', (i === 0 ? label : '').padEnd(9))} ${line}`),
    ),
  ];
}
