import { expect, test } from 'vitest';
import { pieces, slot } from './rich';

test('a message comes back in pieces around its slots', () => {
  expect(pieces(`${slot(0)} of ${slot(1)}!`)).toEqual([0, ' of ', 1, '!']);
  expect(pieces('plain')).toEqual(['plain']);
});
