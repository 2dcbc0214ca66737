import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { loopConcurrency, type Measure, pacedMs, pacedTargets } from './measure.ts';
import { clockTicks, cpuOfProcess, freePort, waitUntil } from './process.ts';
import type { TargetServer } from './target-server.ts';

const warmMs = 1_000;

/** HAProxy's own checker, one thread, as many servers as {@link pacedTargets}, each checked every {@link pacedMs}. */
export async function measureHaproxy(
  command: string,
  server: TargetServer,
  seconds: number,
  directory: string,
): Promise<Measure> {
  const servers = Array.from(
    { length: pacedTargets },
    (_, i) => `  server s${i} 127.0.0.1:${server.port} check inter ${pacedMs}ms`,
  );
  const config = join(directory, 'haproxy.cfg');
  await writeFile(
    config,
    `global
  nbthread 1
defaults
  mode http
  timeout connect 3s
  timeout client 3s
  timeout server 3s
  timeout check 3s
frontend unused
  bind unix@${join(directory, 'haproxy.sock')}
  default_backend asked
backend asked
  option httpchk
  http-check send meth GET uri /health ver HTTP/1.1 hdr Host localhost
  http-check expect status 200
${servers.join('\n')}
`,
  );
  const child = spawn(command, ['-db', '-f', config], { stdio: 'ignore' });
  try {
    const before = await server.served();
    await waitUntil(async () => (await server.served()) > before + pacedTargets, 'HAProxy');
    await sleep(warmMs);
    return await measureProcess(child.pid ?? 0, server, () => sleep(seconds * 1_000));
  } finally {
    child.kill('SIGKILL');
  }
}

/** blackbox_exporter's http prober, asked over HTTP as Prometheus would; serving that is a part of its price. */
export async function measureBlackbox(
  command: string,
  server: TargetServer,
  seconds: number,
  directory: string,
): Promise<Measure> {
  const config = join(directory, 'blackbox.yml');
  await writeFile(
    config,
    'modules:\n  plain:\n    prober: http\n    timeout: 3s\n    http:\n      preferred_ip_protocol: ip4\n',
  );
  const port = await freePort();
  const listen = `--web.listen-address=127.0.0.1:${port}`;
  const child = spawn(command, [`--config.file=${config}`, listen, '--log.level=error'], { stdio: 'ignore' });
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: loopConcurrency });
  const target = encodeURIComponent(`http://127.0.0.1:${server.port}/health`);
  const askOnce = async () => {
    const response = await pool.request({ path: `/probe?module=plain&target=${target}`, method: 'GET' });
    return (await response.body.text()).includes('\nprobe_success 1');
  };
  const askFor = async (ms: number) => {
    const until = performance.now() + ms;
    const loop = async () => {
      while (performance.now() < until) {
        if (!(await askOnce())) throw new Error('blackbox_exporter failed its check');
      }
    };
    await Promise.all(Array.from({ length: loopConcurrency }, loop));
  };
  try {
    await waitUntil(() => askOnce().catch(() => false), 'blackbox_exporter');
    await askFor(warmMs);
    return await measureProcess(child.pid ?? 0, server, () => askFor(seconds * 1_000));
  } finally {
    await pool.destroy();
    child.kill('SIGKILL');
  }
}

async function measureProcess(
  pid: number,
  server: TargetServer,
  work: () => Promise<void>,
): Promise<Measure> {
  const ticks = clockTicks();
  const servedBefore = await server.served();
  const cpuBefore = cpuOfProcess(pid, ticks);
  const started = performance.now();
  await work();
  const cpu = cpuOfProcess(pid, ticks) - cpuBefore;
  const elapsed = performance.now() - started;
  const checks = (await server.served()) - servedBefore;
  return { cpuMicros: cpu / checks, checksPerSecond: (checks * 1_000) / elapsed };
}
