import { expect, test } from 'vitest';
import { changes, choices, pickAll, pickedCount, sentence, typedText } from './sentence';
import { noRef, type Op } from './wire';

const op: Op = {
  id: '1',
  kind: 'update',
  state: 'queued',
  badge: 'saved',
  type: 'deals',
  recordId: 'a',
  remoteId: '9',
  title: 'Acme renewal',
  fields: [
    { name: 'deal_currency_code', label: 'Currency', from: 'USD', to: 'EUR' },
    { name: 'amount', label: 'Amount', from: '12000', to: '15000' },
  ],
  to: noRef,
  made: 0,
  nextAt: 0,
  finished: 0,
  attempts: 0,
  reason: '',
  existing: '',
  undo: 'u',
  canRetry: false,
  canDiscard: true,
  disputes: [],
};
const show = (name: string, value: string): string => `${name}:${value}`;

test('an edit leads with the field that matters and counts the rest', () => {
  expect(sentence(op, show)).toEqual({
    kind: 'change',
    type: 'deals',
    title: 'Acme renewal',
    more: 1,
    field: { name: 'amount', label: 'Amount', from: 'amount:12000', to: 'amount:15000' },
  });
  expect(changes(op, show)).toHaveLength(2);
});

test('an association names the other record', () => {
  const to = { ...noRef, type: 'companies', title: 'Acme Ltd' };
  expect(sentence({ ...op, kind: 'associate', to }, show)).toMatchObject({
    kind: 'associate',
    with: 'Acme Ltd',
  });
});

test('an edit without fields is still an operation', () => {
  expect(sentence({ ...op, fields: [] }, show)).toMatchObject({ kind: 'other' });
});

test('the choices of an operation follow its state', () => {
  expect(choices(op)).toEqual({
    retry: false,
    discard: true,
    undo: true,
    resolve: false,
    adopt: false,
  });
  expect(choices({ ...op, kind: 'create', state: 'parked', existing: '12' }).adopt).toBe(true);
  expect(choices({ ...op, kind: 'create', state: 'acked', existing: '12' }).adopt).toBe(false);
});

test('a conflict is decided when every field is', () => {
  const dispute = {
    name: 'amount',
    label: 'Amount',
    base: '1',
    mine: '2',
    theirs: '3',
    who: '',
    when: 0,
    source: '',
  };
  const disputed = { ...op, disputes: [dispute, { ...dispute, name: 'dealname' }] };
  expect(pickedCount(disputed, { amount: 'mine', other: 'mine' })).toBe(1);
  expect(pickedCount(disputed, pickAll(disputed, 'theirs'))).toBe(2);
});

test('an entry is named by the record that it is made on', () => {
  const to = { ...noRef, type: 'deals', id: 'd', title: 'Acme renewal' };
  const note = { ...op, kind: 'create', type: 'notes', title: 'Wants two', to } as const;
  expect(sentence(note, show)).toEqual({ kind: 'log', type: 'notes', title: 'Acme renewal' });
});

test('the text of an entry is read as it was typed', () => {
  expect(typedText('a &lt;b&gt; &amp;lt; &#34;c&#34;<br>d')).toBe('a <b> &lt; "c"\nd');
});
