// The clock on the wall where the reader is, as the value of a date-and-time
// input: 2026-11-23T14:30.

import type { Look } from './look';

const formatters = new Map<string, Intl.DateTimeFormat>();

/** What the clock shows at an instant, as if it were UTC. */
function shown(instant: number, timeZone: string): number {
  let formatter = formatters.get(timeZone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-CA', {
      ...(timeZone === '' ? {} : { timeZone }),
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    });
    formatters.set(timeZone, formatter);
  }
  const parts = formatter.formatToParts(instant);
  const part = (type: Intl.DateTimeFormatPartTypes): number =>
    Number(parts.find((p) => p.type === type)?.value ?? 0);
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'));
}

/** The clock at an instant. */
export function toWall(instant: number, look: Look): string {
  return new Date(shown(instant, look.timeZone)).toISOString().slice(0, 16);
}

/** The instant of a clock in RFC 3339; text that is no clock is passed on as it stands. */
export function fromWall(wall: string, look: Look): string {
  const text = wall.trim();
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text)) return text;
  const want = Date.parse(`${text.slice(0, 16)}Z`);
  if (Number.isNaN(want)) return text;
  // Where the clock is changed in between, the second step finds the offset after it.
  let at = want;
  for (let i = 0; i < 2; i++) at -= shown(at, look.timeZone) - want;
  return new Date(at).toISOString();
}
