import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readLine, type ServiceSettings, type Snapshot } from '@evac/core';
import { settingsFor } from './case-settings.ts';
import { expand, now } from './expand.ts';

export interface GoldenCase {
  about: string;
  snapshot: Snapshot;
  settings: ServiceSettings;
  now: number;
}

/** A case's folder: a world, or a line of a record as it was kept, with the line of its settings in settings.json. */
export function readCase(folder: string): GoldenCase {
  const content = readJson(folder, 'snapshot.json');
  const line = readLine(content);
  if (line.kind === 'judgement') {
    if (!line.judgement) throw new Error(`snapshot.json lacks ${line.missing.join(', ')}`);
    const used = readLine(readJson(folder, 'settings.json'));
    if (used.kind !== 'settings' || !used.settings)
      throw new Error(
        `settings.json must be the settings line of the record${used.kind === 'settings' ? `, and lacks ${used.missing.join(', ')}` : ''}`,
      );
    const { snapshot, at } = line.judgement;
    return { about: content.about ?? 'as it was recorded', snapshot, settings: used.settings, now: at };
  }
  if (typeof content.about !== 'string') throw new Error('snapshot.json has no "about"');
  const change = existsSync(join(folder, 'settings.json')) ? readJson(folder, 'settings.json') : {};
  return { about: content.about, snapshot: expand(content), settings: settingsFor(content, change), now };
}

function readJson(folder: string, name: string) {
  return JSON.parse(readFileSync(join(folder, name), 'utf8'));
}
