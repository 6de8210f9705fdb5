// Numbers, money, shares and durations as people read them.

import type { Look } from './look';

const formatters = new Map<string, Intl.NumberFormat>();

function formatter(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale}|${JSON.stringify(options)}`;
  const known = formatters.get(key);
  if (known) return known;
  const made = new Intl.NumberFormat(locale, options);
  formatters.set(key, made);
  return made;
}

/** Reads HubSpot's number string; null for anything that is not one. */
export function toNumber(value: string): number | null {
  const text = value.trim();
  if (text === '' || !/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)) return null;
  const n = Number(text);
  return Number.isFinite(n) ? n : null;
}

/** 12,000.5 */
export function showNumber(n: number, look: Look): string {
  return formatter(look.locale, { maximumFractionDigits: 10 }).format(n);
}

/** 12,480: a count of things. */
export function showCount(n: number, look: Look): string {
  return formatter(look.locale, { maximumFractionDigits: 0 }).format(n);
}

/**
 * €84,000, NOK 310,000, $1,234.50: the currency's own digits, none for whole
 * amounts. A code that Intl refuses is set after the number; without a code
 * the number stands alone, because a guessed currency would be a lie.
 */
export function showMoney(amount: number, currency: string, look: Look): string {
  if (!/^[A-Za-z]{3}$/.test(currency)) {
    const plain = showNumber(amount, look);
    return currency === '' ? plain : `${plain} ${currency}`;
  }
  return formatter(look.locale, {
    style: 'currency',
    currency: currency.toUpperCase(),
    trailingZeroDisplay: 'stripIfInteger',
  }).format(amount);
}

/** Whole units only, for sums over many deals: €212,400. */
export function showSum(amount: number, currency: string, look: Look): string {
  return showMoney(Math.round(amount), currency, look);
}

/** 60 % of 0.6; at most one digit after the separator. */
export function showShare(share: number, look: Look): string {
  return formatter(look.locale, { style: 'percent', maximumFractionDigits: 1 }).format(share);
}

const steps: readonly (readonly [Intl.NumberFormatOptions['unit'], number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
];

/** 2 d 4 h, 5 min, 40 s: the two largest units, never a zero one but for "0 s". */
export function showDuration(ms: number, look: Look): string {
  let rest = Math.max(0, Math.round(ms / 1000)) * 1000;
  const parts: string[] = [];
  for (const [unit, size] of steps) {
    const n = Math.floor(rest / size);
    rest -= n * size;
    if (n > 0) parts.push(showUnit(n, unit ?? 'second', look));
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.length > 0 ? parts.join(' ') : showUnit(0, 'second', look);
}

/** 4 d, in the reader's language: a number with a short unit. */
export function showUnit(n: number, unit: string, look: Look): string {
  return formatter(look.locale, { style: 'unit', unit, unitDisplay: 'narrow' }).format(n);
}
