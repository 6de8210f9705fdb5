import { expect, test } from 'vitest';
import fc from 'fast-check';
import { hue, initial, initials } from './avatar';

test.each([
  ['Ingrid Sørbø-Østergård', 'IS'],
  ['Bartholomew Featherstonehaugh-Cholmondeley', 'BF'],
  ['山本 さくら', '山'],
  ['ليلى المنصوري', 'ل'],
  ['שרה כהן', 'ש'],
  ['김 민준', '김'],
  ['Łukasz Brzęczkowski', 'ŁB'],
  ['Aoife Ní Dhomhnaill', 'AD'],
  ['madonna', 'M'],
  ['"Acme" (UK)', 'AU'],
  ['\u{a000} \u03b1\u0313\u0345', '\u{a000}\u03b1\u0313\u0345'],
  ['😀 😀', '?'],
  ['', '?'],
])('%s is %s', (name, shown) => expect(initials(name)).toBe(shown));

test('a firm has one letter', () => {
  expect(initial('霧島精機株式会社')).toBe('霧');
  expect(initial('vale do Sado')).toBe('V');
  expect(initial('–')).toBe('?');
});

test('initials are one or two characters, whatever the name', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (name) => {
      const n = [...initials(name).replace(/\p{M}/gu, '')].length;
      expect(n).toBeGreaterThanOrEqual(1);
      expect(n).toBeLessThanOrEqual(2);
    }),
  );
});

test('a hue is of the palette and does not change', () => {
  fc.assert(
    fc.property(fc.string(), (key) => {
      expect([25, 70, 130, 175, 230, 285, 330]).toContain(hue(key));
      expect(hue(key)).toBe(hue(key));
    }),
  );
});
