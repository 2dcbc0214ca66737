/** What to ask a target and what a right answer looks like: plain data, made by a preset or by the config. */

export type Assertion =
  | { kind: 'status'; from: number; to: number }
  | { kind: 'header'; name: string; pattern: string }
  | { kind: 'body-includes'; text: string }
  | { kind: 'body-excludes'; text: string }
  | { kind: 'body-matches'; pattern: string }
  /** The first value the JSONPath finds; without `equals` or `pattern` it only has to exist. */
  | { kind: 'json-path'; path: string; equals?: string | number | boolean | null; pattern?: string }
  | { kind: 'body-size'; minBytes: number; maxBytes: number }
  | { kind: 'latency'; maxMs: number };

interface Ask {
  timeoutMs: number;
  /** A fresh connection proves accept and TLS each time; reuse costs less and proves less. */
  connection: 'fresh' | 'reuse';
}

export interface HttpAsk extends Ask {
  kind: 'http';
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | null;
  assertions: Assertion[];
  /** 0: a redirect is an answer of its own (misconfigured). */
  followRedirects: number;
  maxBodyBytes: number;
  /** A 503 whose body matches means "busy", not "broken". */
  overloadPattern: string | null;
  /** A 503 whose body matches means "still loading the model". */
  loadingPattern: string | null;
}

/** A real streamed generation over the OpenAI API. */
export interface StreamAsk extends Ask {
  kind: 'openai-stream';
  path: string;
  api: 'chat' | 'completions';
  headers: Record<string, string>;
  /** null asks the server for its first model (`/v1/models`) on the first probe. */
  model: string | null;
  prompt: string;
  maxTokens: number;
  /** A random prefix defeats the prefix cache, so that the engine has to work. */
  nonce: boolean;
  firstTokenMs: number;
  longestGapMs: number;
  /** Answers that prove the weights are sane; a set, since batching changes greedy output. Null: any. */
  accepted: string[] | null;
  maxBodyBytes: number;
  overloadPattern: string | null;
  loadingPattern: string | null;
}

export interface TcpAsk extends Ask {
  kind: 'tcp';
}

export interface TlsAsk extends Ask {
  kind: 'tls';
  /** A certificate that ends sooner than this is a warning, never a failure. */
  warnBeforeExpiryMs: number;
}

export type ProbeAsk = HttpAsk | StreamAsk | TcpAsk | TlsAsk;

/** Where to read progress counters, and the names they have in the server's Prometheus text. */
export interface ProgressAsk {
  path: string;
  port: number | null;
  timeoutMs: number;
  tokens: string[];
  running: string[];
  waiting: string[];
  /** Apart by this much, two readings tell busy from hung. */
  gapMs: number;
}
