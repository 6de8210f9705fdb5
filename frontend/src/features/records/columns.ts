import { isDay, isFigure } from '../../model/value';
import type { Property, Schema } from '../../model/wire';
import { m } from '../../paraglide/messages.js';
import type { GridColumn } from '../../ui/Grid.svelte';
import { wordsOf } from './words';

/** Keys of the columns that are not properties. */
export const titleKey = 'title';
export const companyKey = '#company';
export const modifiedKey = '';

/** The property definitions of a schema by name. */
export function propertiesOf(schema: Schema): Map<string, Property> {
  return new Map(schema.groups.flatMap((group) => group.properties).map((p) => [p.name, p]));
}

// Columns leave as the list gets narrower; nothing is squeezed.
const widths = [400, 560, 690, 820, 950, 1080, 1210, 1340];

function track(p: Property): string {
  if (isFigure(p)) return '104px';
  if (isDay(p) || p.type === 'datetime') return '92px';
  if (p.type === 'phone_number') return '124px';
  if (p.owner) return 'minmax(96px, 0.7fr)';
  return 'minmax(104px, 1fr)';
}

/** The columns of a type's list: title, company, the schema's own, last change. */
export function columnsOf(schema: Schema): GridColumn[] {
  const known = propertiesOf(schema);
  const own = schema.columns.map((name) => known.get(name)).filter((p) => p !== undefined);
  const withCompany = schema.type !== 'companies';
  const columns: GridColumn[] = [
    {
      key: schema.title,
      label: wordsOf(schema.type).column(),
      track: 'minmax(180px, 2fr)',
      from: 0,
      sortable: true,
    },
  ];
  if (withCompany) {
    columns.push({
      key: companyKey,
      label: m.records_col_company(),
      track: 'minmax(104px, 1.1fr)',
      from: 470,
      sortable: false,
    });
  }
  own.forEach((p, i) =>
    columns.push({
      key: p.name,
      label: p.label,
      track: track(p),
      from: widths[i + (withCompany ? 1 : 0)] ?? 1470 + i * 130,
      sortable: true,
      end: isFigure(p),
    }),
  );
  columns.push({
    key: modifiedKey,
    label: m.records_col_modified(),
    track: '84px',
    from: 470,
    sortable: true,
  });
  return columns;
}

/** The currency that a record's amounts are in; '' for the company's. */
export function currencyOf(values: Readonly<Record<string, string>>): string {
  return values.deal_currency_code || values.hs_line_item_currency_code || '';
}

/** The values a list asks for: its columns', and the currency its amounts are in. */
export function valuesOf(schema: Schema): string[] {
  const currency = 'deal_currency_code';
  const more = propertiesOf(schema).has(currency) && !schema.columns.includes(currency);
  return more ? [...schema.columns, currency] : schema.columns;
}

/** Whether a column's first press sorts the large and the late first. */
export function descendsFirst(key: string, known: ReadonlyMap<string, Property>): boolean {
  if (key === modifiedKey) return true;
  const p = known.get(key);
  return p !== undefined && (isFigure(p) || p.type === 'date' || p.type === 'datetime');
}
