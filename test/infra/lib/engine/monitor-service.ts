import { computed } from './computed.ts';
import type { Handler, Invoke, Outputs, Protocol, Read, Register, Struct } from './proto.ts';
import { provided } from './provided.ts';
import type { Properties, Recording, Resource } from './recording.ts';
import { plain, secret } from './wire.ts';

/** Pulumi's ResourceMonitor: takes every registration down and answers as a cloud that creates everything would. */
export function monitorService(recording: Recording, speak: Protocol, home: string | null) {
  const { replies, provider: providerReplies, Struct, Empty } = speak;
  const { resources, stage, project } = recording;
  const byUrn = new Map<string, Resource>();

  function urnOf(parent: string, type: string, name: string): string {
    const above = byUrn.get(parent);
    const whole = !above || above.type === 'pulumi:pulumi:Stack' ? type : `${parent.split('::')[2]}$${type}`;
    return `urn:pulumi:${stage}::${project}::${whole}::${name}`;
  }

  function regionOf(providerReference: string): string | null {
    const given = byUrn.get(providerReference.split('::').slice(0, 4).join('::'))?.inputs.region;
    return typeof given === 'string' ? given : home;
  }

  function keep(
    request: Pick<Register, 'getType' | 'getName' | 'getParent' | 'getProvider'>,
    given: Struct | undefined,
    more: Partial<Resource>,
  ): Resource {
    const [type, name, parent, provider] = [
      ...[request.getType(), request.getName(), request.getParent(), request.getProvider()],
    ] as const;
    const urn = urnOf(String(parent), String(type), String(name));
    if (byUrn.has(urn)) throw new Error(`two resources have the URN ${urn}`);
    const secrets: string[] = [];
    const inputs = properties(given, secrets);
    const own = typeof inputs.region === 'string' ? inputs.region : regionOf(String(provider));
    const resource: Resource = {
      ...{
        urn,
        type: String(type),
        name: String(name),
        parent: String(parent),
        custom: true,
        inputs,
        secrets,
      },
      provider: provider || null,
      region: String(type).startsWith('aws:') ? own : null,
      ...{
        outputs: {},
        id: null,
        dependencies: [],
        ignoreChanges: [],
        protect: false,
        retainOnDelete: false,
      },
      ...more,
    };
    resources.push(resource);
    byUrn.set(urn, resource);
    return resource;
  }

  const registerResource: Handler<Register> = (call, answer) =>
    caught(answer, () => {
      const { request } = call;
      const resource = keep(request, request.getObject(), {
        custom: request.getCustom(),
        dependencies: request.getDependenciesList(),
        ignoreChanges: request.getIgnorechangesList(),
        protect: request.getProtect(),
        retainOnDelete: request.getRetainondelete(),
      });
      const reply = new replies.RegisterResourceResponse();
      reply.setUrn(resource.urn);
      if (!resource.custom) {
        reply.setObject(Struct.fromJavaScript({}));
        return reply;
      }
      Object.assign(resource, computed(resource));
      reply.setId(resource.id ?? '');
      // The inputs go back as they came, secrets and assets marked; what the cloud computes is added.
      const back: Properties = { ...resource.outputs, ...request.getObject()?.toJavaScript() };
      for (const [key, value] of Object.entries(resource.outputs))
        if (!(key in resource.inputs)) back[key] = value;
      for (const key of request.getAdditionalsecretoutputsList())
        if (key in back) back[key] = secret(back[key] ?? null);
      reply.setObject(Struct.fromJavaScript(back));
      return reply;
    });

  const readResource: Handler<Read> = (call, answer) =>
    caught(answer, () => {
      const id = call.request.getId();
      const resource = keep(call.request, call.request.getProperties(), { id });
      resource.outputs = computed({ ...resource, inputs: { name: id, ...resource.inputs } }).outputs;
      const reply = new replies.ReadResourceResponse();
      reply.setUrn(resource.urn);
      reply.setProperties(Struct.fromJavaScript(resource.outputs));
      return reply;
    });

  const invoke: Handler<Invoke> = (call, answer) =>
    caught(answer, () => {
      const args = properties(call.request.getArgs(), []);
      const reply = new providerReplies.InvokeResponse();
      const result =
        call.request.getTok() === 'pulumi:pulumi:getResource'
          ? stateOf(String(args.urn))
          : provided(call.request.getTok(), args, regionOf(call.request.getProvider()));
      reply.setReturn(Struct.fromJavaScript(result));
      return reply;
    });

  function stateOf(urn: string): Properties {
    const resource = byUrn.get(urn);
    return { urn, id: resource?.id ?? '', state: resource?.outputs ?? {} };
  }

  const registerResourceOutputs: Handler<Outputs> = (call, answer) => {
    const resource = byUrn.get(call.request.getUrn());
    const outputs = properties(call.request.getOutputs(), []);
    if (resource) resource.outputs = outputs;
    if (resource?.type === 'pulumi:pulumi:Stack') recording.outputs = outputs;
    answer(null, new Empty());
  };

  const supportsFeature: Handler<{ getId(): string }> = (call, answer) => {
    const reply = new replies.SupportsFeatureResponse();
    reply.setHassupport(call.request.getId() !== 'outputValues');
    answer(null, reply);
  };
  const registerPackage: Handler<unknown> = (_, answer) => {
    const reply = new replies.RegisterPackageResponse();
    reply.setRef('package');
    answer(null, reply);
  };
  const nothing: Handler<unknown> = (_, answer) => answer(null, new Empty());
  const unable: Handler<unknown> = (_, answer) =>
    answer(new Error('the recording engine knows no remote components and no remote transforms'));

  return {
    ...{ registerResource, readResource, invoke, registerResourceOutputs, supportsFeature, registerPackage },
    ...{ registerResourceHook: nothing, signalAndWaitForShutdown: nothing },
    ...{ call: unable, registerStackTransform: unable, registerStackInvokeTransform: unable },
  };
}

function properties(struct: Struct | undefined, secrets: string[]): Properties {
  const value = plain(struct?.toJavaScript() ?? {}, secrets);
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};
}

function caught(answer: (error: Error | null, reply?: unknown) => void, work: () => unknown): void {
  try {
    answer(null, work());
  } catch (error) {
    answer(error instanceof Error ? error : new Error(String(error)));
  }
}
