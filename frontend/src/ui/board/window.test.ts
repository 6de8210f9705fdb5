import { expect, test } from 'vitest';
import fc from 'fast-check';
import { windowOf } from './window';

test('a window covers what is in view and no more than a screen besides', () => {
  fc.assert(
    fc.property(
      fc.nat(10000),
      fc.nat(1_000_000),
      fc.integer({ min: 0, max: 2000 }),
      (n, top, view) => {
        const w = windowOf(n, 112, top, view);
        expect(w.from).toBeLessThanOrEqual(w.to);
        expect(w.to).toBeLessThanOrEqual(n);
        expect(w.to - w.from).toBeLessThanOrEqual(Math.ceil(view / 112) + 9);
      },
    ),
  );
});
