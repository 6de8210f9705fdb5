// The second line under a reference's name.

import type { Look } from './look';
import { showMoney, toNumber } from './number';
import type { Ref } from './wire';

/**
 * The note for people: a deal's "1685000 EUR" as €1,685,000, in the company's
 * currency where the deal names none. Every other note is shown as it stands.
 */
export function showNote(ref: Pick<Ref, 'type' | 'note'>, look: Look): string {
  if (ref.type !== 'deals') return ref.note;
  const [, figure = '', currency = ''] = /^(\S+)(?: ([A-Za-z]{3}))?$/.exec(ref.note) ?? [];
  const amount = toNumber(figure);
  return amount === null ? ref.note : showMoney(amount, currency || look.currency, look);
}
