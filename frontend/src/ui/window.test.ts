import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawn, overscan, revealed, stepFor, windowOf } from './window';

describe('the window of the grid', () => {
  it('holds what is in sight and a few rows more, and never more than 60', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 3_700_000 }),
        fc.integer({ min: 1, max: 1400 }),
        fc.constantFrom(32, 36, 44),
        fc.integer({ min: 1, max: 100_000 }),
        (wanted, height, row, total) => {
          const top = Math.min(wanted, Math.max(0, total * row - height));
          const { first, end } = windowOf(top, height, row, total);
          expect(first).toBeGreaterThanOrEqual(0);
          expect(end).toBeLessThanOrEqual(total);
          expect(end - first).toBeLessThanOrEqual(60);
          const lastSeen = Math.min(total, Math.ceil((top + height) / row));
          expect(first).toBeLessThanOrEqual(Math.floor(top / row));
          expect(end).toBeGreaterThanOrEqual(Math.min(lastSeen, first + 60));
        },
      ),
    );
  });

  it('is empty without rows or without a height', () => {
    expect(windowOf(0, 500, 36, 0)).toEqual({ first: 0, end: 0 });
    expect(windowOf(0, 0, 36, 10)).toEqual({ first: 0, end: 0 });
  });

  it('keeps the active row in the document wherever it is', () => {
    const view = windowOf(36 * 500, 720, 36, 100_000);
    expect(drawn(view, 3, 100_000)[0]).toBe(3);
    expect(drawn(view, 99_999, 100_000).at(-1)).toBe(99_999);
    expect(drawn(view, -1, 100_000)).toHaveLength(view.end - view.first);
    const all = drawn(view, view.first + overscan, 100_000);
    expect(new Set(all).size).toBe(all.length);
  });

  it('scrolls only as far as it must', () => {
    expect(revealed(5, 0, 360, 36)).toBe(0);
    expect(revealed(10, 0, 360, 36)).toBe(36);
    expect(revealed(2, 360, 360, 36)).toBe(72);
  });

  it('stops at both ends', () => {
    expect(stepFor('ArrowDown', 9, 10, 5)).toBe(9);
    expect(stepFor('ArrowUp', 0, 10, 5)).toBe(0);
    expect(stepFor('PageDown', 2, 10, 5)).toBe(7);
    expect(stepFor('End', 2, 10, 5)).toBe(9);
    expect(stepFor('x', 2, 10, 5)).toBeNull();
    expect(stepFor('Home', 2, 0, 5)).toBeNull();
  });
});
