import { describe, expect, it } from 'vitest';
import { sumLines } from './lines';
import type { Line } from './wire';

function line(amount: string, currency: string): Line {
  return { id: '', title: '', badge: '', quantity: '1', price: amount, amount, currency };
}

describe('the sum of line items', () => {
  it('adds up what is in one currency, and never mixes two', () => {
    const lines = [line('10.5', 'EUR'), line('7', 'NOK'), line('4.5', 'EUR'), line('', 'JPY')];
    expect(sumLines(lines)).toEqual([
      { currency: 'EUR', amount: 15 },
      { currency: 'NOK', amount: 7 },
    ]);
  });

  it('is none where nothing has an amount', () => {
    expect(sumLines([line('', 'EUR'), line('soon', '')])).toEqual([]);
  });
});
