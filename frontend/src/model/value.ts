// A property's value as text for people, by the property's type.

import { showMoney, showNumber, showShare, showDuration, toNumber } from './number';
import type { Look } from './look';
import { showDate, showDay, showInstant, dayOf, toInstant } from './time';
import type { Property } from './wire';

// HubSpot's definitions say which numbers are money only in the portal's own
// settings; these are the ones it ships.
const money: ReadonlySet<string> = new Set([
  'amount',
  'amount_in_home_currency',
  'annualrevenue',
  'closed_amount',
  'discount',
  'hs_acv',
  'hs_arr',
  'hs_closed_amount',
  'hs_cost_of_goods_sold',
  'hs_forecast_amount',
  'hs_mrr',
  'hs_projected_amount',
  'hs_tcv',
  'price',
  'recent_deal_amount',
  'total_revenue',
  'hs_open_amount_in_home_currency',
]);
const shares: ReadonlySet<string> = new Set([
  'hs_deal_stage_probability',
  'hs_forecast_probability',
]);
const durations: ReadonlySet<string> = new Set(['hs_call_duration', 'hs_meeting_duration']);
const dayOnly: ReadonlySet<string> = new Set(['closedate']);

/** Whether a number is an amount of money. */
export function isMoney(p: Property): boolean {
  return p.type === 'number' && money.has(p.name);
}

/** Whether a column of it is set flush right, with tabular figures. */
export function isFigure(p: Property): boolean {
  return p.type === 'number' && !p.owner;
}

/** Whether a value is several options joined by ";". */
export function isMany(p: Property): boolean {
  return p.type === 'enumeration' && p.field === 'checkbox';
}

/** Whether an instant is thought of as a day: a deal's close date has a time that nobody set. */
export function isDay(p: Property): boolean {
  return p.type === 'date' || (p.type === 'datetime' && dayOnly.has(p.name));
}

/** How exact a date is written: a cell has room for the day, a form for all of it. */
export type Detail = 'short' | 'full';

/**
 * The value in words. currency is the record's own, '' to take the company's.
 * What cannot be read as its type is shown as it stands, never hidden.
 */
export function showValue(
  p: Property,
  value: string,
  look: Look,
  currency = '',
  detail: Detail = 'short',
): string {
  if (value === '') return '';
  if (p.owner) return look.owners.get(value) ?? value;
  switch (p.type) {
    case 'number':
      return showFigure(p, value, look, currency);
    case 'date':
    case 'datetime':
      return showTime(p, value, look, detail);
    case 'bool':
      return showBool(p, value, look);
    case 'enumeration':
      return optionValues(p, value)
        .map((v) => optionLabel(p, v, look))
        .join(', ');
    case 'string':
    case 'phone_number':
      return value;
    default:
      return look.names.get(value) ?? value;
  }
}

function showFigure(p: Property, value: string, look: Look, currency: string): string {
  const n = toNumber(value);
  if (n === null) return value;
  if (isMoney(p)) return showMoney(n, currency === '' ? look.currency : currency, look);
  if (shares.has(p.name)) return showShare(n, look);
  if (durations.has(p.name)) return showDuration(n, look);
  return showNumber(n, look);
}

function showTime(p: Property, value: string, look: Look, detail: Detail): string {
  const at = toInstant(value);
  if (at === null) return value;
  if (isDay(p)) {
    const day = p.type === 'date' ? at : dayOf(at, look);
    return detail === 'full' ? showDate(day, look) : showDay(day, look);
  }
  return detail === 'full' ? showInstant(at, look) : showDay(dayOf(at, look), look);
}

function showBool(p: Property, value: string, look: Look): string {
  const option = p.options.find((o) => o.value === value);
  if (option) return option.label;
  switch (value.toLowerCase()) {
    case 'true':
      return look.words.yes;
    case 'false':
      return look.words.no;
    default:
      return value;
  }
}

/** The chosen options of a value; one for a single choice. */
export function optionValues(p: Property, value: string): string[] {
  if (!isMany(p)) return value === '' ? [] : [value];
  return value
    .split(';')
    .map((v) => v.trim())
    .filter((v) => v !== '');
}

function optionLabel(p: Property, value: string, look: Look): string {
  return p.options.find((o) => o.value === value)?.label ?? look.names.get(value) ?? value;
}
