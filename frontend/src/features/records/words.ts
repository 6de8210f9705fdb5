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

/** Types that records can be associated with, in the order of the panel. */
export const linkTypes = ['companies', 'contacts', 'deals'] as const;

export function wordsOf(type: string): TypeWords {
  switch (type) {
    case 'companies':
      return companies;
    case 'deals':
      return deals;
    default:
      return contacts;
  }
}
