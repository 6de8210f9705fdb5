// The news of the fake: what a test puts there, until it is seen.

import type { News, NewsGroup, NewsLine } from '../model/wire';
import { Fault, noRef } from '../model/wire';
import type { NewsPort } from './port';

export interface FakeNews {
  groups: NewsGroup[];
  since: number;
  away: number;
  back: number;
}

type Answer = <T>(method: string, make: () => T) => Promise<T>;

export function noNews(): FakeNews {
  return { groups: [], since: 0, away: 0, back: 0 };
}

/** A line with every field at a plain default, and those given. */
export function newsLine(part: Partial<NewsLine>): NewsLine {
  return {
    id: 1,
    kind: 'changed',
    name: '',
    label: '',
    from: '',
    to: '',
    was: part.from ?? '',
    is: part.to ?? '',
    cut: false,
    about: noRef,
    who: '',
    source: '',
    at: 0,
    ...part,
  };
}

export function fakeNews(
  answer: Answer,
  news: FakeNews,
  change: (...topics: string[]) => void,
): NewsPort {
  const seen = new Map<string, NewsGroup[]>();
  let acts = 0;
  const list = (records: number): News => {
    const lines = news.groups.flatMap((group) => group.lines);
    return {
      total: lines.length,
      records: news.groups.length,
      mark: Math.max(0, ...lines.map((line) => line.id)),
      since: news.since,
      away: news.away,
      back: news.back,
      groups: news.groups.slice(0, records === 0 ? 50 : records),
    };
  };
  return {
    list: (records) => answer('News.List', () => list(records)),
    seen: ({ mark, id }) =>
      answer('News.Seen', () => {
        const hit = (group: NewsGroup): boolean =>
          (id === '' || group.id === id) && group.lines.every((line) => line.id <= mark);
        const gone = news.groups.filter(hit);
        if (gone.length === 0) return { undo: '', count: 0 };
        news.groups = news.groups.filter((group) => !gone.includes(group));
        const undo = `seen-${++acts}`;
        seen.set(undo, gone);
        change('news');
        return { undo, count: gone.flatMap((group) => group.lines).length };
      }),
    unseen: (undo) =>
      answer('News.Unseen', () => {
        const back = seen.get(undo);
        if (back === undefined)
          throw new Fault({ code: 'not_found', message: 'This cannot be taken back.', fields: {} });
        seen.delete(undo);
        news.groups = [...back, ...news.groups];
        change('news');
      }),
  };
}
