import { expect, test } from 'vitest';
import fc from 'fast-check';
import { markParts, score } from './match';

test('the beginning of a word is marked, accents or not', () => {
  expect(markParts('Erik Nordenskiöld', 'nord')).toEqual([
    { hit: false, text: 'Erik ' },
    { hit: true, text: 'Nord' },
    { hit: false, text: 'enskiöld' },
  ]);
  expect(markParts('Řeka Glass', 'reka')[0]).toEqual({ hit: true, text: 'Řeka' });
});

test('the parts are the title', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'grapheme', maxLength: 4 }),
      (title, text) => {
        expect(
          markParts(title, text)
            .map((p) => p.text)
            .join(''),
        ).toBe(title);
      },
    ),
  );
});

test('every typed word must begin a word of the title', () => {
  expect(score('Go to outbox', 'out')).toBeGreaterThan(0);
  expect(score('Go to outbox', 'box')).toBe(0);
  expect(score('Go to outbox', 'out go')).toBeGreaterThan(0);
  expect(score('Go to outbox', 'out nope')).toBe(0);
  expect(score('Outbox', 'out')).toBeGreaterThan(score('Go to outbox', 'out'));
});
