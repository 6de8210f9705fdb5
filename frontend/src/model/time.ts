// Dates and instants. HubSpot's dates have no time zone (YYYY-MM-DD), its
// date-times are instants (RFC 3339, or epoch milliseconds in older data).

import type { Look } from './look';

const day = 86_400_000;
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale}|${JSON.stringify(options)}`;
  const known = formatters.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(locale, options);
  formatters.set(key, made);
  return made;
}

function zone(look: Look): Intl.DateTimeFormatOptions {
  return look.timeZone === '' ? {} : { timeZone: look.timeZone };
}

/** An instant or a date at midnight UTC, in ms; null when it is neither. */
export function toInstant(value: string): number | null {
  const text = value.trim();
  if (/^-?\d{9,}$/.test(text)) return Number(text);
  if (!/^\d{4}-\d{2}-\d{2}(T.*)?$/.test(text)) return null;
  const at = Date.parse(text);
  if (Number.isNaN(at)) return null;
  // Date.parse lets the 31st of February roll over; a calendar does not.
  return text.length === 10 && new Date(at).toISOString().slice(0, 10) !== text ? null : at;
}

/** YYYY-MM-DD of midnight UTC. */
export function dateText(utcMidnight: number): string {
  return new Date(utcMidnight).toISOString().slice(0, 10);
}

/** The day an instant falls on where the reader is, as midnight UTC. */
export function dayOf(instant: number, look: Look): number {
  const parts = formatter('en-CA', {
    ...zone(look),
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(instant);
  const part = (type: Intl.DateTimeFormatPartTypes): number =>
    Number(parts.find((p) => p.type === type)?.value ?? 0);
  return Date.UTC(part('year'), part('month') - 1, part('day'));
}

/** Whole days from today to a day given as midnight UTC: -1 is yesterday. */
export function daysFromToday(utcMidnight: number, look: Look): number {
  return Math.round((utcMidnight - dayOf(look.now, look)) / day);
}

function showDayOptions(utcMidnight: number, look: Look): Intl.DateTimeFormatOptions {
  const near =
    new Date(utcMidnight).getUTCFullYear() === new Date(dayOf(look.now, look)).getUTCFullYear() ||
    Math.abs(daysFromToday(utcMidnight, look)) < 183;
  return { day: 'numeric', month: 'short', timeZone: 'UTC', ...(near ? {} : { year: 'numeric' }) };
}

/** 18 Dec, or 18 Dec 2028 where the year would be a guess. */
export function showDay(utcMidnight: number, look: Look): string {
  return formatter(look.locale, showDayOptions(utcMidnight, look)).format(utcMidnight);
}

/** Fri, 18 Dec 2026: a date in full. */
export function showDate(utcMidnight: number, look: Look): string {
  return formatter(look.locale, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  }).format(utcMidnight);
}

/** Today, Friday within a week, else the day: what heads a day of a timeline. */
export function showDayHead(utcMidnight: number, look: Look): string {
  const days = daysFromToday(utcMidnight, look);
  if (Math.abs(days) <= 1) {
    const word = new Intl.RelativeTimeFormat(look.locale, { numeric: 'auto' }).format(days, 'day');
    return word.charAt(0).toLocaleUpperCase(look.locale) + word.slice(1);
  }
  if (Math.abs(days) < 7) {
    return formatter(look.locale, { weekday: 'long', timeZone: 'UTC' }).format(utcMidnight);
  }
  return showDay(utcMidnight, look);
}

/** 12:04 */
export function showClock(instant: number, look: Look): string {
  return formatter(look.locale, { ...zone(look), hour: '2-digit', minute: '2-digit' }).format(
    instant,
  );
}

/** Friday 27 November: what heads a day's page. */
export function showToday(look: Look): string {
  return formatter(look.locale, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    timeZone: 'UTC',
  }).format(dayOf(look.now, look));
}

/** 12:04 today, Friday 17:42 within a week, else 18 Dec 17:42: since when. */
export function showSince(instant: number, look: Look): string {
  const day = dayOf(instant, look);
  if (daysFromToday(day, look) === 0) return showClock(instant, look);
  return `${showDayHead(day, look)} ${showClock(instant, look)}`;
}

/** 18 Dec 2026, 12:04: an instant in full. */
export function showInstant(instant: number, look: Look): string {
  return formatter(look.locale, { ...zone(look), dateStyle: 'medium', timeStyle: 'short' }).format(
    instant,
  );
}

/** today, tomorrow, Fri within a week, else the day. */
export function showUpcoming(utcMidnight: number, look: Look): string {
  const days = daysFromToday(utcMidnight, look);
  if (Math.abs(days) <= 1) return relative(days, 'day', look);
  if (days > 1 && days < 7) {
    return formatter(look.locale, { weekday: 'short', timeZone: 'UTC' }).format(utcMidnight);
  }
  return showDay(utcMidnight, look);
}

/** now, 12 min ago, yesterday, 9 d ago; after two weeks the day. */
export function showAgo(instant: number, look: Look): string {
  const seconds = Math.round((instant - look.now) / 1000);
  const abs = Math.abs(seconds);
  if (abs < 60) return relative(0, 'second', look);
  if (abs < 3600) return relative(Math.trunc(seconds / 60), 'minute', look);
  const days = daysFromToday(dayOf(instant, look), look);
  if (days === 0 || abs < 6 * 3600) return relative(Math.trunc(seconds / 3600), 'hour', look);
  if (Math.abs(days) <= 14) return relative(days, 'day', look);
  return showDay(dayOf(instant, look), look);
}

/** 12:04 today, "yesterday 17:50", else the day: when something was done. */
export function showWhen(instant: number, look: Look): string {
  const days = daysFromToday(dayOf(instant, look), look);
  if (days === 0) return showClock(instant, look);
  if (days === -1) return `${relative(-1, 'day', look)} ${showClock(instant, look)}`;
  return showDay(dayOf(instant, look), look);
}

const relatives = new Map<string, Intl.RelativeTimeFormat>();

function relative(n: number, unit: Intl.RelativeTimeFormatUnit, look: Look): string {
  let made = relatives.get(look.locale);
  if (!made) {
    made = new Intl.RelativeTimeFormat(look.locale, { numeric: 'auto', style: 'narrow' });
    relatives.set(look.locale, made);
  }
  return made.format(n === 0 ? 0 : n, unit);
}
