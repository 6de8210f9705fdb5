import type { Backend } from '../backend/port';
import type { Fault, Filter, ListQuery, Row, Sort } from '../model/wire';
import type { Changes } from './changes';
import { asFault } from './fault';
import { after } from './host';

/** A page fills an ordinary window: what a keystroke asks for is what it shows. */
export const pageSize = 50;
const calm = 400;
const keptPages = 80;
/** The page ahead waits until nobody types or scrolls: then it is not in the way. */
const settled = 250;

/** What a list shows. */
export interface Question {
  readonly type: string;
  readonly text: string;
  readonly filters: readonly Filter[];
  readonly sort: Sort;
  readonly columns: readonly string[];
  readonly mine: boolean;
}

type Lister = Pick<Backend['records'], 'list'>;

/**
 * A list of any length, read in pages around what is on screen and, when that
 * has come to rest, one page ahead. Every question has a token of its own; the answer to an old one
 * is dropped. While a new question is on its way, the old rows stay.
 */
export class Pages {
  total = $state(0);
  capped = $state(false);
  /** Nothing has been answered yet. */
  fresh = $state(true);
  error = $state.raw<Fault | null>(null);
  /** Bumped when rows came: reading `row` depends on it. */
  #version = $state(0);
  #pages = new Map<number, readonly Row[]>();
  #asked = new Set<number>();
  #token = 0;
  #current = 0;
  #question: Question | null = null;
  #first = 0;
  #last = 0;
  #records: Lister;
  #off: (() => void) | null = null;
  #wait: (() => void) | null = null;
  #ahead: (() => void) | null = null;
  #changes: Changes;
  #watched = '';

  constructor(records: Lister, changes: Changes) {
    this.#records = records;
    this.#changes = changes;
  }

  /** Asks something else, from the top. */
  ask(question: Question): void {
    this.#question = question;
    this.#first = 0;
    this.#last = 0;
    this.#watch(question.type);
    this.reload();
  }

  /** Asks the same again; rows stay until the answer is here. */
  reload(): void {
    const question = this.#question;
    if (question === null) return;
    const token = ++this.#token;
    this.#asked = new Set();
    const page = Math.floor(this.#first / pageSize);
    void this.#fetch(question, token, page);
    const end = Math.floor(Math.max(0, this.#last - 1) / pageSize);
    if (end !== page) void this.#fetch(question, token, end);
  }

  /** The rows on screen, so that they and one page ahead are here. */
  window(first: number, last: number): void {
    const down = last >= this.#last;
    this.#first = first;
    this.#last = last;
    this.#ahead?.();
    this.#ahead = null;
    if (this.#question === null || this.#token !== this.#current) return;
    const from = Math.floor(first / pageSize);
    const to = Math.floor(Math.max(first, last - 1) / pageSize);
    for (let page = from; page <= to; page++) this.#need(page);
    this.#ahead = after(settled, () => this.#need(down ? to + 1 : from - 1));
  }

  /** The row at an index, undefined while it is on its way. Reactive. */
  row(index: number): Row | undefined {
    void this.#version;
    return this.#pages.get(Math.floor(index / pageSize))?.[index % pageSize];
  }

  /** Where a record stands, as far as its page is here; -1 otherwise. */
  indexOf(id: string): number {
    for (const [page, rows] of this.#pages) {
      const at = rows.findIndex((row) => row.id === id);
      if (at >= 0) return page * pageSize + at;
    }
    return -1;
  }

  close(): void {
    this.#off?.();
    this.#wait?.();
    this.#ahead?.();
    this.#token++;
  }

  #need(page: number): void {
    const question = this.#question;
    if (question === null || this.#token !== this.#current) return;
    if (page < 0 || page * pageSize >= this.total) return;
    if (this.#pages.has(page) || this.#asked.has(page)) return;
    void this.#fetch(question, this.#token, page);
  }

  #watch(type: string): void {
    if (this.#watched === type) return;
    this.#watched = type;
    this.#off?.();
    this.#off = this.#changes.on([`list:${type}`], () => {
      // a pull changes lists many times a second; the eye does not need it
      this.#wait ??= after(this.fresh ? 0 : calm, () => {
        this.#wait = null;
        this.reload();
      });
    });
  }

  async #fetch(question: Question, token: number, page: number): Promise<void> {
    this.#asked.add(page);
    const query: ListQuery = {
      ...question,
      filters: [...question.filters],
      columns: [...question.columns],
      token,
      offset: page * pageSize,
      limit: pageSize,
    };
    try {
      const answer = await this.#records.list(query);
      if (token !== this.#token || answer.token !== token) return; // stale
      if (this.#current !== token) {
        this.#current = token;
        this.#pages = new Map();
      }
      this.total = answer.total;
      this.capped = answer.capped;
      this.#pages.set(page, answer.rows);
      this.#trim(page);
      this.error = null;
    } catch (cause) {
      if (token !== this.#token) return; // asked for again by a change or by reload()
      this.error = asFault(cause);
    }
    this.fresh = false;
    this.#version++;
    this.window(this.#first, this.#last);
  }

  #trim(near: number): void {
    if (this.#pages.size <= keptPages) return;
    for (const page of [...this.#pages.keys()]) {
      if (Math.abs(page - near) > keptPages / 2) {
        this.#pages.delete(page);
        this.#asked.delete(page);
      }
    }
  }
}
