// The board's half of the fake.

import type { Card, Column, Ref } from '../model/wire';
import { pipelines, type FakeRecord } from './fake-data';
import type { BoardPort } from './port';

type Answer = <T>(method: string, make: () => T) => Promise<T>;

export function fakeBoard(
  answer: Answer,
  all: readonly FakeRecord[],
  byId: ReadonlyMap<string, FakeRecord>,
  ref: (one: FakeRecord | undefined) => Ref,
  me: () => string,
  now: () => number,
): BoardPort {
  function card(one: FakeRecord, closed: boolean): Card {
    const close = Date.parse(one.values.closedate ?? '');
    const closeDate = Number.isNaN(close) ? 0 : close;
    return {
      id: one.id,
      remoteId: one.remoteId,
      title: one.title,
      badge: one.badge,
      amount: one.values.amount ?? '',
      currency: one.values.deal_currency_code ?? '',
      closeDate,
      late: !closed && closeDate > 0 && closeDate < now(),
      ownerId: one.values.hubspot_owner_id ?? '',
      company: ref(byId.get(one.company)),
      nextStep: one.values.hs_next_step ?? '',
      stageDays: Math.round((now() - one.modified) / 86_400_000),
    };
  }

  function inStage(stage: string, mine: boolean, text: string): FakeRecord[] {
    const found = all.filter(
      (one) =>
        one.type === 'deals' &&
        !one.archived &&
        one.values.dealstage === stage &&
        (!mine || one.values.hubspot_owner_id === me()) &&
        one.title.toLowerCase().includes(text.toLowerCase()),
    );
    const close = (one: FakeRecord) => one.values.closedate || '9';
    return found.sort((a, b) => close(a).localeCompare(close(b)));
  }

  function column(stage: Column['stage'], mine: boolean, text: string, cards: number): Column {
    const deals = inStage(stage.id, mine, text);
    const sums = new Map<string, number>();
    for (const deal of deals) {
      const currency = deal.values.deal_currency_code ?? '';
      sums.set(currency, (sums.get(currency) ?? 0) + Number(deal.values.amount || 0));
    }
    return {
      stage,
      count: deals.length,
      sums: [...sums].map(([currency, amount]) => ({
        currency,
        amount,
        weighted: amount * stage.probability,
      })),
      cards: deals.slice(0, cards).map((deal) => card(deal, stage.closed)),
    };
  }

  return {
    pipelines: () => answer('Board.Pipelines', () => pipelines),
    board: ({ token, pipeline, mine, text, cards }) =>
      answer('Board.Board', () => {
        const chosen = pipelines.find((one) => one.id === pipeline) ?? pipelines[0];
        const columns = (chosen?.stages ?? []).map((stage) => column(stage, mine, text, cards));
        const total = columns.reduce((sum, one) => sum + one.count, 0);
        return { token, pipeline: chosen?.id ?? '', total, columns };
      }),
    cards: ({ token, stage, mine, text, offset, limit }) =>
      answer('Board.Cards', () => {
        const closed = pipelines[0]?.stages.find((one) => one.id === stage)?.closed ?? false;
        const deals = inStage(stage, mine, text).slice(offset, offset + limit);
        return { token, stage, offset, cards: deals.map((deal) => card(deal, closed)) };
      }),
  };
}
