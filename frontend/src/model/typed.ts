// What a person types, brought nearer to HubSpot's form: "12k", "next fri",
// "yes". A nicety: the backend decides what is valid. Text that is not
// understood is passed on as it stands, for the backend's own sentence.

import type { Look } from './look';
import { dateText, dayOf } from './time';
import { isDay, isMany } from './value';
import type { Property } from './wire';

/** The typed text in HubSpot's form, or as it stands. */
export function fromTyped(p: Property, typed: string, look: Look): string {
  const text = typed.trim();
  if (text === '') return '';
  switch (p.type) {
    case 'number':
      return fromNumber(text, look) ?? text;
    case 'date':
    case 'datetime':
      return isDay(p) || !/\d:\d/.test(text) ? (fromDate(text, look) ?? text) : text;
    case 'bool':
      return fromBool(text, look) ?? text;
    case 'enumeration':
      return isMany(p)
        ? text
            .split(/[;,]/)
            .map((t) => option(p, t.trim()))
            .join(';')
        : option(p, text);
    default:
      return p.field === 'textarea' ? typed : text;
  }
}

function option(p: Property, text: string): string {
  const same = (s: string): boolean =>
    s.localeCompare(text, undefined, { sensitivity: 'base' }) === 0;
  return (
    (
      p.options.find((o) => o.value === text) ??
      p.options.find((o) => same(o.label) || same(o.value))
    )?.value ?? text
  );
}

function fromBool(text: string, look: Look): string | null {
  const t = text.toLowerCase();
  if (['true', 'yes', 'y', '1', look.words.yes.toLowerCase()].includes(t)) return 'true';
  if (['false', 'no', 'n', '0', look.words.no.toLowerCase()].includes(t)) return 'false';
  return null;
}

const scales: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, bn: 1e9 };

