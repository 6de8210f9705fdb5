import { describe, expect, test } from 'vitest';
import { lookOf } from './look';
import { optionValues, showValue } from './value';
import type { Property } from './wire';

const look = lookOf({
  locale: 'en-GB',
  timeZone: 'UTC',
  currency: 'EUR',
  now: Date.parse('2026-11-23T12:00:00Z'),
  owners: new Map([['7', 'Marit Aasen']]),
  names: new Map([['presentationscheduled', 'Proposal']]),
});

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

const status = {
  type: 'enumeration',
  options: [
    { value: 'NEW', label: 'New' },
    { value: 'OPEN', label: 'Open' },
  ],
};

describe('a value in words', () => {
  test.each<[Partial<Property>, string, string]>([
    [{ name: 'amount', type: 'number' }, '84000', '€84,000'],
    [{ name: 'numberofemployees', type: 'number' }, '12000.5', '12,000.5'],
    [{ name: 'amount', type: 'number' }, 'a lot', 'a lot'],
    [{ name: 'hs_deal_stage_probability', type: 'number' }, '0.6', '60%'],
    [{ type: 'date' }, '2026-12-18', '18 Dec'],
    [{ name: 'closedate', type: 'datetime' }, '2026-12-18T23:00:00Z', '18 Dec'],
    [{ type: 'bool' }, 'true', 'Yes'],
    [{ type: 'bool', options: [{ value: 'true', label: 'Ja' }] }, 'true', 'Ja'],
    [status, 'NEW', 'New'],
    [{ ...status, field: 'checkbox' }, 'NEW;OPEN', 'New, Open'],
    [status, 'GONE', 'GONE'],
    [{ name: 'dealstage', type: 'enumeration' }, 'presentationscheduled', 'Proposal'],
    [{ type: 'enumeration', owner: true }, '7', 'Marit Aasen'],
    [{ type: 'enumeration', owner: true }, '8', '8'],
    [{ type: 'object_coordinates' }, '1,2', '1,2'],
    [{ type: 'number' }, '', ''],
  ])('%o %s', (part, value, shown) => expect(showValue(property(part), value, look)).toBe(shown));

  test("the record's own currency wins over the company's", () => {
    expect(showValue(property({ name: 'amount', type: 'number' }), '5', look, 'GBP')).toBe('£5');
  });

  test('a form shows dates in full', () => {
    expect(showValue(property({ type: 'date' }), '2026-12-18', look, '', 'full')).toBe(
      'Fri 18 Dec 2026'.replace('Fri', 'Fri,'),
    );
  });
});

test('a single choice that holds a ";" is one choice', () => {
  expect(optionValues(property({ type: 'enumeration', field: 'select' }), 'a;b')).toEqual(['a;b']);
});
