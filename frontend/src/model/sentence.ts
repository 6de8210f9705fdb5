// What an operation of the outbox says, in parts: the words between them are
// the message catalogue's, because their order is the language's.

import type { ActivityType, FieldChange, Op } from './wire';

/** A field's change, with values already fit to be read. */
export interface Change {
  readonly name: string;
  readonly label: string;
  readonly from: string;
  readonly to: string;
}

/** Shows a property's raw value; the caller knows schemas, owners and stages. */
export type ShowField = (name: string, value: string) => string;

export type Sentence =
  /** "Amount of Acme renewal: 12,000 -> 15,000", and so many fields more. */
  | {
      readonly kind: 'change';
      readonly type: string;
      readonly title: string;
      readonly field: Change;
      readonly more: number;
    }
  /** "New contact Ada Lovelace" */
  | { readonly kind: 'create'; readonly type: string; readonly title: string }
  /** "Note on Acme renewal": an entry, by the record that it is made on */
  | { readonly kind: 'log'; readonly type: ActivityType; readonly title: string }
  /** "Delete Acme renewal" */
  | { readonly kind: 'archive'; readonly type: string; readonly title: string }
  /** "Acme renewal with Acme Ltd", and the same apart */
  | {
      readonly kind: 'associate' | 'detach';
      readonly type: string;
      readonly title: string;
      readonly with: string;
      readonly withType: string;
    }
  /** An update without fields, or a kind this version does not know. */
  | { readonly kind: 'other'; readonly type: string; readonly title: string };

const activities: ReadonlySet<string> = new Set<ActivityType>([
  'notes',
  'calls',
  'emails',
  'meetings',
  'tasks',
]);

/** Whether a type is one of a timeline's entries. */
export function isActivity(type: string): type is ActivityType {
  return activities.has(type);
}

/** The sentence of an operation. */
export function sentence(op: Op, show: ShowField): Sentence {
  const { type, title } = op;
  switch (op.kind) {
    case 'create':
      return isActivity(type)
        ? { kind: 'log', type, title: op.to.title }
        : { kind: 'create', type, title };
    case 'archive':
      return { kind: 'archive', type, title };
    case 'associate':
    case 'detach':
      return { kind: op.kind, type, title, with: op.to.title, withType: op.to.type };
    case 'update': {
      const [first, ...rest] = changes(op, show);
      return first
        ? { kind: 'change', type, title, field: first, more: rest.length }
        : { kind: 'other', type, title };
    }
    default:
      return { kind: 'other', type, title };
  }
}

/** Every field of an operation, fit to be read. */
export function changes(op: Op, show: ShowField): Change[] {
  const currency = (f: FieldChange): boolean => f.name === 'deal_currency_code';
  // A currency explains the amount beside it, so it never leads.
  return [...op.fields.filter((f) => !currency(f)), ...op.fields.filter(currency)].map((f) => ({
    name: f.name,
    label: f.label === '' ? f.name : f.label,
    from: show(f.name, f.from),
    to: show(f.name, f.to),
  }));
}

/** What may be done about an operation, and so which buttons it has. */
export interface Choices {
  readonly retry: boolean;
  readonly discard: boolean;
  readonly undo: boolean;
  readonly resolve: boolean;
  readonly adopt: boolean;
}

export function choices(op: Op): Choices {
  return {
    retry: op.canRetry,
    discard: op.canDiscard,
    undo: op.undo !== '',
    resolve: op.state === 'conflict' && op.disputes.length > 0,
    adopt:
      op.kind === 'create' &&
      op.existing !== '' &&
      op.state !== 'acked' &&
      op.state !== 'discarded',
  };
}

/** A conflict's choice for each property named. */
export type Picks = Readonly<Record<string, 'mine' | 'theirs'>>;

/** All fields of a conflict decided in one way. */
export function pickAll(op: Op, side: 'mine' | 'theirs'): Picks {
  return Object.fromEntries(op.disputes.map((d) => [d.name, side]));
}

/** How many fields of a conflict are decided. */
export function pickedCount(op: Op, picks: Picks): number {
  return op.disputes.filter((d) => picks[d.name] !== undefined).length;
}

const named: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
  '&#34;': '"',
  '&#39;': "'",
};

/** The text of an entry as it was typed; an operation holds it as HubSpot takes it. */
export function typedText(body: string): string {
  return body
    .replaceAll('<br>', '\n')
    .replace(/&(?:lt|gt|amp|#34|#39);/g, (found) => named[found] ?? found);
}
