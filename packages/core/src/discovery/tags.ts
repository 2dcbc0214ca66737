import { isServiceName } from '../config/rules/whole.ts';
import { nearest } from '../config/suggest.ts';
import { type PolicyMode, type PresetName, presetNames } from '../settings.ts';
import type { TaggedGroup } from './tagged-group.ts';

/** What every tag of Evac's begins with; Auto Scaling keeps `aws:` for itself. */
export const tagPrefix = 'evac:';
export const serviceTag = 'evac:service';

/** What one group's tags say; null where they say nothing that makes sense. */
export interface Declared {
  service: string | null;
  preset: PresetName | null;
  model: string | null;
  port: number | null;
  role: 'active' | 'standby' | null;
  policy: PolicyMode | null;
  endpoint: string | null;
  /** One for each tag that makes no sense. */
  complaints: string[];
}

const known = ['service', 'preset', 'model', 'port', 'role', 'policy', 'endpoint'];

/** What Evac itself writes on a group while it acts on it. */
const ours = /^evac:(launch|launch-plan|subnets:.*)$/;

export function readTags({ tags }: Pick<TaggedGroup, 'tags'>): Declared {
  const complaints: string[] = [];
  const complain = (tag: string, right: string): null => {
    complaints.push(`${tag} ${JSON.stringify(tags.get(tag))} ${right}`);
    return null;
  };
  const one = <const Value extends string>(tag: string, values: readonly Value[]): Value | null => {
    const given = tags.get(tag);
    if (given === undefined) return null;
    const meant = nearest(given, values);
    return (
      values.find((value) => value === given) ??
      complain(tag, `is none of ${values.join(', ')}${meant === null ? '' : `; ${meant} would be right`}`)
    );
  };
  const text = (tag: string): string | null => {
    const given = tags.get(tag) ?? null;
    return given === null || given.trim() !== '' ? given : complain(tag, 'is empty; take the tag off');
  };
  const port = (): number | null => {
    const given = tags.get('evac:port');
    if (given === undefined) return null;
    const number = /^\d{1,5}$/.test(given) ? Number(given) : 0;
    if (number >= 1 && number <= 65_535) return number;
    return complain('evac:port', 'is no port; a number from 1 to 65535, such as 8000, would be right');
  };
  const service = (): string | null => {
    const given = tags.get(serviceTag) ?? '';
    if (isServiceName(given)) return given;
    const right = nameLike(given) ?? 'chat-8b';
    return complain(
      serviceTag,
      `is no name for a service; 1 to 32 small letters, digits and inner hyphens, such as ${right}, would be right`,
    );
  };
  for (const tag of tags.keys()) {
    const word = tag.slice(tagPrefix.length);
    if (!tag.startsWith(tagPrefix) || known.includes(word) || ours.test(tag)) continue;
    const meant = nearest(word, known);
    const right = meant === null ? `there are ${known.join(', ')}` : `${tagPrefix}${meant} would be right`;
    complain(tag, `is no tag of Evac; ${right}`);
  }
  return {
    service: service(),
    preset: one('evac:preset', presetNames),
    model: text('evac:model'),
    port: port(),
    role: one('evac:role', ['active', 'standby']),
    policy: one('evac:policy', ['observe', 'approve', 'automatic']),
    endpoint: text('evac:endpoint'),
    complaints,
  };
}

/** The service's name that the text comes nearest to; null where nothing of it is left. */
export function nameLike(text: string): string | null {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 32)
    .replace(/^-+|-+$/g, '');
  return isServiceName(name) ? name : null;
}
