import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { engineService } from './engine-service.ts';
import { monitorService } from './monitor-service.ts';
import { protocol } from './proto.ts';
import type { Recording } from './recording.ts';

/** Runs the program `main` against services that record, and says what it registered. */
export async function evaluate(ask: {
  stack: string;
  config: Record<string, string>;
  main: string;
}): Promise<Recording> {
  const [organization = '', project = '', stage = ''] = ask.stack.split('/');
  const recording: Recording = { project, stage, resources: [], outputs: {}, errors: [], exitCode: 1 };
  const speak = protocol(ask.main);
  const { grpc, services, runner } = speak;
  const server = new grpc.Server({
    'grpc.max_receive_message_length': -1,
    'grpc.max_send_message_length': -1,
  });
  server.addService(services.monitor, monitorService(recording, speak, ask.config['aws:region'] ?? null));
  server.addService(services.engine, engineService(recording, speak));
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  const address = `127.0.0.1:${port}`;
  const child = spawn(
    process.execPath,
    [
      ...[runner, '--monitor', address, '--engine', address, '--organization', organization],
      ...['--project', project, '--stack', stage, '--parallel', '64'],
      ...['--root-directory', process.cwd(), '--pwd', process.cwd(), ask.main],
    ],
    {
      env: { ...process.env, PULUMI_CONFIG: JSON.stringify(ask.config), PULUMI_CONFIG_SECRET_KEYS: '[]' },
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  const [code] = await once(child, 'exit');
  server.forceShutdown();
  return { ...recording, exitCode: Number(code ?? 1) };
}
