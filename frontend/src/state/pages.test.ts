import { afterEach, describe, expect, it, vi } from 'vitest';
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

// Lets the answer through, whatever clock the test has set.
const realTimeout = setTimeout;
const tick = () => new Promise((next) => realTimeout(next));

afterEach(() => vi.useRealTimers());

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
          await tick();
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

  it('reads the pages in sight at once, and one ahead when that has come to rest', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { asked, pages } = manual(100_000);
    const offsets = () => asked.map((one) => one.query.offset);
    pages.ask(question);
    await asked[0]?.answer();
    pages.window(0, 30);
    expect(offsets()).toEqual([0]);
    vi.advanceTimersByTime(1000);
    expect(offsets()).toEqual([0, 50]);
    pages.window(50_040, 50_080);
    expect(offsets()).toEqual([0, 50, 50_000, 50_050]);
    expect(pages.row(50_040)).toBeUndefined();
    await asked[2]?.answer();
    expect(pages.row(50_040)?.id).toBe('50040');
    expect(asked.every((one) => one.query.limit === 50)).toBe(true);
    vi.advanceTimersByTime(1000);
    expect(offsets().at(-1)).toBe(50_100);
    pages.window(50_000, 50_040); // back up
    vi.advanceTimersByTime(1000);
    expect(offsets().at(-1)).toBe(49_950);
  });

  it('spends nothing on a page ahead of rows that pass by', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { asked, pages } = manual(100_000);
    pages.ask(question);
    await asked[0]?.answer();
    pages.window(0, 30);
    pages.ask({ ...question, text: 'a' }); // before it came to rest
    vi.advanceTimersByTime(1000);
    expect(asked.map((one) => one.query.text)).toEqual(['', 'a']);
  });

  it('does not ask beyond the end, nor twice for a page', async () => {
    const { asked, pages } = manual(120);
    pages.ask(question);
    await asked[0]?.answer();
    pages.window(90, 120);
    pages.window(90, 120);
    expect(asked.map((one) => one.query.offset)).toEqual([0, 50, 100]);
  });
});
