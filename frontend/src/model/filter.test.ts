import { expect, test } from 'vitest';
import fc from 'fast-check';
import { parseFilters, printFilters } from './filter';
import type { Filter } from './wire';

test('several conditions are read in order', () => {
  expect(parseFilters('amount>=1000 dealname ~ "Acme \\"Ltd\\"" closedate is_empty')).toEqual({
    ok: true,
    filters: [
      { prop: 'amount', op: '>=', value: '1000' },
      { prop: 'dealname', op: '~', value: 'Acme "Ltd"' },
      { prop: 'closedate', op: 'is_empty', value: '' },
    ],
  });
});

test.each([
  ['amount', 0],
  ['amount>', 0],
  ['amount>1 =2', 9],
  ['a="open', 0],
  ['is_set', 0],
])('%s makes no sense from %d on', (text, at) => {
  expect(parseFilters(text)).toMatchObject({ ok: false, at });
});

const filter: fc.Arbitrary<Filter> = fc.oneof(
  fc.record({
    prop: fc.stringMatching(/^[a-z_][a-z0-9_]{0,12}$/),
    op: fc.constantFrom<Filter['op']>('=', '!=', '>', '>=', '<', '<=', '~'),
    value: fc.string(),
  }),
  fc.record({
    prop: fc.stringMatching(/^[a-z_][a-z0-9_]{0,12}$/),
    op: fc.constantFrom<Filter['op']>('is_set', 'is_empty'),
    value: fc.constant(''),
  }),
);

test('what is printed is read back the same', () => {
  fc.assert(
    fc.property(fc.array(filter, { maxLength: 4 }), (filters) => {
      expect(parseFilters(printFilters(filters))).toEqual({ ok: true, filters });
    }),
  );
});
