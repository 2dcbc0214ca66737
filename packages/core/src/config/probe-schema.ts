import { z } from 'zod';
import { jsonPath, pattern } from './patterns.ts';
import { count, duration, flag, must, object, oneOf, size, text } from './units.ts';

/** What to ask and what a right answer looks like, in the config's words. How long to wait is in `timing`. */

const connection = oneOf(['fresh', 'reuse']).optional();
const headers = z
  .record(z.string(), z.string(must('text')), must('an object of header names and values'))
  .optional();
const texts = z.union([text('text'), z.array(text('text'))], must('text, or a list of texts'));
const statusWords = must('a status such as 200, or a range such as "200-299"');

const status = z.union(
  [count(100, 599), z.string().regex(/^[1-5]\d\d-[1-5]\d\d$/, statusWords)],
  statusWords,
);

const expectation = object(
  {
    /** 200, or "200-299", which is the default. */
    status: status.optional(),
    /** Header name to a pattern its value must match. */
    headers: z.record(z.string(), pattern(), must('an object of header names and patterns')).optional(),
    includes: texts.optional(),
    excludes: texts.optional(),
    matches: pattern().optional(),
    jsonPath: z
      .array(
        object(
          {
            path: jsonPath(),
            equals: z
              .union(
                [z.string(), z.number(), z.boolean(), z.null()],
                must('a text, number, true, false or null'),
              )
              .optional(),
            matches: pattern().optional(),
          },
          'an object such as { path: "$.status", equals: "ok" }',
        ),
        must('a list such as [{ path: "$.status", equals: "ok" }]'),
      )
      .optional(),
    size: object(
      { min: size().optional(), max: size().optional() },
      'an object with min, max or both',
    ).optional(),
    latency: duration().optional(),
  },
  'an object such as { status: 200, matches: "ok" }',
);

const shared = { headers, maxBody: size().optional(), connection };
const markers = {
  /** A 503 whose body matches is busy, not broken. */
  overload: pattern().nullable().optional(),
  /** A 503 whose body matches is still loading. */
  loading: pattern().nullable().optional(),
};

const httpProbe = object(
  {
    kind: z.literal('http'),
    method: oneOf(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).optional(),
    path: text('a path that begins with "/"').regex(/^\//, must('a path that begins with "/"')).optional(),
    /** Text is sent as it is; anything else as JSON. */
    body: z
      .union(
        [z.string(), z.record(z.string(), z.unknown()), z.array(z.unknown())],
        must('text, or an object or list to send as JSON'),
      )
      .optional(),
    expect: expectation.optional(),
    followRedirects: count(0, 10).optional(),
    ...shared,
    ...markers,
  },
  'an HTTP probe',
);

const streamProbe = object(
  {
    kind: z.literal('openai-stream'),
    api: oneOf(['chat', 'completions']).optional(),
    path: text('a path that begins with "/"').regex(/^\//, must('a path that begins with "/"')).optional(),
    prompt: text('the question to ask').optional(),
    maxTokens: count(1, 4096).optional(),
    nonce: flag().optional(),
    firstToken: duration().optional(),
    longestGap: duration().optional(),
    accepted: z
      .array(text('an answer'), must('a list of accepted answers'))
      .min(1, must('a list with at least one answer'))
      .nullable()
      .optional(),
    ...shared,
    ...markers,
  },
  'a streamed generation',
);

const tcpProbe = object({ kind: z.literal('tcp'), connection }, 'a TCP probe');

const tlsProbe = object(
  {
    kind: z.literal('tls'),
    warnBeforeExpiry: duration().optional(),
    connection,
  },
  'a TLS probe',
);

export const probeSchema = z.discriminatedUnion('kind', [httpProbe, streamProbe, tcpProbe, tlsProbe], {
  error: (issue) =>
    issue.code === 'invalid_union'
      ? 'must be one of "http", "openai-stream", "tcp", "tls"'
      : 'must be a probe such as { kind: "http", path: "/health" }',
});

export const progressSchema = object(
  {
    path: text('a path that begins with "/"').regex(/^\//, must('a path that begins with "/"')).optional(),
    /** Null: the service's own port. */
    port: count(1, 65_535).nullable().optional(),
    timeout: duration().optional(),
    tokens: z.array(text("a counter's name"), must('a list of metric names')).optional(),
    running: z.array(text("a gauge's name"), must('a list of metric names')).optional(),
    waiting: z.array(text("a gauge's name"), must('a list of metric names')).optional(),
    gap: duration().optional(),
  },
  'an object of metric names, or false',
);
