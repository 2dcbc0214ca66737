import type { z } from 'zod';
import { type Path, type Problem, pathText, valueAt } from './problem.ts';

type Issue = z.core.$ZodIssue;

/** What zod says of the shape, as problems in the words of the schema, and where they are. */
export function shapeProblems(issues: readonly Issue[], input: unknown): { problem: Problem; path: Path }[] {
  return issues
    .flatMap((issue) => leaves(issue, []))
    .map(({ path, message }) => ({
      path,
      problem: { severity: 'error', path: pathText(path), value: valueAt(input, path), message },
    }));
}

function leaves(issue: Issue, above: Path): { path: Path; message: string }[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    const messages = issue.message.split('\n');
    return issue.keys.map((key, i) => ({ path: [...path, key], message: messages[i] ?? 'is no setting' }));
  }
  if (issue.code === 'invalid_union') {
    // The branch that was meant is the one that got past its own type: `deep: { … }` was not meant to be false.
    const meant = issue.errors.filter((branch) => !branch.some(isOtherKind));
    const [only] = meant;
    if (only && meant.length === 1) return only.flatMap((inner) => leaves(inner, path));
  }
  return [{ path, message: issue.message }];
}

function isOtherKind(issue: Issue): boolean {
  return issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value');
}
