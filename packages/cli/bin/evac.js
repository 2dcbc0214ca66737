#!/usr/bin/env node
// Plain JavaScript, so that any Node can start it; the sources are TypeScript and need Node 24, which the `node`
// package brings along.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const needed = 24;
const launched = 'EVAC_LAUNCHED';

if (Number.parseInt(process.versions.node, 10) >= needed) {
  if (process.env[launched]) endWithLauncher();
  const { main } = await import('../src/main.ts');
  // Not left to the event loop: when a drill dies, what it started ends with requests under way, and Node 24's own
  // clean-up then often spins for ever.
  process.exit(await main(process.argv.slice(2)));
} else {
  const newer = newerNode();
  if (newer) launch(newer);
  else {
    process.stderr.write(
      `evac: Node ${process.versions.node} is too old, and the "node" package with a newer one is not installed; run npm ci, or use Node ${needed} or later\n`,
    );
    process.exitCode = 2;
  }
}

/** The binary of the installed `node` package; null where it is not installed. */
function newerNode() {
  try {
    const manifest = createRequire(import.meta.url).resolve('node/package.json');
    return join(dirname(manifest), JSON.parse(readFileSync(manifest, 'utf8')).bin.node);
  } catch {
    return null;
  }
}

function launch(node) {
  const child = spawn(
    node,
    [...process.execArgv, fileURLToPath(import.meta.url), ...process.argv.slice(2)],
    // The channel only tells the child that this process is gone.
    { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], env: { ...process.env, [launched]: '1' } },
  );
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => {
      // A terminal sends its Ctrl-C to the child as well; twice would look like impatience.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  child.on('error', (error) => {
    process.stderr.write(`evac: cannot start ${node}: ${error.message}\n`);
    process.exitCode = 2;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal];
  });
}

/** Who kills the launcher means the program: SIGKILL cannot be passed on, but its channel closes. */
function endWithLauncher() {
  delete process.env[launched];
  process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  process.channel?.unref();
}
