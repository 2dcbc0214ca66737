import { jsonpath } from 'json-p3';
import { z } from 'zod';
import { must } from './units.ts';

/** A regular expression as text, JavaScript's, matched without regard to case. */
export function pattern() {
  return z.string(must('a regular expression, as text')).check((context) => {
    try {
      new RegExp(context.value, 'i');
    } catch (error) {
      context.issues.push({
        code: 'custom',
        input: context.value,
        message: `is no regular expression (${error instanceof Error ? error.message : error})`,
      });
    }
  });
}

/** A JSONPath, RFC 9535. */
export function jsonPath() {
  return z.string(must('a JSONPath such as "$.choices[0].text"')).check((context) => {
    try {
      jsonpath.compile(context.value);
    } catch (error) {
      context.issues.push({
        code: 'custom',
        input: context.value,
        message: `is no JSONPath (${error instanceof Error ? error.message : error}); "$.choices[0].text" is one`,
      });
    }
  });
}
