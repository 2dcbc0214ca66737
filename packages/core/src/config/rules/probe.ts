import type { ProbeAsk } from '../../probe-spec.ts';
import type { ServiceSettings } from '../../settings.ts';
import { error, type Mistake, type ServiceRule, warning } from './mistake.ts';

/** Questions that cannot be asked, or answers that cannot be given. */

const modelKnown: ServiceRule = (service) => {
  const asking = asks(service).find(({ ask }) => ask.kind === 'http' && ask.path.includes('{model}'));
  if (!asking || service.model !== null) return [];
  return [
    error(
      'model',
      undefined,
      `is missing, and the ${asking.path} probe of preset ${service.preset} asks for it by name; the name it is served under would be right`,
      ['model', 'deep.kind', 'shallow.kind'],
    ),
  ];
};

/** Takes what the owner wrote, too: a question that is only the preset's guess is worth a word. */
const deepIsOwn: ServiceRule = ({ preset, deep }) => {
  const guess = deep?.kind === 'http' && deep.path === '/predict' && deep.body === '{}';
  if (preset !== 'http' || !guess) return [];
  return [
    warning(
      'deep',
      undefined,
      'is missing, so POST /predict with {} is asked and any 2xx is right; a real question, with what its answer must hold, would be right',
      ['deep.kind'],
    ),
  ];
};

const deepNotOff: ServiceRule = ({ deep }) => {
  if (deep) return [];
  return [
    warning(
      'deep',
      false,
      'turns the generation off: a hang behind a healthy /health, garbage and a wrong model go unseen; a deep probe would be right',
    ),
  ];
};

const rangesInOrder: ServiceRule = (service) =>
  asks(service).flatMap(({ path, ask }): Mistake[] => {
    if (ask.kind !== 'http') return [];
    return ask.assertions.flatMap((assertion): Mistake[] => {
      if (assertion.kind === 'status' && assertion.from > assertion.to) {
        const { from, to } = assertion;
        return [
          error(`${path}.expect.status`, `${from}-${to}`, `goes backwards; "${to}-${from}" would be right`),
        ];
      }
      if (assertion.kind === 'body-size' && assertion.minBytes > assertion.maxBytes) {
        const { minBytes, maxBytes } = assertion;
        return [
          error(
            `${path}.expect.size.min`,
            `${minBytes}B`,
            `is more than max, ${maxBytes}B, so no body can be right; ${maxBytes}B or less would be right`,
          ),
        ];
      }
      return [];
    });
  });

const progressCounts: ServiceRule = ({ progress }) => {
  if (!progress) return [];
  const mistakes: Mistake[] = [];
  if (progress.tokens.length === 0)
    mistakes.push(
      error(
        'progress.tokens',
        undefined,
        'is missing: with no counter that grows, busy cannot be told from hung; a list such as ["vllm:generation_tokens_total"] would be right, or progress false',
        ['progress.tokens'],
      ),
    );
  if (progress.running.length + progress.waiting.length === 0)
    mistakes.push(
      error(
        'progress.running',
        undefined,
        'is missing, and so is progress.waiting: without pending work, an idle server looks hung; a list such as ["vllm:num_requests_running"] would be right, or progress false',
        ['progress.running', 'progress.waiting'],
      ),
    );
  return mistakes;
};

function asks({ shallow, deep }: ServiceSettings): { path: 'shallow' | 'deep'; ask: ProbeAsk }[] {
  return [{ path: 'shallow', ask: shallow }, ...(deep ? [{ path: 'deep', ask: deep } as const] : [])];
}

export const probeRules = [modelKnown, deepIsOwn, deepNotOff, rangesInOrder, progressCounts];
