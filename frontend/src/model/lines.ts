// A deal's line items, summed.

import { toNumber } from './number';
import type { Line } from './wire';

export interface LineSum {
  /** '' for the company's. */
  readonly currency: string;
  readonly amount: number;
}

/**
 * What line items come to, one sum per currency in the order they appear. Those
 * without an amount are left out; HubSpot works amounts out itself.
 */
export function sumLines(lines: readonly Line[]): LineSum[] {
  const sums = new Map<string, number>();
  for (const { amount, currency } of lines) {
    const n = toNumber(amount);
    if (n !== null) sums.set(currency, (sums.get(currency) ?? 0) + n);
  }
  return [...sums].map(([currency, amount]) => ({ currency, amount }));
}
