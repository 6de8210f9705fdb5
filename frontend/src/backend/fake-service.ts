// Tickets, and what deals are made of, for the fake.

import type { Line, Pipeline, Schema } from '../model/wire';
import { choice, created, noStages, owner, pick, prop, record, type FakeRecord } from './fake-data';

const day = 86_400_000;

function stage(id: string, label: string, closed = false): Pipeline['stages'][number] {
  return { id, label, probability: 0, closed, won: false };
}

/** As HubSpot numbers the stages of its support pipeline. */
export const ticketPipelines: Pipeline[] = [
  {
    id: '0',
    label: 'Support',
    stages: [
      stage('1', 'New'),
      stage('2', 'Waiting on contact'),
      stage('3', 'Waiting on us'),
      stage('4', 'Closed', true),
    ],
  },
  {
    id: '70',
    label: 'Returns',
    stages: [stage('71', 'Announced'), stage('72', 'Received'), stage('73', 'Refunded', true)],
  },
];

const figure = { type: 'number', field: 'number' };

export const serviceSchemas: Record<string, Schema> = {
  tickets: {
    type: 'tickets',
    groups: [
      {
        name: 'ticketinformation',
        label: 'Ticket information',
        properties: [
          prop('subject', 'Ticket name'),
          {
            ...prop('hs_pipeline', 'Pipeline', { type: 'enumeration', field: 'select' }),
            options: ticketPipelines.map(({ id, label }) => ({ value: id, label })),
          },
          {
            ...prop('hs_pipeline_stage', 'Ticket status', { type: 'enumeration', field: 'radio' }),
            options: ticketPipelines
              .flatMap((one) => one.stages)
              .map(({ id, label }) => ({ value: id, label })),
          },
          {
            ...choice('hs_ticket_priority', 'Priority', []),
            options: ['Low', 'Medium', 'High', 'Urgent'].map((label) => ({
              value: label.toUpperCase(),
              label,
            })),
          },
          prop('content', 'Ticket description', { field: 'textarea' }),
          owner,
          created,
        ],
      },
    ],
    columns: ['hs_pipeline_stage', 'hs_ticket_priority', 'createdate', 'hubspot_owner_id'],
    key: ['hs_pipeline', 'hs_pipeline_stage', 'hs_ticket_priority', 'content', 'hubspot_owner_id'],
    create: ['subject', 'hs_pipeline', 'hs_pipeline_stage', 'hs_ticket_priority', 'content'],
    required: ['subject', 'hs_pipeline', 'hs_pipeline_stage'],
    sortable: ['hs_pipeline_stage', 'createdate'],
    title: 'title',
    pipeline: 'hs_pipeline',
    stage: 'hs_pipeline_stage',
    pipelines: ticketPipelines,
  },
  line_items: {
    type: 'line_items',
    groups: [
      {
        name: 'lineiteminformation',
        label: 'Line item information',
        properties: [
          prop('name', 'Name'),
          prop('quantity', 'Quantity', figure),
          prop('price', 'Unit price', figure),
          prop('amount', 'Net price', { ...figure, readOnly: true }),
          prop('hs_sku', 'SKU'),
        ],
      },
    ],
    columns: ['quantity', 'price', 'amount', 'hs_sku'],
    key: ['quantity', 'price', 'amount', 'hs_sku'],
    create: ['name', 'quantity', 'price'],
    required: ['name'],
    sortable: ['amount', 'price'],
    title: 'title',
    ...noStages,
  },
  products: {
    type: 'products',
    groups: [
      {
        name: 'productinformation',
        label: 'Product information',
        properties: [
          prop('name', 'Name'),
          prop('price', 'Unit price', figure),
          prop('hs_sku', 'SKU'),
        ],
      },
    ],
    columns: ['hs_sku', 'price'],
    key: ['hs_sku', 'price'],
    create: ['name', 'hs_sku', 'price'],
    required: ['name'],
    sortable: ['price'],
    title: 'title',
    ...noStages,
  },
};

const subjects = [
  'Machine stops after an hour',
  'Rechnung fehlt, zweite Mahnung ist unterwegs',
  '配送が遅れています',
  'Cannot log in since the update of the portal on Monday morning, nor can anybody else of us',
  'Wrong address on the invoice',
  'طلب عرض سعر',
  '',
];

const wares = [
  'Flow sensor FS-240',
  'Support plan, gold',
  '保守契約',
  'On-site visit with calibration of every sensor, travel included',
];

/** Tickets of the companies, and line items on every second deal. */
export function makeService(
  tickets: number,
  deals: readonly FakeRecord[],
  companies: number,
  now: number,
): FakeRecord[] {
  const all: FakeRecord[] = [];
  for (let i = 0; i < tickets; i++) {
    const values: Record<string, string> = {
      subject: pick(subjects, i),
      hs_pipeline: i % 9 === 8 ? '70' : '0',
      hs_pipeline_stage: i % 9 === 8 ? '72' : pick(['1', '2', '3', '4'], i),
      hs_ticket_priority: pick(['HIGH', 'LOW', '', 'MEDIUM', 'URGENT'], i),
      content: i % 3 === 0 ? '' : 'It began on Friday. We have tried two cables.',
      createdate: new Date(now - i * day).toISOString(),
      hubspot_owner_id: pick(['502', '501', '', '503'], i),
    };
    all.push(
      record('tickets', i, {
        title: values.subject ?? '',
        values,
        company: `companies-${i % companies}`,
        badge: i === 2 ? 'saved' : '',
        created: now - i * day,
        modified: now - i * 5_000_000,
      }),
    );
  }
  for (const [i, deal] of deals.entries()) {
    if (i % 2 === 1) continue;
    for (let k = 0; k <= i % 3; k++) {
      const n = i * 3 + k;
      const quantity = (n % 12) + 1;
      const price = ((n * 37) % 90) * 5 + 24.5;
      const values: Record<string, string> = {
        name: pick(wares, n),
        quantity: String(quantity),
        price: String(price),
        amount: n % 7 === 6 ? '' : String(quantity * price),
        hs_sku: `SK-${1000 + (n % 4)}`,
        hs_line_item_currency_code: deal.values.deal_currency_code ?? '',
      };
      all.push(
        record('line_items', n, { title: values.name ?? '', values, url: '', company: deal.id }),
      );
    }
  }
  wares.forEach((name, i) =>
    all.push(
      record('products', i, {
        title: name,
        values: { name, price: '24.5', hs_sku: `SK-${1000 + i}` },
      }),
    ),
  );
  return all;
}

/** A deal's line items with their figures. */
export function linesOf(deal: FakeRecord, all: readonly FakeRecord[]): Line[] {
  return all
    .filter((one) => one.type === 'line_items' && one.company === deal.id && !one.archived)
    .map(({ id, title, badge, values }) => ({
      id,
      title,
      badge,
      quantity: values.quantity ?? '',
      price: values.price ?? '',
      amount: values.amount ?? '',
      currency: values.hs_line_item_currency_code || deal.values.deal_currency_code || '',
    }));
}
