import type { LiveView } from '../terminal/live-view.ts';
import { demoRun } from './demo-run.ts';

/** What a person saw `atMs` into the made-up demo, while its zone was being evacuated. */
export function demoView(atMs = 50_000): LiveView {
  const run = demoRun();
  const now = run.startedAt + atMs;
  return {
    title: 'zone-loss (2 of 4)',
    now,
    elapsedMs: atMs,
    regions: ['us-west-2', 'eu-west-1'].map((region, index) => ({
      name: region,
      weight: index === 0 ? 100 : 0,
      answered: index === 0,
      switchedOff: false,
      zones: ['a', 'b', 'c'].map((letter) => {
        const evacuated = index === 0 && letter === 'a';
        const first = index === 0 && letter === 'b' ? 'starting' : 'healthy';
        return {
          name: region + letter,
          evacuated,
          nodes: [0, 1].map((number) => ({
            id: `i-${region}${letter}${number}`,
            state: evacuated ? 'dead' : number === 0 ? first : 'healthy',
          })),
        };
      }),
    })),
    series: run.series.filter((bucket) => bucket.atMs < atMs),
    incidents: run.drills
      .flatMap((drill) => drill.incidents)
      .filter((incident) => incident.openedAt <= now)
      .map((incident) => {
        const over = incident.closedAt !== null && incident.closedAt <= now;
        return {
          ...incident,
          closedAt: over ? incident.closedAt : null,
          outcome: over ? incident.outcome : null,
          events: incident.events.filter((event) => event.at <= now),
        };
      }),
    faults: [{ name: 'zone-loss', target: 'us-west-2a', onMs: 46_000 }],
    events: run.events.filter((event) => event.atMs <= atMs),
  };
}
