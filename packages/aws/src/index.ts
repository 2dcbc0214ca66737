// The fleet is @evac/aws/fleet: what ends machines is asked for by name.
export { createAlarmMemory } from './alarm-memory.ts';
export { createBalancer } from './balancer.ts';
export { type ClientOptions, type Clients, createClients } from './clients.ts';
export type { PortContext } from './context.ts';
export { createDiscovery } from './discovery/discovery.ts';
export { createJoinedMemory } from './discovery/joined-memory.ts';
export { createDns, type DnsOptions } from './dns/dns.ts';
export { LostAnswer } from './errors.ts';
export { emitJudgement } from './metrics/metrics.ts';
export { type Channels, createNotify } from './notify/notify.ts';
export { redact } from './notify/redact.ts';
export { createRestart } from './restart.ts';
export { restartDocument } from './restart-document.ts';
export { createStore } from './store/store.ts';
export { observationFilter, observationFrom, type StreamRecord } from './store/stream.ts';
export { createSwitch } from './switch.ts';
export { createTrafficReader } from './traffic.ts';
export { createZonalShift } from './zonal-shift.ts';
