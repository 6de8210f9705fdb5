import { describe, expect, it } from 'vitest';
import { lookOf } from './look';
import { fromWall, toWall } from './wall';

const oslo = lookOf({ timeZone: 'Europe/Oslo' });

describe('the clock on the wall', () => {
  it('is read and set where the reader is', () => {
    expect(toWall(Date.UTC(2026, 10, 23, 12, 5), oslo)).toBe('2026-11-23T13:05');
    expect(fromWall('2026-11-23T13:05', oslo)).toBe('2026-11-23T12:05:00.000Z');
    expect(fromWall('2026-07-01T00:30', lookOf({ timeZone: 'America/New_York' }))).toBe(
      '2026-07-01T04:30:00.000Z',
    );
  });

  it('goes there and back on the days when clocks are changed', () => {
    for (const wall of [
      '2026-03-29T01:30',
      '2026-03-29T03:30',
      '2026-10-25T01:30',
      '2026-10-25T03:30',
    ])
      expect(toWall(Date.parse(fromWall(wall, oslo)), oslo)).toBe(wall);
  });

  it('passes on what is no clock', () => {
    expect(fromWall('soon', oslo)).toBe('soon');
    expect(fromWall('2026-99-99T10:00', oslo)).toBe('2026-99-99T10:00');
  });
});
