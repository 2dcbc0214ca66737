/** A mistake in what a function was given when it was deployed: told without a stack. */
export class EnvironmentError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'EnvironmentError';
  }
}

type Fields = Record<string, unknown>;

export function fieldsOf(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new EnvironmentError('must be an object');
  }
  return Object.fromEntries(Object.entries(value));
}

export function textIn(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new EnvironmentError(value === undefined ? `lacks ${name}` : `must have a text as ${name}`);
}

export function urlsIn(fields: Fields, name: string): string[] {
  const value = fields[name];
  const texts = Array.isArray(value) ? value.map(String) : null;
  if (texts?.every((text) => /^https?:/.test(text) && URL.canParse(text))) return texts;
  throw new EnvironmentError(`must have a list of URLs as ${name}`);
}
