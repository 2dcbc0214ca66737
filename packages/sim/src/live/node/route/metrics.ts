import { type Route, sendText } from '../ask.ts';

const families = [
  ['vllm:num_requests_running', 'gauge', 'Number of requests in model execution batches.', 'running'],
  ['vllm:num_requests_waiting', 'gauge', 'Number of requests waiting to be processed.', 'waiting'],
  ['vllm:prompt_tokens_total', 'counter', 'Number of prefill tokens processed.', 'promptTokens'],
  ['vllm:generation_tokens_total', 'counter', 'Number of generation tokens processed.', 'generationTokens'],
] as const;

/** GET /metrics, in Prometheus' text format with vLLM's names. */
export const metrics: Route = ({ response }, { engine, model }) => {
  const counters = engine.counters();
  const text = families.map(
    ([name, type, help, key]) =>
      `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name}{engine="0",model_name="${model}"} ${counters[key]}.0\n`,
  );
  sendText(response, 200, text.join(''), { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
};
