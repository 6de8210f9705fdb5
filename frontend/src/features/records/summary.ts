// What stands under a record's name, and what can be done with it at once.

import type { Look } from '../../model/look';
import { showMoney, toNumber } from '../../model/number';
import type { CrmRecord, Schema } from '../../model/wire';
import { m } from '../../paraglide/messages.js';
import type { IconName } from '../../ui/icons';

/** One line: a contact's job, a company's domain, a deal's amount, where a ticket stands. */
export function subtitleOf(record: CrmRecord, schema: Schema | undefined, look: Look): string {
  const { values } = record;
  switch (record.type) {
    case 'contacts':
      return values.jobtitle ?? '';
    case 'companies':
      return [values.domain, values.city].filter((one) => one).join(' · ');
    case 'deals': {
      const amount = toNumber(values.amount ?? '');
      if (amount === null) return '';
      return showMoney(amount, values.deal_currency_code || look.currency, look);
    }
    case 'tickets': {
      const stage = values[schema?.stage ?? ''];
      const named = schema?.pipelines.flatMap((one) => one.stages).find((s) => s.id === stage);
      return named?.label ?? '';
    }
    case 'line_items':
      return values.hs_sku ?? '';
    default:
      return '';
  }
}

export interface Action {
  readonly icon: IconName;
  readonly label: string;
  readonly url: string;
}

function tel(phone: string): string {
  const digits = phone.replace(/[^\d+]/g, '');
  return digits === '' ? '' : `tel:${digits}`;
}

function site(domain: string): string {
  const host = domain.trim().replace(/^https?:\/\//, '');
  return /^[^\s/@]+\.[^\s@]+$/.test(host) ? `https://${host}` : '';
}

// As the address bar would show it: letters that look like others do not hide.
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : '';
}

/** What can be opened outside of Satchel: a mail to write, a number to dial, a site. */
export function actionsOf(record: CrmRecord): Action[] {
  const { email = '', phone = '', domain = '' } = record.values;
  const to = encodeURIComponent(email.trim()).replace('%40', '@');
  const mail = record.type === 'contacts' && email.includes('@') ? `mailto:${to}` : '';
  const page = site(domain);
  const all: Action[] = [
    { icon: 'mail', label: m.records_write_email({ email }), url: mail },
    { icon: 'phone', label: m.records_dial({ phone }), url: tel(phone) },
    { icon: 'external', label: m.records_website({ host: hostOf(page) }), url: page },
  ];
  const reached = record.type === 'contacts' || record.type === 'companies';
  return reached ? all.filter((one) => one.url !== '') : [];
}

/** What can be copied, the likeliest first. */
export function copyable(record: CrmRecord): { label: string; text: string }[] {
  const { values } = record;
  return [
    { label: m.records_copy_email(), text: values.email ?? '' },
    { label: m.records_copy_phone(), text: values.phone ?? '' },
    { label: m.records_copy_link(), text: record.url },
  ].filter((one) => one.text !== '');
}
