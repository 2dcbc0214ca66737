import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const cores = availableParallelism();
const drills = ['test/drill/**/*.test.ts'];
const aws = ['test/aws/**/*.test.ts'];
const infra = ['test/infra/**/*.test.ts'];

export default defineConfig({
  test: {
    // No test waits for these: they only end what hangs, and a busy machine must not come near them.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000, interval: 10 } },
    coverage: {
      provider: 'v8',
      include: ['packages/core/src/**/*.ts'],
      exclude: ['**/*.test.ts'],
      reporter: ['text-summary'],
      thresholds: { branches: 95 },
    },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          // Of a test with real sockets, most is waiting.
          maxWorkers: cores + 1,
          // Files share a worker: sooner done, and what one leaves running comes to light in another.
          isolate: false,
          include: [
            'packages/**/*.test.ts',
            'functions/**/*.test.ts',
            'test/**/*.test.ts',
            'bench/**/*.test.ts',
          ],
          exclude: ['**/node_modules/**', ...drills, ...aws, ...infra],
        },
      },
      {
        extends: true,
        // Each file starts a moto_server of its own, where that is installed, and most of its time is waiting.
        test: {
          name: 'aws',
          include: aws,
          maxWorkers: 3 * cores,
          sequence: { groupOrder: 1 },
          testTimeout: 240_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        // What a deployment would create, synthesized once for all of them.
        test: {
          name: 'infra',
          include: infra,
          globalSetup: ['test/infra/lib/setup.ts'],
          maxWorkers: cores,
          sequence: { groupOrder: 2 },
          testTimeout: 480_000,
        },
      },
      {
        extends: true,
        // Each brings up whole worlds, half a core each, and measures them: after everything else, and two at a time.
        test: {
          name: 'drill',
          include: drills,
          maxWorkers: 2,
          sequence: { groupOrder: 3 },
          testTimeout: 480_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
