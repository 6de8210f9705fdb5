// A believable portal for unit tests and `npm run dev`: names from many
// languages, long and empty values, several currencies, dates around today.

import type { Badge, CrmRecord, Owner, Pipeline, Property, Schema } from '../model/wire';
import { firms, goods, people } from './fake-names';

const day = 86_400_000;

export interface FakeRecord extends CrmRecord {
  company: string; // id of the primary company
}

export const owners: Owner[] = [
  {
    id: '501',
    name: 'Marit Aasen',
    email: 'marit@halden-voss.example',
    archived: false,
    team: 'Nordics',
  },
  {
    id: '502',
    name: 'Mads Holm',
    email: 'mads@halden-voss.example',
    archived: false,
    team: 'Nordics',
  },
  {
    id: '503',
    name: 'Aoife Ní Dhomhnaill',
    email: 'aoife@halden-voss.example',
    archived: false,
    team: 'Ireland',
  },
  { id: '504', name: '佐藤 健', email: 'sato@halden-voss.example', archived: false, team: '' },
];

export const pipelines: Pipeline[] = [
  {
    id: 'default',
    label: 'Sales',
    stages: [
      { id: 'discovery', label: 'Discovery', probability: 0.2, closed: false, won: false },
      { id: 'demo', label: 'Demo', probability: 0.4, closed: false, won: false },
      { id: 'proposal', label: 'Proposal', probability: 0.6, closed: false, won: false },
      { id: 'negotiation', label: 'Negotiation', probability: 0.8, closed: false, won: false },
      { id: 'won', label: 'Closed won', probability: 1, closed: true, won: true },
      { id: 'lost', label: 'Closed lost', probability: 0, closed: true, won: false },
    ],
  },
];

export function prop(name: string, label: string, part: Partial<Property> = {}): Property {
  return {
    name,
    label,
    description: '',
    type: 'string',
    field: 'text',
    options: [],
    readOnly: false,
    owner: false,
    ...part,
  };
}

export function choice(name: string, label: string, values: readonly string[]): Property {
  const options = values.map((one) => ({
    value: one.toLowerCase().replaceAll(' ', ''),
    label: one,
  }));
  return prop(name, label, { type: 'enumeration', field: 'select', options });
}

export const owner = prop('hubspot_owner_id', 'Owner', {
  type: 'enumeration',
  field: 'select',
  owner: true,
});
const lifecycle = choice('lifecyclestage', 'Lifecycle stage', [
  'Subscriber',
  'Lead',
  'Marketing qualified lead',
  'Sales qualified lead',
  'Opportunity',
  'Customer',
  'Evangelist',
]);
export const created = prop('createdate', 'Create date', {
  type: 'datetime',
  field: 'date',
  readOnly: true,
});

export const noStages = { pipeline: '', stage: '', pipelines: [] as Pipeline[] };

