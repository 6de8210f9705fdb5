import { expect, test } from 'vitest';
import fc from 'fast-check';
import { diffWords } from './diff';

test('only the words that differ are marked', () => {
  expect(diffWords('Visit on 8 Dec, bring', 'Visit on 9 Dec, bring')).toEqual([
    { kind: 'same', text: 'Visit on ' },
    { kind: 'gone', text: '8' },
    { kind: 'new', text: '9' },
    { kind: 'same', text: ' Dec, bring' },
  ]);
});

test('both texts can be put together again from the parts', () => {
  const text = fc
    .array(fc.constantFrom('visit', 'on', '8', ' ', ',', 'Dec', '\n', 'é', '山本', '😀'))
    .map((a) => a.join(''));
  fc.assert(
    fc.property(text, text, (from, to) => {
      const parts = diffWords(from, to);
      expect(
        parts
          .filter((p) => p.kind !== 'gone')
          .map((p) => p.text)
          .join(''),
      ).toBe(to);
      expect(
        parts
          .filter((p) => p.kind !== 'new')
          .map((p) => p.text)
          .join(''),
      ).toBe(from);
    }),
  );
});
