import { type ChildProcess, fork, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, installed, waitUntil } from './process.ts';

/** The one server that everybody asks in this run. */
export interface TargetServer {
  name: string;
  port: number;
  /** Requests answered so far. */
  served(): Promise<number>;
  close(): void;
}

/** nginx where it is installed, or a node server in a process of its own. */
export async function startTargetServer(directory: string): Promise<TargetServer> {
  const nginx = installed('nginx');
  return nginx === null ? startNode() : startNginx(nginx, directory);
}

async function startNginx(command: string, directory: string): Promise<TargetServer> {
  const port = await freePort();
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${join(directory, kind)};`)
    .join(' ');
  const config = join(directory, 'nginx.conf');
  await writeFile(
    config,
    `daemon off; master_process off; pid ${join(directory, 'nginx.pid')}; error_log /dev/null;
events { worker_connections 4096; }
http { access_log off; keepalive_requests 1000000000; ${temporary}
  server { listen 127.0.0.1:${port} backlog=4096;
    location = /count { stub_status; }
    location / { default_type application/json;
      return 200 '{"object":"list","data":[{"id":"m1","object":"model"}]}'; } } }
`,
  );
  const child = spawn(command, ['-c', config], { stdio: 'ignore' });
  const count = async () => {
    const text = await (await fetch(`http://127.0.0.1:${port}/count`)).text();
    // "server accepts handled requests" and, on the next line, three numbers.
    return Number(/\n\s*\d+\s+\d+\s+(\d+)/.exec(text)?.[1]);
  };
  await waitUntil(() => count().then(Number.isFinite, () => false), 'nginx');
  return { name: 'nginx', port, served: count, close: () => child.kill('SIGKILL') };
}

async function startNode(): Promise<TargetServer> {
  const child: ChildProcess = fork(new URL('./asked.ts', import.meta.url), { stdio: 'inherit' });
  const port = await new Promise<number>((resolve) => child.once('message', (sent) => resolve(Number(sent))));
  const served = async () => Number(await (await fetch(`http://127.0.0.1:${port}/count`)).text());
  return { name: 'a node server', port, served, close: () => child.kill('SIGKILL') };
}
