// Filters as text, the same text the command line takes: amount>1000,
// dealname~"Acme Ltd", closedate is_empty; several are parted by spaces and
// must all hold.

import type { Filter } from './wire';

/** The operators of a filter; the longer ones first, so that ">=" is not read as ">". */
export const operators = ['!=', '>=', '<=', '=', '>', '<', '~'] as const;
/** The operators that take no value. */
export const bare = ['is_set', 'is_empty'] as const;

export type FilterText =
  | { readonly ok: true; readonly filters: Filter[] }
  | { readonly ok: false; readonly at: number; readonly rest: string };

const name = /^[A-Za-z_][A-Za-z0-9_]*/;

/** Reads the text; says where it stops making sense. */
export function parseFilters(text: string): FilterText {
  const filters: Filter[] = [];
  let at = skip(text, 0);
  while (at < text.length) {
    const one = parseOne(text, at);
    if (one === null) return { ok: false, at, rest: text.slice(at) };
    filters.push(one.filter);
    at = skip(text, one.end);
  }
  return { ok: true, filters };
}

/** Writes filters so that parseFilters reads the same ones. */
export function printFilters(filters: readonly Filter[]): string {
  return filters.map(printFilter).join(' ');
}

export function printFilter(f: Filter): string {
  if (f.op === 'is_set' || f.op === 'is_empty') return `${f.prop} ${f.op}`;
  const plain = /^[^=\s"\\][^\s"\\]*$/.test(f.value);
  return f.prop + f.op + (plain ? f.value : `"${f.value.replace(/["\\]/g, (c) => `\\${c}`)}"`);
}

function skip(text: string, from: number): number {
  let at = from;
  while (at < text.length && /\s/.test(text.charAt(at))) at++;
  return at;
}

function parseOne(text: string, from: number): { filter: Filter; end: number } | null {
  const prop = name.exec(text.slice(from))?.[0];
  if (prop === undefined) return null;
  const at = skip(text, from + prop.length);
  for (const op of bare) {
    const end = at + op.length;
    if (
      at > from + prop.length &&
      text.startsWith(op, at) &&
      (end === text.length || /\s/.test(text.charAt(end)))
    ) {
      return { filter: { prop, op, value: '' }, end };
    }
  }
  const op = operators.find((o) => text.startsWith(o, at));
  if (op === undefined) return null;
  const value = parseWord(text, skip(text, at + op.length));
  return value === null ? null : { filter: { prop, op, value: value.word }, end: value.end };
}

function parseWord(text: string, from: number): { word: string; end: number } | null {
  if (text.charAt(from) !== '"') {
    let end = from;
    while (end < text.length && !/\s/.test(text.charAt(end))) end++;
    return end === from ? null : { word: text.slice(from, end), end };
  }
  let word = '';
  for (let at = from + 1; at < text.length; at++) {
    const c = text.charAt(at);
    if (c === '"') return { word, end: at + 1 };
    if (c === '\\' && at + 1 < text.length) at++;
    word += text.charAt(at);
  }
  return null;
}
