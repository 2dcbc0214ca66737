/** An item or a key as DynamoDB's wire has it. */
export type WireItem = Record<string, { S?: string; N?: string; B?: string; BOOL?: boolean }>;

/**
 * What DynamoDB counts of an item, in bytes: names and values, a number as about half of its digits.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function sizeOf(item: WireItem): number {
  return Object.entries(item).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + valueSize(value),
    0,
  );
}

function valueSize({ S, N, B }: WireItem[string]): number {
  if (S !== undefined) return Buffer.byteLength(S);
  if (N !== undefined) return Math.ceil(N.replace(/\D/g, '').length / 2) + 1;
  return B === undefined ? 1 : Buffer.from(B, 'base64').byteLength;
}

/** By the kilobyte begun. */
export const writeUnits = (bytes: number): number => Math.ceil(bytes / 1_024);
/** Strongly consistent, by four kilobytes begun; nothing found is one unit too. */
export const readUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / 4_096));
