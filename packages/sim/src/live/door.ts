import type { Server } from 'node:http';
import net from 'node:net';
import { Duplex } from 'node:stream';

/**
 * `open` serves. `refusing` is a process that died: connections are reset, new ones refused. `dark` is a network that
 * swallows packets: nothing comes in or goes out, and nobody is told; what was under way goes on when it is lit again,
 * as TCP's retransmission would have it.
 */
export type Reach = 'open' | 'refusing' | 'dark';

/** The only way to a server of the world: it can be shut, and it can go dark. */
export interface Door {
  host: string;
  port: number;
  set(reach: Reach): Promise<void>;
  /** Drops every connection at once, as a killed process does; the door stays as it is. */
  reset(): void;
  close(): Promise<void>;
}

/** Listens for `server` (which must not listen itself). Rejects with the listener's error, `EADDRINUSE` for one. */
export async function openDoor(server: Server, at: { host: string; port: number }): Promise<Door> {
  let reach: Reach = 'open';
  const lines = new Set<Line>();
  const listener = net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const line = lineOver(socket, () => reach === 'dark');
    lines.add(line);
    socket.once('close', () => lines.delete(line));
    server.emit('connection', line.stream);
  });
  const reset = () => {
    for (const line of lines) line.drop();
  };
  const unlisten = async () => {
    if (!listener.listening) return;
    const closed = new Promise((done) => listener.close(done));
    reset();
    await closed;
  };

  await listen(listener, at);
  const address = listener.address();
  const port = typeof address === 'object' && address !== null ? address.port : at.port;
  return {
    host: at.host,
    port,
    reset,
    async set(next) {
      if (next === reach) return;
      reach = next;
      if (next === 'refusing') return unlisten();
      if (!listener.listening) await listen(listener, { host: at.host, port });
      for (const line of lines) line.changed();
    },
    close: unlisten,
  };
}

function listen(listener: net.Server, at: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(at.port, at.host, () => {
      listener.off('error', reject);
      resolve();
    });
  });
}

interface Line {
  stream: Duplex;
  changed(): void;
  drop(): void;
}

/** A socket that can be made to hold still. */
function lineOver(socket: net.Socket, isDark: () => boolean): Line {
  let held: (() => void) | null = null;
  const whenLit = (act: () => void) => {
    if (isDark()) held = act;
    else act();
  };
  const stream = new Duplex({
    read: () => {
      if (!isDark()) socket.resume();
    },
    write: (chunk: Buffer, _encoding, done) => whenLit(() => socket.write(chunk, done)),
    final: (done) => whenLit(() => socket.end(done)),
    destroy: (error, done) => {
      socket.destroy();
      done(error);
    },
  });
  socket.pause();
  socket.on('data', (chunk) => {
    if (!stream.push(chunk)) socket.pause();
  });
  socket.on('end', () => stream.push(null));
  socket.on('error', () => stream.destroy());
  socket.on('close', () => stream.destroy());
  stream.on('error', () => {});
  Object.assign(stream, { remoteAddress: socket.remoteAddress });
  return {
    stream,
    changed() {
      if (isDark()) {
        socket.pause();
        return;
      }
      const act = held;
      held = null;
      act?.();
      socket.resume();
    },
    drop: () => socket.resetAndDestroy(),
  };
}
