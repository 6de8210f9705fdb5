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

/** All types together. A type that stands still with a message is left out of the whole. */
export function overall(progress: readonly TypeProgress[]): Overall {
  const counted = progress.filter((one) => one.message === '');
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
