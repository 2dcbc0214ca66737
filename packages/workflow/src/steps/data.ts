import { type NodeId, nodeId } from '@evac/core';

/** What an event carries for a second run of its step, or for its undoing. Plain JSON, written by an earlier run. */
export type Data = Record<string, unknown>;

export interface TargetRef {
  targetGroup: string;
  node: NodeId;
  port: number;
}

export function text(data: Data, name: string): string {
  const value = data[name];
  if (typeof value !== 'string') throw unreadable(name, 'a text', value);
  return value;
}

export function texts(data: Data, name: string): string[] {
  return list(data, name).map((value) => text({ [name]: value }, name));
}

export function count(data: Data, name: string): number {
  const value = data[name];
  if (typeof value !== 'number') throw unreadable(name, 'a number', value);
  return value;
}

export function flag(data: Data, name: string): boolean {
  const value = data[name];
  if (typeof value !== 'boolean') throw unreadable(name, 'true or false', value);
  return value;
}

export function targets(data: Data, name: string): TargetRef[] {
  return list(data, name).map((value) => {
    const target = record(value, name);
    return {
      targetGroup: text(target, 'targetGroup'),
      node: nodeId(text(target, 'node')),
      port: count(target, 'port'),
    };
  });
}

export function weights(data: Data, name: string): Record<string, number> {
  const value = record(data[name], name);
  return Object.fromEntries(Object.keys(value).map((region) => [region, count(value, region)]));
}

function list(data: Data, name: string): unknown[] {
  const value = data[name];
  if (!Array.isArray(value)) throw unreadable(name, 'a list', value);
  return value;
}

function record(value: unknown, name: string): Data {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw unreadable(name, 'an object', value);
  }
  return Object.fromEntries(Object.entries(value));
}

function unreadable(name: string, wanted: string, seen: unknown): Error {
  return new Error(`the incident's record should have ${wanted} as ${name}, not ${JSON.stringify(seen)}`);
}
