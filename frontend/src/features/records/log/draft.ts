// What was typed and not yet saved, for each record and kind.

import type { ActivityKind, CrmRecord, Ref } from '../../../model/wire';
import type { Drafts } from '../../../state/drafts.svelte';
import { logKind } from './kinds';

export interface Draft {
  text: string;
  /** By the property's name, as typed. */
  values: Record<string, string>;
  /** The records ticked and unticked by hand, by id. */
  ticks: Record<string, boolean>;
}

function key(record: Pick<CrmRecord, 'type' | 'id'>, kind: ActivityKind): string {
  return `log/${record.type}/${record.id}/${kind}`;
}

export function hasDraft(drafts: Drafts, record: CrmRecord, kind: ActivityKind): boolean {
  return drafts.read(key(record, kind)) !== undefined;
}

export function readDraft(drafts: Drafts, record: CrmRecord, kind: ActivityKind): Draft {
  const kept = drafts.read(key(record, kind));
  const typed = kept === undefined ? {} : (JSON.parse(kept) as Partial<Draft>);
  const values: Record<string, string> = {};
  for (const { name, first } of logKind(kind).fields) if (first !== undefined) values[name] = first;
  return { text: '', ticks: {}, ...typed, values: { ...values, ...typed.values } };
}

/** Keeps a draft; one in which nothing is written is none. */
export function keepDraft(
  drafts: Drafts,
  record: CrmRecord,
  kind: ActivityKind,
  draft: Draft,
): void {
  const presets = new Map(logKind(kind).fields.map((field) => [field.name, field.first ?? '']));
  const written =
    draft.text.trim() !== '' ||
    Object.entries(draft.values).some(([name, value]) => value !== (presets.get(name) ?? ''));
  if (written) drafts.write(key(record, kind), JSON.stringify(draft));
  else dropDraft(drafts, record, kind);
}

export function dropDraft(
  drafts: Drafts,
  record: Pick<CrmRecord, 'type' | 'id'>,
  kind: ActivityKind,
): void {
  drafts.drop(key(record, kind));
}

const mostOfAType = 6;

/** The records that an entry on this one can be about as well. */
export function alsoOf(record: CrmRecord): Ref[] {
  return ['contacts', 'companies', 'deals', 'tickets'].flatMap((type) => {
    const group = record.links.find((one) => one.type === type);
    return (group?.items ?? []).slice(0, mostOfAType);
  });
}

/** The likeliest of them: the company, and the first contact of a deal or a ticket. */
export function presetsOf(record: CrmRecord): ReadonlySet<string> {
  const first = (type: string): string[] =>
    (record.links.find((one) => one.type === type)?.items ?? []).slice(0, 1).map((one) => one.id);
  if (record.type === 'companies') return new Set();
  const also = record.type === 'deals' || record.type === 'tickets' ? first('contacts') : [];
  return new Set([...first('companies'), ...also]);
}
