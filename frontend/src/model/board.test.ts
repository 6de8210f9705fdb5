import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { closedColumns, neighbour, openColumns, step, withCardIn, withPage } from './board';
import { noRef, type Board, type Card, type Column } from './wire';

function card(id: string, amount: string, closeDate: number, currency = 'EUR'): Card {
  return {
    id,
    remoteId: id,
    title: id,
    badge: '',
    amount,
    currency,
    closeDate,
    late: true,
    ownerId: '',
    company: noRef,
    nextStep: '',
    stageDays: 4,
  };
}

function column(id: string, probability: number, cards: Card[], closed = false): Column {
  const sums = new Map<string, number>();
  for (const c of cards)
    if (c.amount !== '') sums.set(c.currency, (sums.get(c.currency) ?? 0) + Number(c.amount));
  return {
    stage: { id, label: id, probability, closed, won: closed && probability === 1 },
    count: cards.length,
    sums: [...sums].map(([currency, amount]) => ({
      currency,
      amount,
      weighted: amount * probability,
    })),
    cards,
  };
}

const board: Board = {
  token: 1,
  pipeline: 'default',
  total: 5,
  columns: [
    column('new', 0.2, [card('a', '100', 1), card('b', '50', 3, 'NOK')]),
    column('empty', 0.4, []),
    column('offer', 0.6, [card('c', '200', 2), card('d', '', 0)]),
    column('won', 1, [card('e', '10', 1)], true),
  ],
};

const find = (b: Board, id: string): Column => {
  const found = b.columns.find((c) => c.stage.id === id);
  if (!found) throw new Error(`no column ${id}`);
  return found;
};

describe('a move', () => {
  test('takes the card, its amount and its weight along', () => {
    const after = withCardIn(board, 'a', 'offer');
    expect(find(after, 'new').count).toBe(1);
    expect(find(after, 'new').sums.find((s) => s.currency === 'EUR')?.amount).toBe(0);
    expect(find(after, 'offer').cards.map((c) => c.id)).toEqual(['a', 'c', 'd']);
    expect(find(after, 'offer').sums).toEqual([{ currency: 'EUR', amount: 300, weighted: 180 }]);
    expect(find(after, 'offer').cards[0]).toMatchObject({
      badge: 'saved',
      stageDays: 0,
      late: true,
    });
  });

  test('into a closed stage is no longer late', () => {
    expect(find(withCardIn(board, 'a', 'won'), 'won').cards.find((c) => c.id === 'a')?.late).toBe(
      false,
    );
  });

  test('never mixes currencies', () => {
    expect(find(withCardIn(board, 'b', 'offer'), 'offer').sums.map((s) => s.currency)).toEqual([
      'EUR',
      'NOK',
    ]);
  });

  test('to where it stands, or of a card that is not here, is nothing', () => {
    expect(withCardIn(board, 'a', 'new')).toBe(board);
    expect(withCardIn(board, 'zzz', 'won')).toBe(board);
    expect(withCardIn(board, 'a', 'zzz')).toBe(board);
  });

  test('neither makes nor loses a card', () => {
    const ids = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const stages = fc.constantFrom('new', 'empty', 'offer', 'won');
    fc.assert(
      fc.property(fc.array(fc.tuple(ids, stages), { maxLength: 8 }), (moves) => {
        const after = moves.reduce((b, [id, stage]) => withCardIn(b, id, stage), board);
        expect(after.columns.flatMap((c) => c.cards.map((x) => x.id)).sort()).toEqual([
          'a',
          'b',
          'c',
          'd',
          'e',
        ]);
        expect(after.columns.reduce((n, c) => n + c.count, 0)).toBe(5);
        for (const c of after.columns) expect(c.count).toBe(c.cards.length);
      }),
    );
  });
});

test('a page joins without doubles', () => {
  const after = withPage(board, 'new', 2, [card('b', '1', 3), card('f', '1', 4)]);
  expect(find(after, 'new').cards.map((c) => c.id)).toEqual(['a', 'b', 'f']);
});

test('open stages are columns, closed ones goals', () => {
  expect(openColumns(board).map((c) => c.stage.id)).toEqual(['new', 'empty', 'offer']);
  expect(closedColumns(board).map((c) => c.stage.id)).toEqual(['won']);
  expect(neighbour(board.columns, 'new', 1)?.id).toBe('empty');
  expect(neighbour(board.columns, 'new', -1)).toBeUndefined();
});

test('focus goes up and down a column and skips empty ones', () => {
  const open = openColumns(board);
  expect(step(open, 'a', 0, 1)).toEqual({ stage: 'new', card: 'b' });
  expect(step(open, 'b', 0, 1)).toEqual({ stage: 'new', card: 'b' });
  expect(step(open, 'b', 1, 0)).toEqual({ stage: 'offer', card: 'd' });
  expect(step(open, 'c', 1, 0)).toBeUndefined();
  expect(step(open, 'gone', 0, 1)).toEqual({ stage: 'new', card: 'a' });
});
