/** As on the wire: bytes are base64. */
type WireValue = { S?: string; N?: string; B?: string; BOOL?: boolean };
export type WireItem = Record<string, WireValue>;

export interface Names {
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Record<string, WireValue>;
}

/** Whether a condition holds of an item: comparisons, attribute_not_exists, AND, OR and parentheses. */
export function holds(expression: string, item: WireItem | undefined, names: Names): boolean {
  const words = tokens(expression);
  const result = either(words, item ?? {}, names);
  if (words.length > 0) throw new Error(`cannot read "${words.join(' ')}" of ${expression}`);
  return result;
}

/** The item after `SET a = b, c = if_not_exists(d, e) + f`. */
export function updated(expression: string, item: WireItem, names: Names): WireItem {
  const words = tokens(expression);
  expect(words, 'SET');
  const next = { ...item };
  do {
    const name = nameOf(words.shift() ?? '', names);
    expect(words, '=');
    let value = operand(words, item, names);
    if (words[0] === '+') {
      words.shift();
      value = { N: String(Number(value?.N) + Number(operand(words, item, names)?.N)) };
    }
    if (!value) throw new Error(`no value for ${name} in ${expression}`);
    next[name] = value;
  } while (words.shift() === ',');
  return next;
}

function tokens(expression: string): string[] {
  return expression.match(/[#:]?\w+|<=|>=|[=<>(),+]/g) ?? [];
}

function expect(words: string[], word: string): void {
  const seen = words.shift();
  if (seen !== word) throw new Error(`expected ${word}, not ${seen}`);
}

function either(words: string[], item: WireItem, names: Names): boolean {
  let result = both(words, item, names);
  while (words[0] === 'OR') {
    words.shift();
    const right = both(words, item, names);
    result = result || right;
  }
  return result;
}

function both(words: string[], item: WireItem, names: Names): boolean {
  let result = one(words, item, names);
  while (words[0] === 'AND') {
    words.shift();
    const right = one(words, item, names);
    result = result && right;
  }
  return result;
}

function one(words: string[], item: WireItem, names: Names): boolean {
  if (words[0] === '(') {
    words.shift();
    const result = either(words, item, names);
    expect(words, ')');
    return result;
  }
  if (words[0] === 'attribute_not_exists') {
    words.shift();
    expect(words, '(');
    const missing = item[nameOf(words.shift() ?? '', names)] === undefined;
    expect(words, ')');
    return missing;
  }
  const left = operand(words, item, names);
  const operator = words.shift() ?? '';
  return compare(left, operator, operand(words, item, names));
}

function operand(words: string[], item: WireItem, names: Names): WireValue | undefined {
  const word = words.shift() ?? '';
  if (word.startsWith(':')) {
    const value = names.ExpressionAttributeValues?.[word];
    if (!value) throw new Error(`no value ${word}`);
    return value;
  }
  if (word !== 'if_not_exists') return item[nameOf(word, names)];
  expect(words, '(');
  const known = item[nameOf(words.shift() ?? '', names)];
  expect(words, ',');
  const otherwise = operand(words, item, names);
  expect(words, ')');
  return known ?? otherwise;
}

/** A comparison with an attribute that is not there, or is of another type, is false. */
function compare(left: WireValue | undefined, operator: string, right: WireValue | undefined): boolean {
  const pair = [left, right].map((v) => (v?.N === undefined ? v?.S : Number(v.N)));
  const [a, b] = pair;
  if (a === undefined || b === undefined || typeof a !== typeof b) return false;
  switch (operator) {
    case '=':
      return a === b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    default:
      throw new Error(`unknown operator ${operator}`);
  }
}

function nameOf(word: string, names: Names): string {
  if (!word.startsWith('#')) return word;
  const name = names.ExpressionAttributeNames?.[word];
  if (name === undefined) throw new Error(`no name ${word}`);
  return name;
}
