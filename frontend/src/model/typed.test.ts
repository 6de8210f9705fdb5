import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { lookOf } from './look';
import { showNumber } from './number';
import { dateText, showDate } from './time';
import { fromDate, fromNumber, fromTyped } from './typed';
import type { Property } from './wire';

// A Monday.
const now = Date.parse('2026-11-23T12:00:00Z');
const en = lookOf({ locale: 'en-GB', timeZone: 'UTC', now });
const us = lookOf({ locale: 'en-US', timeZone: 'UTC', now });
const de = lookOf({ locale: 'de-DE', timeZone: 'UTC', now });

function property(part: Partial<Property>): Property {
  return {
    name: 'x',
    label: 'X',
    description: '',
    type: 'string',
    field: 'text',
    options: [],
    readOnly: false,
    owner: false,
    ...part,
  };
}

describe('numbers', () => {
  test.each([
    ['12000', '12000'],
    ['12,000', '12000'],
    ['€12,000.50', '12000.50'],
    ['12k', '12000'],
    ['1.5m', '1500000'],
    ['1.1k', '1100'],
    ['−3', '-3'],
    ['12,00,000', '1200000'],
    ['EUR 5', '5'],
    ['12,5', '12.5'],
    ['.5', '0.5'],
  ])('%s is %s', (typed, value) => expect(fromNumber(typed, en)).toBe(value));

  test("the reader's own separators are understood", () => {
    expect(fromNumber('12.000,50', de)).toBe('12000.50');
    expect(fromNumber('12.5', de)).toBe('12.5');
  });

  test('what is no number is passed on for the backend to refuse', () => {
    expect(fromNumber('lots', en)).toBeNull();
    expect(fromTyped(property({ type: 'number' }), ' lots ', en)).toBe('lots');
  });

  test('a shown number is read back', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), fc.constantFrom(en, us, de), (n, look) => {
        expect(Number(fromNumber(showNumber(n, look), look))).toBe(n);
      }),
    );
  });
});

describe('dates', () => {
  test.each([
    ['today', '2026-11-23'],
    ['tomorrow', '2026-11-24'],
    ['fri', '2026-11-27'],
    ['monday', '2026-11-30'],
    ['next fri', '2026-12-04'],
    ['in 2 weeks', '2026-12-07'],
    ['3d', '2026-11-26'],
    ['2 days ago', '2026-11-21'],
    ['in 3 months', '2027-02-23'],
    ['18 Dec', '2026-12-18'],
    ['Dec 18', '2026-12-18'],
    ['18 december 2027', '2027-12-18'],
    ['3 feb', '2027-02-03'],
    ['20 oct', '2026-10-20'],
    ['18.12.2026', '2026-12-18'],
    ['18/12', '2026-12-18'],
    ['2026-12-18', '2026-12-18'],
  ])('%s is %s', (typed, value) => expect(fromDate(typed, en)).toBe(value));

  test.each(['', 'whenever', '31 feb', '32.1.2026', 'm'])('%s is no day', (typed) =>
    expect(fromDate(typed, en)).toBeNull(),
  );

  test("figures are read in the reader's order", () => {
    expect(fromDate('12/5/2026', us)).toBe('2026-12-05');
    expect(fromDate('12/5/2026', en)).toBe('2026-05-12');
  });

  test('a month from the 31st is the last of the month', () => {
    expect(
      fromDate('next month', lookOf({ timeZone: 'UTC', now: Date.parse('2026-01-31T12:00:00Z') })),
    ).toBe('2026-02-28');
  });

  test('a date written out is read back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40000 }), (days) => {
        const text = dateText(days * 86_400_000);
        expect(fromDate(text, en)).toBe(text);
        const shown = showDate(days * 86_400_000, en).replace(/^\w+,? /, '');
        expect(fromDate(shown, en)).toBe(text);
      }),
    );
  });
});

test('options are found by value or label, in any case', () => {
  const p = property({ type: 'enumeration', options: [{ value: 'NEW', label: 'Brand new' }] });
  expect(fromTyped(p, 'brand NEW', en)).toBe('NEW');
  expect(fromTyped(p, 'other', en)).toBe('other');
  expect(fromTyped({ ...p, field: 'checkbox' }, 'Brand new, x', en)).toBe('NEW;x');
});

test('yes and no are true and false', () => {
  expect(fromTyped(property({ type: 'bool' }), 'Yes', en)).toBe('true');
  expect(fromTyped(property({ type: 'bool' }), 'perhaps', en)).toBe('perhaps');
});
