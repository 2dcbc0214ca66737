import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Properties } from './recording.ts';

/** As much of Pulumi's protocol (proto/resource.proto, engine.proto, provider.proto) as the recording engine speaks. */
export interface Register {
  getType(): string;
  getName(): string;
  getParent(): string;
  getProvider(): string;
  getCustom(): boolean;
  getObject(): Struct | undefined;
  getDependenciesList(): string[];
  getIgnorechangesList(): string[];
  getAdditionalsecretoutputsList(): string[];
  getProtect(): boolean;
  getRetainondelete(): boolean;
}
export interface Read {
  getId(): string;
  getType(): string;
  getName(): string;
  getParent(): string;
  getProvider(): string;
  getProperties(): Struct | undefined;
}
export interface Invoke {
  getTok(): string;
  getProvider(): string;
  getArgs(): Struct | undefined;
}
export interface Outputs {
  getUrn(): string;
  getOutputs(): Struct | undefined;
}
export interface Log {
  getMessage(): string;
  getSeverity(): number;
  getUrn(): string;
}
export interface Struct {
  toJavaScript(): Properties;
}

interface Reply {
  setHassupport(has: boolean): void;
  setUrn(urn: string): void;
  setId(id: string): void;
  setObject(object: Struct): void;
  setProperties(object: Struct): void;
  setReturn(object: Struct): void;
  setRef(ref: string): void;
}
type Replies = Record<
  'SupportsFeatureResponse' | 'RegisterResourceResponse' | 'ReadResourceResponse' | 'RegisterPackageResponse',
  new () => Reply
>;
export type Handler<Q> = (
  call: { request: Q },
  answer: (error: Error | null, reply?: unknown) => void,
) => void;
interface Server {
  addService(service: unknown, handlers: object): void;
  bindAsync(address: string, credentials: unknown, done: (error: Error | null, port: number) => void): void;
  forceShutdown(): void;
}
interface Grpc {
  Server: new (options: Record<string, number>) => Server;
  ServerCredentials: { createInsecure(): unknown };
}

/** Pulumi's own generated code, from beside the program that sst has built. */
export function protocol(program: string) {
  const require = createRequire(program);
  const proto = (name: string) => require(`@pulumi/pulumi/proto/${name}.js`);
  const grpc: Grpc = require('@grpc/grpc-js');
  const replies: Replies = proto('resource_pb');
  const provider: { InvokeResponse: new () => Reply } = proto('provider_pb');
  const engine: {
    GetRootResourceResponse: new () => Reply;
    SetRootResourceResponse: new () => object;
  } = proto('engine_pb');
  const services: { monitor: unknown; engine: unknown } = {
    monitor: proto('resource_grpc_pb').ResourceMonitorService,
    engine: proto('engine_grpc_pb').EngineService,
  };
  const {
    Struct,
  }: {
    Struct: { fromJavaScript(value: object): Struct };
  } = require('google-protobuf/google/protobuf/struct_pb.js');
  const { Empty }: { Empty: new () => object } = require('google-protobuf/google/protobuf/empty_pb.js');
  /** Runs a program as the language host of the pulumi CLI does. */
  const runner = join(dirname(require.resolve('@pulumi/pulumi/package.json')), 'cmd/run/index.js');
  return { grpc, replies, provider, engine, services, Struct, Empty, runner };
}
export type Protocol = ReturnType<typeof protocol>;
