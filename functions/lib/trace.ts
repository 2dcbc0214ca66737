import type { Tracer } from '@aws-lambda-powertools/tracer';
import type { MiddlewareObj } from '@middy/core';
import type { FunctionName } from './environment.ts';

/** Loaded by the first run that X-Ray samples: its SDK takes longer to load than all the rest of a function. */
let tracer: Promise<Tracer> | null = null;

function load(): Promise<Tracer> {
  tracer ??= import('@aws-lambda-powertools/tracer').then(
    ({ Tracer }) => new Tracer({ serviceName: 'evac' }),
  );
  return tracer;
}

/** https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader */
function isSampled(): boolean {
  return /Sampled=1/.test(process.env._X_AMZN_TRACE_ID ?? '');
}

/** A subsegment for the run, with what a trace is searched by; of an error only its name, since messages quote. */
export function traced(name: FunctionName): MiddlewareObj {
  let close: ((error?: Error) => void) | null = null;
  return {
    async before({ event }) {
      if (!isSampled()) return;
      const used = await load();
      const parent = used.getSegment();
      if (!parent) return;
      const own = parent.addNewSubsegment(name);
      for (const [key, value] of annotations(event)) own.addAnnotation(key, value);
      close = (error) => {
        if (error) own.addAnnotation('error', error.name);
        own.close();
        close = null;
      };
    },
    after: () => close?.(),
    onError: ({ error }) => close?.(error instanceof Error ? error : new Error(String(error))),
  };
}

/** A step's input names its incident; other events are searched by time. */
function annotations(event: unknown): [string, string][] {
  if (typeof event !== 'object' || event === null) return [];
  const fields: Record<string, unknown> = Object.fromEntries(Object.entries(event));
  const input: Record<string, unknown> =
    typeof fields.input === 'object' && fields.input !== null
      ? Object.fromEntries(Object.entries(fields.input))
      : {};
  const all = {
    step: fields.step,
    execution: fields.execution,
    service: input.service,
    incident: input.incident,
    move: input.move,
  };
  return Object.entries(all).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[key, value]] : [],
  );
}
