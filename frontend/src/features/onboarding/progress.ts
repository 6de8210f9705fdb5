import { familyOf } from '../../model/kind';
import type { TypeProgress } from '../../model/wire';

export interface Overall {
  here: number;
  /** -1 when a type's is not known. */
  total: number;
  /** 0 to 1; -1 when not known. */
  share: number;
  /** The slowest type's time; -1 when not known. */
  leftMs: number;
}

/** A row of the page: a type, or several that are counted together. */
export interface Family {
  /** A type, "activities" or "items". */
  readonly name: string;
  readonly here: number;
  /** -1 when a type's is not known. */
  readonly total: number;
  readonly perSec: number;
  /** The slowest type's time; -1 when not known. */
  readonly leftMs: number;
  readonly done: boolean;
  /** None of its types may be read. */
  readonly barred: boolean;
  /** What the rep should know of types that lack something. */
  readonly remarks: readonly string[];
}

/** Where the rows stand; a type that is not known comes behind. */
const order = ['contacts', 'companies', 'deals', 'tickets', 'activities', 'items'];

/** The types as rows: activities are one, line items and products another. */
export function families(progress: readonly TypeProgress[]): Family[] {
  const members = new Map<string, TypeProgress[]>();
  for (const one of progress) {
    const name = familyOf(one.type);
    members.set(name, [...(members.get(name) ?? []), one]);
  }
  const place = (name: string): number =>
    (order.indexOf(name) + order.length + 1) % (order.length + 1);
  return [...members]
    .map(([name, all]) => family(name, all))
    .sort((a, b) => place(a.name) - place(b.name));
}

function family(name: string, all: readonly TypeProgress[]): Family {
  const read = all.filter((one) => !one.barred);
  const { here, total, leftMs } = overall(all);
  return {
    name,
    here,
    total,
    leftMs,
    perSec: read.reduce((sum, one) => sum + one.perSec, 0),
    done: read.every((one) => one.done),
    barred: read.length === 0,
    remarks: read.length === 0 ? [] : all.map((one) => one.message).filter((text) => text !== ''),
  };
}

/** All types together. A type that this sign-in may not read is left out of the whole. */
export function overall(progress: readonly TypeProgress[]): Overall {
  const counted = progress.filter((one) => !one.barred);
  const here = counted.reduce((sum, one) => sum + one.here, 0);
  const known = counted.every((one) => one.total >= 0);
  const total = known ? counted.reduce((sum, one) => sum + one.total, 0) : -1;
  const going = counted.filter((one) => !one.done);
  const leftMs = going.some((one) => one.leftMs < 0)
    ? -1
    : going.reduce((most, one) => Math.max(most, one.leftMs), 0);
  return {
    here,
    total,
    share: total > 0 ? here / total : -1,
    leftMs: going.length === 0 ? 0 : leftMs,
  };
}
