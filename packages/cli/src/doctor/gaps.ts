import { type Gap, type Picture, partitionOf } from '@evac/aws/doctor';
import { at, type Finding } from './finding.ts';

/** What could not be seen is a finding: a check that was not made is none that went well. */
export function judgeGaps({ regions, gaps }: Pick<Picture, 'regions' | 'gaps'>, stage: string): Finding[] {
  const silent = regions.filter((r) => !r.answers).map((r) => r.region);
  return [
    ...silent.map((region) =>
      at({ region, service: null })('region-silent', {
        subject: `region ${region}`,
        seen: gaps.find((gap) => gap.region === region)?.text ?? 'no answer',
        right: 'an answer: nothing of it could be checked',
        fix: `see https://health.aws.amazon.com, whether the region is enabled for the account, and the network of this machine; aws sts get-caller-identity --region ${region} tries again`,
      }),
    ),
    ...gaps.filter((gap) => !silent.includes(gap.region)).map((gap) => judgeGap(gap, stage)),
  ];
}

function judgeGap({ region, action, why, text }: Gap, stage: string): Finding {
  const say = at({ region, service: null });
  if (why === 'denied')
    return say('permission-missing', {
      subject: `action ${action}`,
      seen: text,
      right: `${action} allowed: what it tells was not checked`,
      fix: `evac doctor --policy --stage ${stage} prints the policy that allows all of it (arn:${partitionOf(region)}:…)`,
    });
  return say('not-told', {
    subject: `action ${action}`,
    seen: text,
    right: 'an answer: what it tells was not checked',
    fix: why === 'unanswered' ? 'try again; it was asked several times' : 'see what the refusal says',
  });
}
