// What a deployment needs to know of the ports, without their clients.
export { restartDocument } from './restart-document.ts';
export { observationFilter } from './store/stream.ts';
