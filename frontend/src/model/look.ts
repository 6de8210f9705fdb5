// How values are to be shown: the reader's language, clock and names. Pure
// functions take it as an argument, so that nothing in model/ reads a global.

export interface Look {
  /** BCP 47; decides separators, month names and the order of a date. */
  readonly locale: string;
  /** IANA name; '' is the computer's own. Only instants need it: a date has none. */
  readonly timeZone: string;
  /** ISO 4217 code of the company currency, used where a value names no other. */
  readonly currency: string;
  /** The moment "today" and "5 min ago" are counted from, in ms. */
  readonly now: number;
  /** Owner id to name. */
  readonly owners: ReadonlyMap<string, string>;
  /** Stage or pipeline id to label, for enumerations whose options live elsewhere. */
  readonly names: ReadonlyMap<string, string>;
  readonly words: { readonly yes: string; readonly no: string };
}

const noNames: ReadonlyMap<string, string> = new Map<string, string>();

/** A look with every field at a plain default, and those given. */
export function lookOf(part: Partial<Look>): Look {
  return {
    locale: 'en',
    timeZone: '',
    currency: '',
    now: 0,
    owners: noNames,
    names: noNames,
    words: { yes: 'Yes', no: 'No' },
    ...part,
  };
}
