import type { Output } from '../output.ts';
import type { Finding, Severity } from './finding.ts';

const colors = { error: 'red', warning: 'yellow', note: 'cyan' } as const;
const order: Severity[] = ['error', 'warning', 'note'];

/** The findings for a person, by service and region, the worst first. */
export function showFindings(findings: readonly Finding[], output: Output): void {
  const groups = Map.groupBy(findings, titleOf);
  for (const [title, some] of groups) {
    output.line(output.paint('bold', title));
    const sorted = some.toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
    for (const { severity, check, subject, seen, right, fix } of sorted) {
      const word = output.paint(['bold', colors[severity]], severity);
      output.line(`  ${word} ${output.paint('dim', check)}  ${subject}: ${seen}`);
      output.line(`    right: ${right}`);
      output.line(`    fix:   ${fix}`);
    }
    output.line();
  }
}

function titleOf({ service, region }: Finding): string {
  return [service ?? 'the account and Evac itself', region ?? 'all regions'].join(', ');
}

export function countOf(findings: readonly Finding[]): Record<Severity, number> {
  const count = (severity: Severity) => findings.filter((f) => f.severity === severity).length;
  return { error: count('error'), warning: count('warning'), note: count('note') };
}

/** "2 errors, no warnings, 1 note" */
export function countText(findings: readonly Finding[]): string {
  const counts = countOf(findings);
  return order
    .map((severity) => `${counts[severity] || 'no'} ${severity}${counts[severity] === 1 ? '' : 's'}`)
    .join(', ');
}