/** "€12,500.50", "12k", "1.5m", "−3": the number, in the locale's separators; null when it is none. */
export function fromNumber(typed: string, look: Look): string | null {
  let text = typed
    .trim()
    .replace(/[\p{Sc}\s'’]/gu, '')
    .replace(/−/g, '-')
    .replace(/^[A-Za-z]{3}(?=[-\d])|(?<=\d)[A-Z]{3}$/g, '');
  const scale = /(?<=\d[.,]?)(k|m|bn)$/i.exec(text)?.[0] ?? '';
  text = text.slice(0, text.length - scale.length);
  const plain = withPoint(text, look.locale);
  if (plain === null) return null;
  const n = Number(plain) * (scales[scale.toLowerCase()] ?? 1);
  if (!Number.isFinite(n)) return null;
  return scale === '' ? plain : String(Number(n.toPrecision(15)));
}

// Separators as the locale has them; a separator that cannot be a thousands
// separator where it stands is the decimal point.
function withPoint(text: string, locale: string): string | null {
  const parts = new Intl.NumberFormat(locale).formatToParts(1234567.5);
  const decimal = parts.find((p) => p.type === 'decimal')?.value ?? '.';
  const group = decimal === ',' ? '.' : ',';
  let t = text;
  if (new RegExp(`^-?\\d{1,3}(\\${group}\\d{3})+(\\${decimal}\\d*)?$`).test(t))
    t = t.replaceAll(group, '');
  else if (new RegExp(`^-?\\d{1,2}(\\${group}\\d{2})*\\${group}\\d{3}(\\${decimal}\\d*)?$`).test(t))
    t = t.replaceAll(group, '');
  if (t.includes(decimal)) t = t.replace(decimal, '.');
  else if (t.includes(group)) t = t.replace(group, '.');
  if (!/^-?(\d+\.?\d*|\.\d+)$/.test(t)) return null;
  return t.replace(/^(-?)\./, '$10.').replace(/\.$/, '');
}

const day = 86_400_000;

/** "today", "next fri", "in 2 weeks", "18 Dec", "18.12.2026": YYYY-MM-DD; null when it is no day. */
export function fromDate(typed: string, look: Look): string | null {
  const text = typed.trim().toLowerCase().replace(/\s+/g, ' ');
  const today = dayOf(look.now, look);
  const at = spoken(text, today) ?? weekday(text, today) ?? written(text, today, look.locale);
  return at === null ? null : dateText(at);
}

function spoken(text: string, today: number): number | null {
  switch (text) {
    case 'today':
      return today;
    case 'tomorrow':
      return today + day;
    case 'yesterday':
      return today - day;
    case 'next week':
      return today + 7 * day;
    case 'next month':
      return addMonths(today, 1);
  }
  const m = /^(?:in )?([+-]?\d{1,4}) ?(d|days?|w|weeks?|m|months?|y|years?)( ago)?$/.exec(text);
  if (!m) return null;
  const n = Number(m[1]) * (m[3] ? -1 : 1);
  switch (m[2]?.charAt(0)) {
    case 'd':
      return today + n * day;
    case 'w':
      return today + n * 7 * day;
    case 'm':
      return addMonths(today, n);
    default:
      return addMonths(today, 12 * n);
  }
}

// A month later is the same day, or the last one of a shorter month.
function addMonths(from: number, n: number): number {
  const d = new Date(from);
  const first = Date.UTC(d.getUTCFullYear(), d.getUTCMonth() + n, 1);
  const f = new Date(first);
  const last = new Date(Date.UTC(f.getUTCFullYear(), f.getUTCMonth() + 1, 0)).getUTCDate();
  return first + (Math.min(d.getUTCDate(), last) - 1) * day;
}

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const months = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];

// "fri" is the coming one; "next fri" the one in the week after this.
function weekday(text: string, today: number): number | null {
  const m = /^(next |on )?([a-z]{3,9})$/.exec(text);
  const wanted = weekdays.findIndex((w) => m?.[2] !== undefined && w.startsWith(m[2]));
  if (!m || wanted < 0) return null;
  const now = new Date(today).getUTCDay();
  const ahead = (wanted - now + 7) % 7 || 7;
  if (m[1] !== 'next ') return today + ahead * day;
  const monday = today + ((8 - now) % 7 || 7) * day;
  return monday + ((wanted + 6) % 7) * day;
}

function written(text: string, today: number, locale: string): number | null {
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text);
  if (iso) return ymd(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const named = /^(?:(\d{1,2})\.? ([a-z]{3,9})|([a-z]{3,9}) (\d{1,2}))(?:,? (\d{4}))?$/.exec(text);
  if (named) {
    const word = named[2] ?? named[3] ?? '';
    const month = months.findIndex((m) => m.startsWith(word)) + 1;
    return month === 0 ? null : inYear(named[5], month, Number(named[1] ?? named[4]), today);
  }
  const figures = /^(\d{1,2})([./-])(\d{1,2})(?:\2(\d{2}|\d{4})?)?$/.exec(text);
  if (!figures) return null;
  const [a, b] = [Number(figures[1]), Number(figures[3])];
  const monthFirst = figures[2] === '/' && monthLeads(locale);
  return inYear(figures[4], monthFirst ? a : b, monthFirst ? b : a, today);
}

function monthLeads(locale: string): boolean {
  const parts = new Intl.DateTimeFormat(locale).formatToParts(0).map((p) => p.type);
  return (
    parts.indexOf('month') < parts.indexOf('day') && parts.indexOf('month') < parts.indexOf('year')
  );
}

// Without a year it is the coming one, unless it passed less than ninety days ago.
function inYear(
  year: string | undefined,
  month: number,
  date: number,
  today: number,
): number | null {
  if (year !== undefined) return ymd(Number(year) + (year.length === 2 ? 2000 : 0), month, date);
  const now = new Date(today).getUTCFullYear();
  const at = ymd(now, month, date);
  return at !== null && at < today - 90 * day ? ymd(now + 1, month, date) : at;
}

function ymd(y: number, m: number, d: number): number | null {
  if (y < 1000 || m < 1 || m > 12 || d < 1 || d > 31) return null;
  const at = Date.UTC(y, m - 1, d);
  return new Date(at).getUTCDate() === d ? at : null;
}
