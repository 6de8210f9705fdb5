import { expect, test } from 'vitest';
import { ariaSort, byText, nextSort } from './sort';

test('a head goes up, down, and back to the default', () => {
  const up = nextSort({ prop: '', desc: false }, 'amount');
  const down = nextSort(up, 'amount');
  expect([up, down, nextSort(down, 'amount')]).toEqual([
    { prop: 'amount', desc: false },
    { prop: 'amount', desc: true },
    { prop: '', desc: false },
  ]);
  expect(nextSort(down, 'title')).toEqual({ prop: 'title', desc: false });
  expect(ariaSort(down, 'amount')).toBe('descending');
  expect(ariaSort(down, 'title')).toBe('none');
});

test('text is ordered as a reader expects', () => {
  expect(['b10', 'Änne', 'b2', 'anton'].sort(byText((s) => s, 'en'))).toEqual([
    'Änne',
    'anton',
    'b2',
    'b10',
  ]);
});
