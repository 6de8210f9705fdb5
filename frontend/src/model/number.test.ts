import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { lookOf } from './look';
import { showDuration, showMoney, showShare, toNumber } from './number';

const look = lookOf({ locale: 'en-GB' });
const plain = (s: string): string => s.replace(/\u00a0|\u202f/g, ' ');

describe('money', () => {
  test.each([
    [84000, 'EUR', '€84,000'],
    [310000, 'NOK', 'NOK 310,000'],
    [7400000, 'JPY', 'JP¥7,400,000'],
    [1234.5, 'GBP', '£1,234.50'],
    [-12, 'EUR', '-€12'],
  ])('%d %s', (amount, currency, shown) => {
    expect(plain(showMoney(amount, currency, look))).toBe(shown);
  });

  test('a code nobody knows still shows the amount', () => {
    expect(showMoney(5, 'POINTS', look)).toBe('5 POINTS');
    expect(showMoney(5, '', look)).toBe('5');
  });
});

test('a number string is read or refused, never half read', () => {
  expect(toNumber('12000.50')).toBe(12000.5);
  expect(toNumber('12k')).toBeNull();
  expect(toNumber('')).toBeNull();
  expect(toNumber('Infinity')).toBeNull();
  fc.assert(
    fc.property(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      (n) => toNumber(String(n)) === n || n === 0,
    ),
  );
});

test('a share is a percentage', () => {
  expect(plain(showShare(0.6, look))).toBe('60%');
});

test('a duration shows its two largest units', () => {
  expect(showDuration(0, look)).toBe('0s');
  expect(showDuration(90_000, look)).toBe('1m 30s');
  expect(showDuration(3 * 86_400_000 + 5_000, look)).toBe('3d');
  expect(showDuration(26 * 3_600_000, look)).toBe('1d 2h');
});
