// The board on screen: what the backend last said, the rep's moves laid over it
// until it answers, and which card has the focus.

import {
  closedColumns,
  columnOf,
  neighbour,
  openColumns,
  step,
  withCardIn,
  withPage,
} from '../../model/board';
import type { Board, Card, Column, Fault, Stage } from '../../model/wire';
import { asFault } from '../../state/fault';
import { after, keep, kept } from '../../state/host';
import type { Session } from '../../state/session.svelte';

const page = 50;
const most = 200; // cards of a column in one answer
const calm = 250; // a pull changes deals many times a second; the eye does not need it

export class BoardStore {
  board = $state.raw<Board | undefined>(undefined);
  error = $state.raw<Fault | null>(null);
  pipeline = $state('');
  mine = $state(false);
  text = $state('');
  /** The card that keys mean. */
  focus = $state('');
  /** Closed stages that are shown as columns. */
  opened = $state.raw<ReadonlySet<string>>(new Set());

  /** The columns on screen, in order. */
  columns: Column[] = $derived.by(() => {
    if (!this.board) return [];
    const closed = closedColumns(this.board).filter((c) => this.opened.has(c.stage.id));
    return [...openColumns(this.board), ...closed];
  });
  goals: Column[] = $derived(this.board ? closedColumns(this.board) : []);

  #session: Session;
  #token = 0;
  #moving = 0;
  #more = new Set<string>();
  #off: () => void;
  #wait: (() => void) | null = null;

  constructor(session: Session) {
    this.#session = session;
    this.pipeline = kept('board.pipeline') ?? '';
    this.mine = kept('board.mine') === 'yes';
    this.#off = session.changes.on(['list:deals', 'schema', 'account'], () => {
      this.#wait ??= after(calm, () => {
        this.#wait = null;
        this.reload();
      });
    });
    this.reload();
  }

  close(): void {
    this.#token++;
    this.#off();
    this.#wait?.();
  }

  choose(pipeline: string): void {
    this.pipeline = pipeline;
    keep('board.pipeline', pipeline);
    this.#anew();
  }

  showMine(on: boolean): void {
    this.mine = on;
    keep('board.mine', on ? 'yes' : 'no');
    this.#anew();
  }

  search(text: string): void {
    this.text = text;
    this.#anew();
  }

  /** Shows a closed stage as a column, or puts it away. */
  toggle(stage: string): void {
    const opened = new Set(this.opened);
    if (!opened.delete(stage)) opened.add(stage);
    this.opened = opened;
  }

  card(id: string): Card | undefined {
    return this.board && columnOf(this.board, id)?.cards.find((c) => c.id === id);
  }

  stageOfCard(id: string): Stage | undefined {
    return this.board && columnOf(this.board, id)?.stage;
  }

  /** The stage before or after the focused card's, of all stages in the pipeline's order. */
  beside(id: string, by: -1 | 1): Stage | undefined {
    const stage = this.stageOfCard(id);
    return stage && this.board && neighbour(this.board.columns, stage.id, by);
  }

  /** Moves the focus; answers the card that has it now. */
  walk(dx: -1 | 0 | 1, dy: number): string | undefined {
    const next = step(this.columns, this.focus, dx, dy);
    if (next) this.focus = next.card;
    return next?.card;
  }

  /** Puts a card into a stage: painted at once, saved at once, undoable. */
  async move(id: string, to: Stage, said: string): Promise<void> {
    const before = this.board;
    if (!before) return;
    const painted = withCardIn(before, id, to.id, this.#session.look.currency);
    if (painted === before) return;
    const from = before.columns.find((c) => c.cards.some((card) => card.id === id))?.stage.id;
    this.#token++; // an answer on its way knows nothing of this
    this.#moving++;
    this.board = painted;
    const ok = await this.#session.attempt(() =>
      this.#session.act.edit(
        {
          type: 'deals',
          id,
          values: { dealstage: to.id },
          seen: from === undefined ? {} : { dealstage: from },
        },
        said,
      ),
    );
    this.#moving--;
    if (!ok && this.board === painted) this.board = before;
    this.reload();
  }

  /** Asks for the next cards of a column, when there are more. */
  async more(stage: string): Promise<void> {
    const column = this.board?.columns.find((c) => c.stage.id === stage);
    if (!column || column.cards.length >= column.count || this.#more.has(stage)) return;
    this.#more.add(stage);
    const token = this.#token;
    try {
      const answer = await this.#cards(token, stage, column.cards.length, page);
      if (token === this.#token && this.board) {
        this.board = withPage(this.board, stage, answer.offset, answer.cards);
      }
    } catch (cause) {
      if (token === this.#token) this.error = asFault(cause);
    }
    this.#more.delete(stage);
  }

  /** Asks the same again; what is on screen stays until the answer is here. */
  reload(): void {
    if (this.#moving > 0) return;
    void this.#fetch(++this.#token, false);
  }

  #anew(): void {
    void this.#fetch(++this.#token, true);
  }

  async #fetch(token: number, fresh: boolean): Promise<void> {
    const had = new Map(fresh ? [] : this.board?.columns.map((c) => [c.stage.id, c.cards.length]));
    const cards = Math.min(most, Math.max(page, ...had.values()));
    try {
      let board = await this.#session.backend.board.board({
        token,
        pipeline: this.pipeline,
        mine: this.mine,
        text: this.text,
        cards,
      });
      for (const column of board.columns) {
        const want = Math.min(column.count, had.get(column.stage.id) ?? 0);
        for (let at = column.cards.length; at < want && token === this.#token; at += most) {
          const answer = await this.#cards(token, column.stage.id, at, most);
          board = withPage(board, column.stage.id, answer.offset, answer.cards);
        }
      }
      if (token !== this.#token) return; // stale
      this.board = board;
      this.error = null;
    } catch (cause) {
      if (token === this.#token) this.error = asFault(cause);
    }
  }

  #cards(token: number, stage: string, offset: number, limit: number) {
    return this.#session.backend.board.cards({
      token,
      pipeline: this.board?.pipeline ?? this.pipeline,
      stage,
      mine: this.mine,
      text: this.text,
      offset,
      limit,
    });
  }
}
