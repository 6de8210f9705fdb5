// The order of a list, as clicks on its heads change it.

import type { Sort } from './wire';

/** First ascending, then descending, then the default order again. */
export function nextSort(now: Sort, prop: string): Sort {
  if (now.prop !== prop) return { prop, desc: false };
  return now.desc ? { prop: '', desc: false } : { prop, desc: true };
}

/** What aria-sort says of a column. */
export function ariaSort(now: Sort, prop: string): 'ascending' | 'descending' | 'none' {
  if (now.prop !== prop) return 'none';
  return now.desc ? 'descending' : 'ascending';
}

/** Orders text as a reader expects: accents beside their letters, 2 before 10. */
export function byText<T>(text: (item: T) => string, locale: string): (a: T, b: T) => number {
  const collator = new Intl.Collator(locale, { numeric: true, sensitivity: 'base' });
  return (a, b) => collator.compare(text(a), text(b));
}