export const schemas: Record<string, Schema> = {
  contacts: {
    type: 'contacts',
    groups: [
      {
        name: 'contactinformation',
        label: 'Contact information',
        properties: [
          prop('firstname', 'First name'),
          prop('lastname', 'Last name'),
          prop('email', 'E-mail'),
          prop('phone', 'Phone', { type: 'phone_number', field: 'phonenumber' }),
          prop('jobtitle', 'Job title'),
          lifecycle,
          choice('hs_lead_status', 'Lead status', ['New', 'Open', 'In progress', 'Connected']),
          owner,
          prop('city', 'City'),
          prop('country', 'Country'),
          prop('hs_email_optout', 'Opted out of e-mail', {
            type: 'bool',
            field: 'booleancheckbox',
          }),
          prop('birthday', 'Birthday', { type: 'date', field: 'date' }),
          prop('message', 'Remarks', { field: 'textarea' }),
          {
            ...choice('topics', 'Interested in', ['Sensors', 'Service', 'Training', 'Spare parts']),
            field: 'checkbox',
          },
        ],
      },
      {
        name: 'activity',
        label: 'Activity',
        properties: [
          prop('num_notes', 'Times contacted', { type: 'number', field: 'number', readOnly: true }),
          created,
        ],
      },
    ],
    columns: ['email', 'phone', 'lifecyclestage', 'hubspot_owner_id'],
    key: ['email', 'phone', 'jobtitle', 'lifecyclestage', 'hubspot_owner_id'],
    create: [
      'firstname',
      'lastname',
      'email',
      'phone',
      'jobtitle',
      'lifecyclestage',
      'hubspot_owner_id',
    ],
    required: [],
    sortable: ['email', 'lifecyclestage', 'hubspot_owner_id'],
    title: 'title',
    ...noStages,
  },
  companies: {
    type: 'companies',
    groups: [
      {
        name: 'companyinformation',
        label: 'Company information',
        properties: [
          prop('name', 'Company name'),
          prop('domain', 'Domain'),
          choice('industry', 'Industry', [
            'Energy',
            'Machinery',
            'Logistics',
            'Food',
            'Textiles',
            'Optics',
          ]),
          prop('city', 'City'),
          prop('country', 'Country'),
          prop('phone', 'Phone', { type: 'phone_number', field: 'phonenumber' }),
          prop('numberofemployees', 'Employees', { type: 'number', field: 'number' }),
          prop('annualrevenue', 'Annual revenue', { type: 'number', field: 'number' }),
          lifecycle,
          owner,
          created,
        ],
      },
    ],
    columns: ['domain', 'industry', 'city', 'hubspot_owner_id'],
    key: ['domain', 'phone', 'industry', 'numberofemployees', 'annualrevenue', 'hubspot_owner_id'],
    create: ['name', 'domain', 'industry', 'city', 'hubspot_owner_id'],
    required: ['name'],
    sortable: ['domain', 'industry', 'city'],
    title: 'title',
    ...noStages,
  },
  deals: {
    type: 'deals',
    groups: [
      {
        name: 'dealinformation',
        label: 'Deal information',
        properties: [
          prop('dealname', 'Deal name'),
          {
            ...prop('dealstage', 'Stage', { type: 'enumeration', field: 'select' }),
            options: (pipelines[0]?.stages ?? []).map((s) => ({ value: s.id, label: s.label })),
          },
          prop('amount', 'Amount', { type: 'number', field: 'number' }),
          choice('deal_currency_code', 'Currency', ['EUR', 'NOK', 'JPY', 'USD']),
          prop('closedate', 'Close date', { type: 'datetime', field: 'date' }),
          owner,
          prop('hs_next_step', 'Next step'),
          prop('hs_deal_stage_probability', 'Probability', {
            type: 'number',
            field: 'number',
            readOnly: true,
          }),
          choice('dealtype', 'Deal type', ['New business', 'Existing business']),
          prop('description', 'Description', { field: 'textarea' }),
          created,
        ],
      },
    ],
    columns: ['dealstage', 'amount', 'closedate', 'hubspot_owner_id'],
    key: [
      'dealstage',
      'amount',
      'deal_currency_code',
      'closedate',
      'hs_next_step',
      'hubspot_owner_id',
    ],
    create: ['dealname', 'dealstage', 'amount', 'closedate', 'hubspot_owner_id'],
    required: ['dealname', 'dealstage'],
    sortable: ['amount', 'closedate', 'dealstage'],
    title: 'title',
    pipeline: 'pipeline',
    stage: 'dealstage',
    pipelines,
  },
};
for (const option of schemas.deals?.groups[0]?.properties[3]?.options ?? []) {
  option.value = option.label;
}

const badges: readonly Badge[] = [
  'saved',
  '',
  '',
  'conflict',
  '',
  '',
  '',
  '',
  '',
  'needs',
  '',
  '',
  'sending',
];

export function pick<T>(list: readonly T[], i: number): T {
  return list[((i % list.length) + list.length) % list.length] as T;
}

