import type { CloudPorts } from '@evac/core';
import type { Parts, Process } from '@evac/simulation';

/** Puts other methods in place of some of a port's. */
export function over<P extends keyof CloudPorts>(
  ports: CloudPorts,
  port: P,
  methods: Partial<CloudPorts[P]>,
): CloudPorts {
  return { ...ports, [port]: { ...ports[port], ...methods } };
}

/** A defect of what steps do to the cloud; everybody else's calls stay as they are. */
export function inSteps(change: (ports: CloudPorts, by: Process) => CloudPorts): Pick<Parts, 'ports'> {
  return { ports: (ports, by) => (by.kind === 'step' ? change(ports, by) : ports) };
}

export const nothing = async (): Promise<void> => {};
