import type { Json } from './recording.ts';

/** Pulumi's marks in values on the wire: sdk/nodejs/runtime/rpc.ts. */
const mark = '4dabf18193072939515e22adb298388d';
const secretMark = '1b47061264138c4ac30d75fd1eb44270';
const assetMark = 'c44067f5952c0a294b673a41bacd8c17';
const archiveMark = '0def7320c3a5731c473e5ecbe6d01bc7';
const resourceMark = '5cf8f73096256a8f31e491e813e4eb8e';
/** What stands for a value that is not known before something is created. */
export const unknownMark = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

export function secret(value: Json): Json {
  return { [mark]: secretMark, value };
}

/** Plain data for what went over the wire; `secrets` collects the paths of what was marked so. */
export function plain(value: Json, secrets: string[], path = ''): Json {
  if (Array.isArray(value)) return value.map((item, i) => plain(item, secrets, `${path}[${i}]`));
  if (value === null || typeof value !== 'object') return value;
  switch (value[mark]) {
    case secretMark:
      secrets.push(path);
      return plain(value.value ?? null, secrets, path);
    case assetMark:
      return { asset: value.path ?? value.uri ?? value.text ?? null };
    case archiveMark:
      return { archive: value.path ?? value.uri ?? Object.keys(value.assets ?? {}) };
    case resourceMark:
      return { resource: value.urn ?? null, id: value.id ?? null };
  }
  const entries = Object.entries(value).map(([key, item]): [string, Json] => [
    key,
    plain(item, secrets, path ? `${path}.${key}` : key),
  ]);
  return Object.fromEntries(entries);
}
