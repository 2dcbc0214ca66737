import {
  type CheckHealth,
  type Clock,
  type Finding,
  freshFor,
  type Outcome,
  outcomeReasons,
  type ProbePort,
  type ServiceSettings,
  type Store,
  type Vantage,
} from '@evac/core';

export interface AskMeans {
  /** For what can be reached from outside of the VPC. */
  direct: ProbePort;
  store: Pick<Store, 'readHealth'>;
  services: readonly ServiceSettings[];
  vantages: readonly Vantage[];
  clock: Clock;
}

/**
 * Asks a region's endpoint itself, and of a node what the vantages in its zones found last: a node is asked inside of the
 * VPC, where none of AWS's APIs answers without a NAT gateway, and a step needs both. A node answers when more of the
 * vantages that asked it lately had an answer than not; until one has asked, nobody knows. Without a vantage inside it
 * is asked directly.
 */
export function askVantages(means: AskMeans): ProbePort {
  const { direct, store, services, vantages, clock } = means;
  const inside = vantages.filter((v) => v.zone !== null).map((v) => v.id);
  return {
    async ask(question) {
      const { target, check } = question;
      const service = services.find((s) => s.name === target.service);
      if (target.kind !== 'node' || inside.length === 0 || !service) return direct.ask(anew(question));
      const oldest = clock.now() - freshFor(check, service.timing);
      const { health } = await store.readHealth({ service: service.name });
      const seen = health.flatMap(({ target: of, vantage, checks }) => {
        const found = checks[check];
        const counts = of === target.id && inside.includes(vantage) && found && found.lastAt >= oldest;
        return counts ? [{ vantage, found }] : [];
      });
      const good = seen.filter(({ found }) => found.lastClass === 'ok');
      const bad = seen.find(({ found }) => found.lastClass !== 'ok');
      const told = good.length * 2 > seen.length ? good[0] : bad;
      const base = { target: target.id, check };
      if (!told) {
        const detail = 'no vantage in a zone has asked it yet';
        return { ...base, class: 'unknown', reason: 'skipped', at: clock.now(), latencyMs: 0, detail };
      }
      const { lastAt: at, latencyMs, lastDetail } = told.found;
      const detail = `${good.length} of ${seen.length} vantages have its answer; ${told.vantage}: ${lastDetail}`;
      return { ...base, ...findingOf(told.found), at, latencyMs, detail } satisfies Outcome;
    },
  };
}

type Question = Parameters<ProbePort['ask']>[0];

/** No connection may outlive a run: frozen with the function, it may be dead when it is thawed, and that would be evidence. */
function anew(question: Question): Question {
  return { ...question, probe: { ...question.probe, connection: 'fresh' } };
}

/** A class and its reason, as a health keeps them side by side. */
function findingOf({ lastClass, lastReason }: CheckHealth): Finding {
  if (lastClass === 'ok') return { class: 'ok', reason: 'answered' };
  const failed = outcomeReasons.failed.find((reason) => reason === lastReason);
  if (failed) return { class: 'failed', reason: failed };
  const saturated = outcomeReasons.saturated.find((reason) => reason === lastReason);
  if (saturated) return { class: 'saturated', reason: saturated };
  const starting = outcomeReasons.starting.find((reason) => reason === lastReason);
  if (starting) return { class: 'starting', reason: starting };
  const misconfigured = outcomeReasons.misconfigured.find((reason) => reason === lastReason);
  return misconfigured
    ? { class: 'misconfigured', reason: misconfigured }
    : { class: 'unknown', reason: 'skipped' };
}
