import type { Ref } from '../model/wire';

export type Screen =
  'today' | 'contacts' | 'companies' | 'deals' | 'tickets' | 'pipeline' | 'outbox' | 'settings';

export interface RecordAt {
  readonly type: string;
  readonly id: string;
  /** The entry of its timeline that is to be shown; a new one every time. */
  readonly entry?: { readonly type: string; readonly id: string };
}

/** Where the rep is: a screen, and perhaps a record open beside or over it. */
export interface Place {
  readonly screen: Screen;
  readonly record: RecordAt | null;
  readonly wide: boolean;
}

/** What lies over the screen; one at a time. */
export type Overlay =
  | { readonly kind: 'palette' }
  | { readonly kind: 'shortcuts' }
  | {
      readonly kind: 'create';
      readonly type: string;
      readonly values: Readonly<Record<string, string>>;
      readonly links: readonly Ref[];
    }
  | { readonly kind: 'associate'; readonly record: RecordAt; readonly toType: string };

const remembered = 50;

/**
 * Routes, in memory: WebKit allows a hundred history calls in half a minute,
 * and J held down makes more.
 */
export class Nav {
  place = $state.raw<Place>({ screen: 'contacts', record: null, wide: false });
  overlay = $state.raw<Overlay | null>(null);
  /** Where the open record stands in the list it came from. */
  position = $state.raw<{ index: number; total: number } | null>(null);
  #past: Place[] = [];
  #future: Place[] = [];

  go(screen: Screen): void {
    this.#push({ screen, record: null, wide: false });
  }

  /** Opens a record in the panel. replace: J and K do not fill the history. */
  open(
    type: string,
    id: string,
    how: { replace?: boolean; wide?: boolean; entry?: { type: string; id: string } } = {},
  ): void {
    const old = this.place;
    const { wide, entry } = how;
    const same = old.record?.id === id && old.record.type === type;
    if (same && wide === undefined && entry === undefined) return;
    const record = { type, id, ...(entry === undefined ? {} : { entry: { ...entry } }) };
    const next: Place = { ...old, record, wide: wide ?? old.wide };
    if (how.replace === true) this.place = next;
    else this.#push(next);
  }

  close(): void {
    if (this.place.record !== null) this.#push({ ...this.place, record: null, wide: false });
  }

  widen(wide: boolean): void {
    this.place = { ...this.place, wide };
  }

  back(): void {
    const place = this.#past.pop();
    if (place === undefined) return;
    this.#future.push(this.place);
    this.place = place;
  }

  forward(): void {
    const place = this.#future.pop();
    if (place === undefined) return;
    this.#past.push(this.place);
    this.place = place;
  }

  show(overlay: Overlay): void {
    this.overlay = overlay;
  }

  dismiss(): void {
    this.overlay = null;
  }

  /** Forgets everything: another portal. */
  reset(): void {
    this.#past = [];
    this.#future = [];
    this.overlay = null;
    this.place = { screen: 'contacts', record: null, wide: false };
  }

  #push(place: Place): void {
    this.#past = [...this.#past.slice(1 - remembered), this.place];
    this.#future = [];
    this.place = place;
  }
}
