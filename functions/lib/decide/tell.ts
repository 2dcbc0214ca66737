import { randomUUID } from 'node:crypto';
import { type Alert, type Decision, incidentId, type ServiceSettings } from '@evac/core';
import type { Cell } from '@evac/workflow';

/** The same is told again after this long, if it is still so. */
const againMs = 3_600_000;

/**
 * Tells people what no move can mend or may not, once an hour for as long as it lasts. What passes by itself within
 * seconds (a refusal while evidence gathers) is told on the minute only; what is critical, at once. A lease on the alert
 * keeps all of a region's judges from telling it at the same time. Rejects where nobody could be told.
 */
export async function tellAlerts(
  cell: Cell,
  service: ServiceSettings,
  decision: Decision,
  tick: boolean,
): Promise<void> {
  const due = decision.alerts.filter((alert) => tick || alert.severity === 'critical');
  for (const alert of due) await tell(cell, service, alert);
}

async function tell(cell: Cell, service: ServiceSettings, alert: Alert): Promise<void> {
  const { store, notify } = cell.ports;
  const scope = `told/${service.name}/${alert.kind}/${alert.subject}`;
  const holder = incidentId(`told.${randomUUID()}`);
  const lease = await store.acquireLease({ scope, holder, ttlMs: againMs });
  if (!lease) return;
  try {
    await notify.send({
      severity: alert.severity,
      service: service.name,
      title: `${alert.kind}: ${alert.subject}`,
      text: alert.text,
      incident: null,
    });
  } catch (error) {
    // Or nobody would be told for an hour.
    await store.releaseLease({ scope, token: lease.token });
    throw error;
  }
}
