export { type ClientOptions, type Clients, createClients } from './clients.ts';
export { LostAnswer } from './errors.ts';
