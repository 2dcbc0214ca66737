export { type ClientOptions, type Clients, createClients } from './clients.ts';
export { LostAnswer } from './errors.ts';
export { createStore } from './store/store.ts';
export { observationFilter, observationFrom, type StreamRecord } from './store/stream.ts';
