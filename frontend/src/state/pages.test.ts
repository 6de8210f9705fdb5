import { describe, expect, it } from 'vitest';
import type { ListPage, ListQuery, Row } from '../model/wire';
import { Changes } from './changes';
import { Pages, type Question } from './pages.svelte';

const question: Question = {
  type: 'contacts',
  text: '',
  filters: [],
  sort: { prop: '', desc: true },
  columns: [],
  mine: false,
};

function row(id: string): Row {
  const company = { type: '', id: '', remoteId: '', title: '', note: '', badge: '' as const };
  return {
    id,
    remoteId: '',
    type: 'contacts',
    title: id,
    badge: '',
    values: {},
    company,
    modified: 0,
  };
}

/** A backend that answers when told to, in any order. */
function manual(total: number) {
  const asked: { query: ListQuery; answer: () => Promise<void> }[] = [];
  const list = (query: ListQuery): Promise<ListPage> =>
    new Promise((done) => {
      asked.push({
        query,
        answer: async () => {
          const rows = Array.from({ length: Math.min(query.limit, total - query.offset) }, (_, i) =>
            row(`${query.text}${query.offset + i}`),
          );
          done({ token: query.token, total, capped: false, offset: query.offset, rows });
          await new Promise((next) => setTimeout(next));
        },
      });
    });
  const changes = new Changes({ listen: () => () => undefined });
  return { asked, pages: new Pages({ list }, changes) };
}

describe('Pages', () => {
  it('drops the answer to an old question', async () => {
    const { asked, pages } = manual(5);
    pages.ask({ ...question, text: 'a' });
    pages.ask({ ...question, text: 'ab' });
    await asked[1]?.answer();
    await asked[0]?.answer(); // late
    expect(pages.row(0)?.id).toBe('ab0');
  });

  it('keeps the old rows until the new ones are here', async () => {
    const { asked, pages } = manual(5);
    pages.ask({ ...question, text: 'a' });
    await asked[0]?.answer();
    pages.ask({ ...question, text: 'b' });
    expect(pages.row(0)?.id).toBe('a0');
    await asked[1]?.answer();
    expect(pages.row(0)?.id).toBe('b0');
  });

  it('reads pages of 100 around the window, and one ahead', async () => {
    const { asked, pages } = manual(100_000);
    pages.ask(question);
    await asked[0]?.answer();
    pages.window(0, 30);
    expect(asked.map((one) => one.query.offset)).toEqual([0, 100]);
    pages.window(50_010, 50_040);
    expect(asked.map((one) => one.query.offset)).toEqual([0, 100, 50_000, 50_100]);
    expect(pages.row(50_010)).toBeUndefined();
    await asked[2]?.answer();
    expect(pages.row(50_010)?.id).toBe('50010');
    expect(asked.every((one) => one.query.limit === 100)).toBe(true);
  });

  it('does not ask beyond the end, nor twice for a page', async () => {
    const { asked, pages } = manual(120);
    pages.ask(question);
    await asked[0]?.answer();
    pages.window(90, 120);
    pages.window(90, 120);
    expect(asked).toHaveLength(2);
  });
});
