import { dropWire, type Wire } from './wire.ts';

/** Connections that wait for their next question, by destination key. */
export interface Pool {
  take(key: string): Wire | null;
  put(key: string, wire: Wire): void;
  close(): void;
}

/** A target has at most a shallow and a deep question under way, and its metrics. */
const idlePerKey = 2;

/** @param idleMs How long an unused connection is kept. */
export function createPool(idleMs: number): Pool {
  const idle = new Map<string, Wire[]>();
  let closed = false;

  function remove(key: string, wire: Wire): void {
    const wires = idle.get(key)?.filter((other) => other !== wire) ?? [];
    if (wires.length === 0) idle.delete(key);
    else idle.set(key, wires);
    dropWire(wire);
  }

  return {
    take(key) {
      const wires = idle.get(key);
      const wire = wires?.pop();
      if (wire === undefined) return null;
      if (wires?.length === 0) idle.delete(key);
      wire.socket.setTimeout(0);
      wire.socket.removeAllListeners('timeout');
      wire.socket.ref();
      return wire;
    },
    put(key, wire) {
      const wires = idle.get(key) ?? [];
      if (closed || wires.length >= idlePerKey || wire.socket.destroyed) {
        dropWire(wire);
        return;
      }
      const forget = () => remove(key, wire);
      // Whatever an idle server says, it is no answer to us.
      wire.user = { resolved() {}, connected() {}, ready() {}, data: forget, end: forget, error: forget };
      wire.socket.setTimeout(idleMs, forget);
      // An idle connection must not keep the process alive.
      wire.socket.unref();
      wires.push(wire);
      idle.set(key, wires);
    },
    close() {
      closed = true;
      for (const wires of idle.values()) for (const wire of wires) dropWire(wire);
      idle.clear();
    },
  };
}