function slug(text: string): string {
  const plain = text
    .normalize('NFKD')
    .replace(/[^\w]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .toLowerCase();
  return plain === '' ? 'firm' : plain.slice(0, 24);
}

export function record(type: string, n: number, part: Partial<FakeRecord>): FakeRecord {
  const id = `${type}-${n}`;
  return {
    id,
    remoteId: String(9000 + n),
    type,
    title: '',
    badge: '',
    archived: false,
    values: {},
    pending: {},
    links: [],
    lines: [],
    created: 0,
    modified: 0,
    url: `https://app.hubspot.com/contacts/1/record/${n}`,
    fresh: 0,
    company: '',
    ...part,
  };
}

/** A title as Go makes it: CJK names have the family first. */
export function titleOf(type: string, values: Record<string, string>): string {
  if (type === 'companies') return values.name ?? '';
  if (type === 'deals') return values.dealname ?? '';
  if (type === 'tickets') return values.subject ?? '';
  const first = values.firstname ?? '';
  const last = values.lastname ?? '';
  const eastern = /\p{Script=Han}|\p{Script=Hangul}/u.test(last);
  const name = (eastern ? `${last} ${first}` : `${first} ${last}`).trim();
  return name === '' ? (values.email ?? '') : name;
}

export function makeRecords(contacts: number, now: number): FakeRecord[] {
  const companies = Math.max(firms.length, Math.round(contacts / 5));
  const all: FakeRecord[] = [];
  for (let i = 0; i < companies; i++) {
    const base = pick(firms, i);
    const name = i < firms.length ? base : `${base} ${Math.floor(i / firms.length) + 1}`;
    const values: Record<string, string> = {
      name,
      domain: `${slug(name)}.example`,
      industry: pick(['energy', 'machinery', 'logistics', 'food', 'textiles', 'optics', ''], i),
      city: pick(['Oslo', 'London', '鹿児島', 'Warszawa', 'دبي', 'Lagos', ''], i),
      numberofemployees: i % 4 === 0 ? '' : String((i * 37) % 4000),
      annualrevenue: i % 3 === 0 ? '' : String(((i * 91) % 900) * 10_000),
      hubspot_owner_id: pick(['502', '501', '503', '504', ''], i),
    };
    all.push(record('companies', i, { title: name, values, modified: now - i * 7_000_000 }));
  }
  for (let i = 0; i < contacts; i++) {
    const [firstname, lastname] = pick(people, i * 7 + Math.floor(i / people.length));
    const who = i < people.length ? pick(people, i) : [firstname, lastname];
    const values: Record<string, string> = {
      firstname: who[0] ?? '',
      lastname: who[1] ?? '',
      email: i % 9 === 8 ? '' : `${slug(`${who[1]}`)}.${i}@${slug(pick(firms, i))}.example`,
      phone: i % 7 === 5 ? '' : `+47 22 55 ${String(i % 100).padStart(2, '0')} 44`,
      jobtitle: pick(['Head of Procurement', '', 'CTO', 'Plant manager', 'Buyer'], i),
      lifecyclestage: pick(['salesqualifiedlead', 'lead', 'customer', 'opportunity', ''], i),
      hubspot_owner_id: pick(['502', '502', '501', '503', '504', ''], i),
      city: pick(['Oslo', 'London', '', 'Kraków'], i),
    };
    all.push(
      record('contacts', i, {
        title: titleOf('contacts', values),
        values,
        badge: i < badges.length ? pick(badges, i) : '',
        pending: i === 0 ? { lifecyclestage: 'saved' } : {},
        company: i % 11 === 10 ? '' : `companies-${i % companies}`,
        created: now - 400 * day - i * 60_000,
        modified: now - 720_000 - i * 5_200_000,
      }),
    );
  }
  for (let i = 0; i < Math.round(contacts / 3); i++) {
    const values: Record<string, string> = {
      dealname: i < goods.length ? pick(goods, i) : `${pick(goods, i)} · ${i}`,
      dealstage: pick(
        ['discovery', 'demo', 'proposal', 'negotiation', 'won', 'lost'],
        i * 5 + Math.floor(i / 6),
      ),
      amount: i % 8 === 7 ? '' : String(((i * 7919) % 300) * 1000 + 4000),
      deal_currency_code: pick(['EUR', 'NOK', 'EUR', 'JPY'], i),
      closedate: i % 10 === 9 ? '' : new Date(now + ((i % 60) - 12) * day).toISOString(),
      hubspot_owner_id: pick(['502', '501', '502', '503', ''], i),
      hs_next_step: pick(['Send the offer', '', 'Call Thursday', 'Legal review'], i),
      hs_deal_stage_probability: '0.6',
    };
    all.push(
      record('deals', i, {
        title: values.dealname ?? '',
        values,
        company: `companies-${i % companies}`,
        badge: i === 1 ? 'saved' : '',
        created: now - 90 * day,
        modified: now - i * 9_000_000,
      }),
    );
  }
  return all;
}
