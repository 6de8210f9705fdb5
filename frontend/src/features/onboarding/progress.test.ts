import { describe, expect, it } from 'vitest';
import type { TypeProgress } from '../../model/wire';
import { families, overall } from './progress';

function type(name: string, part: Partial<TypeProgress>): TypeProgress {
  return {
    type: name,
    here: 0,
    total: 0,
    perSec: 0,
    leftMs: 0,
    done: false,
    barred: false,
    message: '',
    ...part,
  };
}

describe('the rows of the first pull', () => {
  it('count activities together, and line items with products', () => {
    const rows = families([
      type('contacts', { here: 5, total: 5, done: true }),
      type('line_items', { here: 1, total: 4, perSec: 2, leftMs: 1500 }),
      type('products', { here: 3, total: 3, done: true }),
      type('notes', { here: 10, total: 20, perSec: 5, leftMs: 2000 }),
      type('tasks', { here: 1, total: 8, perSec: 1, leftMs: 7000 }),
      type('tickets', { here: 2, total: 2, done: true }),
      type('2-123', { here: 1, total: 1, done: true }),
    ]);
    expect(rows.map(({ name }) => name)).toEqual([
      'contacts',
      'tickets',
      'activities',
      'items',
      '2-123',
    ]);
    expect(rows[2]).toMatchObject({ here: 11, total: 28, perSec: 6, leftMs: 7000, done: false });
    expect(rows[3]).toMatchObject({ here: 4, total: 7, leftMs: 1500, done: false });
  });

  it('leave out what may not be read, and say it when that is all of a row', () => {
    const barred = { barred: true, total: -1, leftMs: -1, message: 'Not allowed.' };
    const progress = [
      type('deals', { here: 2, total: 4, perSec: 1, leftMs: 2000 }),
      type('tickets', barred),
      type('line_items', barred),
      type('products', { here: 4, total: 4, done: true }),
    ];
    const [, tickets, items] = families(progress);
    expect(tickets).toMatchObject({ name: 'tickets', barred: true, remarks: [] });
    expect(items).toMatchObject({ barred: false, done: true, total: 4, remarks: ['Not allowed.'] });
    expect(overall(progress)).toEqual({ here: 6, total: 8, share: 0.75, leftMs: 2000 });
  });

  it('still count a type that lacks something', () => {
    const lacking = type('contacts', { here: 3, total: 6, leftMs: -1, message: 'No companies.' });
    expect(overall([lacking])).toMatchObject({ here: 3, total: 6, share: 0.5 });
    expect(families([lacking])[0]).toMatchObject({ barred: false, remarks: ['No companies.'] });
  });
});
