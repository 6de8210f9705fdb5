// The board as the window keeps it: which stages are columns, where a card
// goes, and what the sums are until the backend has answered.

import type { Board, Card, Column, Stage, Sum } from './wire';

/** Stages still open, in order: the columns. */
export function openColumns(board: Board): Column[] {
  return board.columns.filter((c) => !c.stage.closed);
}

/** Won and lost: the goals at the foot of the board. */
export function closedColumns(board: Board): Column[] {
  return board.columns.filter((c) => c.stage.closed);
}

/** The column a card stands in; undefined when it is not among those shown. */
export function columnOf(board: Board, id: string): Column | undefined {
  return board.columns.find((c) => c.cards.some((card) => card.id === id));
}

/** The stage before or after, of those given; undefined at either end. */
export function neighbour(
  columns: readonly Column[],
  stage: string,
  step: -1 | 1,
): Stage | undefined {
  const at = columns.findIndex((c) => c.stage.id === stage);
  return at < 0 ? undefined : columns[at + step]?.stage;
}

/**
 * The board with a card in another stage, at the place its close date gives
 * it, and counts and sums to match. The same board when there is nothing to
 * do. The backend's answer replaces it; nobody should see a difference.
 */
export function withCardIn(board: Board, id: string, stage: string, fallback = ''): Board {
  const from = columnOf(board, id);
  const card = from?.cards.find((c) => c.id === id);
  const to = board.columns.find((c) => c.stage.id === stage);
  if (!from || !card || !to || from === to) return board;
  const moved: Card = {
    ...card,
    badge: card.badge === '' ? 'saved' : card.badge,
    late: card.late && !to.stage.closed,
    stageDays: 0,
  };
  return {
    ...board,
    columns: board.columns.map((c) => {
      if (c === from) {
        return {
          ...c,
          count: c.count - 1,
          sums: withSum(c, card, -1, fallback),
          cards: c.cards.filter((x) => x.id !== id),
        };
      }
      if (c === to) {
        return {
          ...c,
          count: c.count + 1,
          sums: withSum(c, moved, 1, fallback),
          cards: inOrder(c.cards, moved, c.count),
        };
      }
      return c;
    }),
  };
}

/** Where a card comes to stand in a column: by close date, those without one last. */
export function landing(cards: readonly Card[], card: Card): number {
  const key = (c: Card): number => (c.closeDate === 0 ? Number.POSITIVE_INFINITY : c.closeDate);
  const at = cards.findIndex((c) => key(c) > key(card));
  return at < 0 ? cards.length : at;
}

// A card that belongs beyond the cards that were fetched is left out of them.
function inOrder(cards: readonly Card[], card: Card, count: number): Card[] {
  const at = landing(cards, card);
  if (at === cards.length && cards.length < count) return [...cards];
  return [...cards.slice(0, at), card, ...cards.slice(at)];
}

function withSum(column: Column, card: Card, sign: 1 | -1, fallback: string): Sum[] {
  const amount = card.amount === '' ? Number.NaN : Number(card.amount);
  if (Number.isNaN(amount)) return column.sums;
  const currency = card.currency === '' ? fallback : card.currency;
  const add = sign * amount;
  const weighted = add * column.stage.probability;
  const known = column.sums.some((s) => s.currency === currency);
  if (!known) return sign > 0 ? [...column.sums, { currency, amount: add, weighted }] : column.sums;
  return column.sums.map((s) =>
    s.currency === currency ? { ...s, amount: s.amount + add, weighted: s.weighted + weighted } : s,
  );
}

/** A column with a further page of cards; overlaps are not doubled. */
export function withPage(
  board: Board,
  stage: string,
  offset: number,
  cards: readonly Card[],
): Board {
  return {
    ...board,
    columns: board.columns.map((c) => {
      if (c.stage.id !== stage) return c;
      const head = c.cards.slice(0, offset);
      const have = new Set(head.map((card) => card.id));
      return { ...c, cards: [...head, ...cards.filter((card) => !have.has(card.id))] };
    }),
  };
}

/** Where a focus key leads: to another card of the column, or the nearest of the next one. */
export function step(
  columns: readonly Column[],
  id: string,
  dx: -1 | 0 | 1,
  dy: number,
): { stage: string; card: string } | undefined {
  const x = columns.findIndex((c) => c.cards.some((card) => card.id === id));
  const column = columns[x];
  if (!column) {
    const first = columns.find((c) => c.cards.length > 0);
    const card = first?.cards[0];
    return first && card ? { stage: first.stage.id, card: card.id } : undefined;
  }
  const y = column.cards.findIndex((card) => card.id === id);
  if (dx === 0) {
    const card = column.cards[Math.max(0, Math.min(column.cards.length - 1, y + dy))];
    return card ? { stage: column.stage.id, card: card.id } : undefined;
  }
  for (let at = x + dx; at >= 0 && at < columns.length; at += dx) {
    const next = columns[at];
    const card = next?.cards[Math.min(y, next.cards.length - 1)];
    if (next && card) return { stage: next.stage.id, card: card.id };
  }
  return undefined;
}
