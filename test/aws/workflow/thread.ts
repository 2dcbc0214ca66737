import dns from 'node:dns/promises';
import { syncBuiltinESMExports } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { now, type SharedTime } from './time.ts';

interface Given {
  time: SharedTime;
  names: string;
  bundle: string;
  functionMs: number;
}

/** The thread of a region's functions: its time and its names are the test's, and then it is as on Lambda. */
const { time, names, bundle, functionMs }: Given = workerData;

globalThis.Date = new Proxy(Date, {
  construct: (target, given, self) =>
    Reflect.construct(target, given.length === 0 ? [now(time)] : given, self),
  get: (target, key, self) => (key === 'now' ? () => now(time) : Reflect.get(target, key, self)),
});

// Whatever server a resolver is told to ask, it asks the test's, which has no name of its own.
dns.Resolver = new Proxy(dns.Resolver, {
  construct(target, given, self) {
    const resolver: InstanceType<typeof target> = Reflect.construct(target, given, self);
    resolver.setServers([names]);
    const ask = resolver.resolve4.bind(resolver);
    const own = Promise.resolve(names.split(':').slice(0, 1));
    const resolve4 = (host: string) => (host.startsWith('ns.') ? own : ask(host));
    return Object.assign(resolver, { setServers: () => {}, resolve4 });
  },
});
syncBuiltinESMExports();

const { contextFor, handlers }: typeof import('./handlers.ts') = await import(bundle);

parentPort?.on('message', async ({ name, event }: { name: keyof typeof handlers; event: unknown }) => {
  try {
    parentPort?.postMessage({ result: (await handlers[name](event, contextFor(name, functionMs))) ?? null });
  } catch (error) {
    const told = error instanceof Error ? error : new Error(String(error));
    parentPort?.postMessage({ error: { errorType: told.name, errorMessage: told.message } });
  }
});
