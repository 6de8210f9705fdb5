import type { Question } from './pages.svelte';
import type { Sort } from '../model/wire';

interface Kept {
  text: string;
  sort: Sort;
  mine: boolean;
}

/**
 * What the rep has asked of each list and where they stand in it, so that a
 * list that is left and entered again looks the same.
 */
export class ListChoice {
  text = $state('');
  sort = $state.raw<Sort>({ prop: '', desc: true });
  mine = $state(false);
  /** Index of the active row; -1 for none. */
  active = $state(-1);
  /** The record at it: what the row is followed by when the list moves. */
  activeId = '';

  /** A header was pressed: the same turns the order, another starts its own way. */
  sortBy(prop: string, desc: boolean): void {
    this.sort =
      this.sort.prop === prop && prop !== '' ? { prop, desc: !this.sort.desc } : { prop, desc };
  }

  question(type: string, columns: readonly string[]): Question {
    const { text, sort, mine } = this;
    return { type, text: text.trim(), filters: [], sort, columns, mine };
  }

  set(kept: Partial<Kept>): void {
    Object.assign(this, kept);
  }
}
