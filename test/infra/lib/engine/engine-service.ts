import type { Handler, Log, Protocol } from './proto.ts';
import type { Recording } from './recording.ts';

const errorSeverity = 3;

/** Pulumi's Engine: errors that the program logs, and which resource is the root. */
export function engineService(recording: Recording, { engine, Empty }: Protocol) {
  let root = '';
  const log: Handler<Log> = ({ request }, answer) => {
    if (request.getSeverity() === errorSeverity)
      recording.errors.push({ urn: request.getUrn(), message: request.getMessage() });
    answer(null, new Empty());
  };
  const getRootResource: Handler<unknown> = (_, answer) => {
    const reply = new engine.GetRootResourceResponse();
    reply.setUrn(root);
    answer(null, reply);
  };
  const setRootResource: Handler<{ getUrn(): string }> = ({ request }, answer) => {
    root = request.getUrn();
    answer(null, new engine.SetRootResourceResponse());
  };
  const startDebugging: Handler<unknown> = (_, answer) => answer(null, new Empty());
  return { log, getRootResource, setRootResource, startDebugging };
}
