import { type PriceName, prices } from './prices.ts';

/** 730 hours, as AWS counts a month. */
export const hours = 730;
export const seconds = hours * 3_600;
export const minutes = hours * 60;

/** One line of a bill. */
export interface Line {
  item: string;
  /** Null: of all regions together. */
  region: string | null;
  /** How the quantity comes about. */
  because: string;
  quantity: number;
  unit: string;
  /** US dollars for one. */
  price: number;
  source: string;
  /** US dollars a month. */
  monthly: number;
}

export function line(
  item: string,
  region: string | null,
  price: PriceName,
  quantity: number,
  because: string,
): Line {
  const { usd, unit, source } = prices[price];
  return { item, region, because, quantity, unit, price: usd, source, monthly: quantity * usd };
}

export function total(lines: readonly Line[]): number {
  return lines.reduce((sum, { monthly }) => sum + monthly, 0);
}
