// The words that differ by record type. A type we do not know by name (a custom
// object) gets the words of a plain record.

import { m } from '../../paraglide/messages.js';
import type { IconName } from '../../ui/icons';

interface TypeWords {
  readonly icon: IconName;
  readonly plural: () => string;
  readonly create: () => string;
  readonly search: () => string;
  readonly column: () => string;
  readonly total: (of: { count: number; total: string }) => string;
  readonly empty: () => string;
  readonly none: () => string;
  readonly links: () => string;
  readonly linkAdd: () => string;
  readonly linkFind: () => string;
}

const contacts: TypeWords = {
  icon: 'contact',
  plural: m.app_contacts,
  create: m.records_new_contacts,
  search: m.records_search_contacts,
  column: m.records_col_title_contacts,
  total: m.records_total_contacts,
  empty: m.records_empty_contacts,
  none: m.records_none_contacts,
  links: m.records_links_contacts,
  linkAdd: m.records_link_add_contacts,
  linkFind: m.records_link_find_contacts,
};

const companies: TypeWords = {
  icon: 'company',
  plural: m.app_companies,
  create: m.records_new_companies,
  search: m.records_search_companies,
  column: m.records_col_title_companies,
  total: m.records_total_companies,
  empty: m.records_empty_companies,
  none: m.records_none_companies,
  links: m.records_links_companies,
  linkAdd: m.records_link_add_companies,
  linkFind: m.records_link_find_companies,
};

const deals: TypeWords = {
  icon: 'deal',
  plural: m.app_deals,
  create: m.records_new_deals,
  search: m.records_search_deals,
  column: m.records_col_title_deals,
  total: m.records_total_deals,
  empty: m.records_empty_deals,
  none: m.records_none_deals,
  links: m.records_links_deals,
  linkAdd: m.records_link_add_deals,
  linkFind: m.records_link_find_deals,
};

const tickets: TypeWords = {
  icon: 'ticket',
  plural: m.app_tickets,
  create: m.records_new_tickets,
  search: m.records_search_tickets,
  column: m.records_col_title_tickets,
  total: m.records_total_tickets,
  empty: m.records_empty_tickets,
  none: m.records_none_tickets,
  links: m.records_links_tickets,
  linkAdd: m.records_link_add_tickets,
  linkFind: m.records_link_find_tickets,
};

const lineItems: TypeWords = {
  icon: 'receipt',
  plural: m.app_line_items,
  create: m.records_new_line_items,
  search: m.records_search_line_items,
  column: m.records_col_title_line_items,
  total: m.records_total_line_items,
  empty: m.records_empty_line_items,
  none: m.records_none_line_items,
  links: m.records_links_line_items,
  linkAdd: m.records_link_add_line_items,
  linkFind: m.records_link_find_line_items,
};

const products: TypeWords = {
  icon: 'box',
  plural: m.app_products,
  create: m.records_new_products,
  search: m.records_search_products,
  column: m.records_col_title_products,
  total: m.records_total_products,
  empty: m.records_empty_products,
  none: m.records_none_products,
  links: m.records_links_products,
  linkAdd: m.records_link_add_products,
  linkFind: m.records_link_find_products,
};

const records: TypeWords = {
  icon: 'data',
  plural: m.app_records,
  create: m.records_new_records,
  search: m.records_search_records,
  column: m.records_col_title_records,
  total: m.records_total_records,
  empty: m.records_empty_records,
  none: m.records_none_records,
  links: m.records_links_records,
  linkAdd: m.records_link_add_records,
  linkFind: m.records_link_find_records,
};

/** Types that records can be associated with here, in the order of the panel. */
export const linkTypes = ['companies', 'contacts', 'deals', 'tickets'] as const;

export function wordsOf(type: string): TypeWords {
  switch (type) {
    case 'contacts':
      return contacts;
    case 'companies':
      return companies;
    case 'deals':
      return deals;
    case 'tickets':
      return tickets;
    case 'line_items':
      return lineItems;
    case 'products':
      return products;
    default:
      return records;
  }
}
