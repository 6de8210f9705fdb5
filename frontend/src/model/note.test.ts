import { expect, test } from 'vitest';
import { lookOf } from './look';
import { showNote } from './note';

const look = lookOf({ locale: 'en-GB', currency: 'EUR' });

test.each([
  ['deals', '1685000 NOK', 'NOK 1,685,000'],
  ['deals', '12.5 EUR', '€12.50'],
  ['deals', '900', '€900'],
  ['deals', 'EUR', 'EUR'],
  ['deals', '12k EUR', '12k EUR'],
  ['deals', 'Negotiation · 5 EUR', 'Negotiation · 5 EUR'],
  ['deals', '', ''],
  ['companies', '1685000', '1685000'],
  ['contacts', '007 EUR', '007 EUR'],
])('%s, "%s" reads "%s"', (type, note, shown) => {
  expect(showNote({ type, note }, look).replace(/\u00a0/g, ' ')).toBe(shown);
});
