import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { lookOf } from './look';
import { dateText, dayOf, showAgo, showDay, showUpcoming, showWhen, toInstant } from './time';

const now = Date.parse('2026-11-23T12:04:00Z');
const look = lookOf({ locale: 'en-GB', timeZone: 'UTC', now });
const at = (text: string): number => Date.parse(text);

describe('reading', () => {
  test.each([
    ['2026-12-18', at('2026-12-18T00:00:00Z')],
    ['2026-12-18T09:30:00Z', at('2026-12-18T09:30:00Z')],
    ['1766016000000', 1766016000000],
  ])('%s', (text, ms) => expect(toInstant(text)).toBe(ms));
  test.each(['', 'soon', '2026-02-31', '12', '18.12.2026'])('%s is no date', (text) =>
    expect(toInstant(text)).toBeNull(),
  );
  test('a date survives writing and reading', () => {
    fc.assert(
      fc.property(fc.integer({ min: -36500, max: 36500 }), (days) => {
        const day = days * 86_400_000;
        expect(toInstant(dateText(day))).toBe(day);
      }),
    );
  });
});

test("the day of an instant is the reader's, not Greenwich's", () => {
  const late = at('2026-12-18T23:30:00Z');
  expect(dateText(dayOf(late, look))).toBe('2026-12-18');
  expect(dateText(dayOf(late, lookOf({ timeZone: 'Asia/Tokyo' })))).toBe('2026-12-19');
});

describe('showing', () => {
  test.each([
    ['2026-12-18', '18 Dec'],
    ['2027-01-29', '29 Jan'],
    ['2027-11-29', '29 Nov 2027'],
    ['2026-01-02', '2 Jan'],
    ['2025-01-02', '2 Jan 2025'],
  ])('the day %s is %s', (text, shown) => expect(showDay(at(text), look)).toBe(shown));

  test.each([
    ['2026-11-23T12:03:40Z', /^now$/],
    ['2026-11-23T11:52:00Z', /^12 ?min ago$/],
    ['2026-11-23T09:00:00Z', /^3 ?hr? ago$/],
    ['2026-11-22T17:50:00Z', /^yesterday$/],
    ['2026-11-20T17:50:00Z', /^3 ?d(ays)? ago$/],
    ['2026-10-02T17:50:00Z', /^2 Oct$/],
  ])('%s was %s', (text, shown) => expect(showAgo(at(text), look)).toMatch(shown));

  test('a time of today is a clock, of yesterday says so', () => {
    expect(showWhen(at('2026-11-23T09:41:00Z'), look)).toBe('09:41');
    expect(showWhen(at('2026-11-22T17:50:00Z'), look)).toBe('yesterday 17:50');
  });

  test('a coming day is today, tomorrow, a weekday, then a date', () => {
    expect(showUpcoming(at('2026-11-23'), look)).toBe('today');
    expect(showUpcoming(at('2026-11-24'), look)).toBe('tomorrow');
    expect(showUpcoming(at('2026-11-27'), look)).toBe('Fri');
    expect(showUpcoming(at('2026-11-30'), look)).toBe('30 Nov');
  });
});
