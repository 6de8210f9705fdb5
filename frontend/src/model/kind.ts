// What is known of record types by their names: pictures and families.

import { isActivity } from './sentence';

/** The name of a type's picture among the design system's icons. */
export type KindIcon =
  | 'contact'
  | 'company'
  | 'deal'
  | 'ticket'
  | 'receipt'
  | 'box'
  | 'note'
  | 'phone'
  | 'mail'
  | 'meeting'
  | 'task'
  | 'data';

const icons: Readonly<Record<string, KindIcon>> = {
  contacts: 'contact',
  companies: 'company',
  deals: 'deal',
  tickets: 'ticket',
  line_items: 'receipt',
  products: 'box',
  notes: 'note',
  calls: 'phone',
  emails: 'mail',
  meetings: 'meeting',
  tasks: 'task',
};

/** A type's icon; a type that is not known by name has that of a plain record. */
export function kindIcon(type: string): KindIcon {
  return icons[type] ?? 'data';
}

/** Types that stand aside: opened from a deal, and changed in HubSpot itself. */
export function isAside(type: string): boolean {
  return type === 'line_items' || type === 'products';
}

/** Whether activities are logged on records of a type. */
export function takesActivities(type: string): boolean {
  return ['contacts', 'companies', 'deals', 'tickets'].includes(type);
}

/** What a type is counted with where the first pull is shown. */
export function familyOf(type: string): string {
  if (isActivity(type)) return 'activities';
  return isAside(type) ? 'items' : type;
}
