// What the palette offers for a typed text: records, things to do, places to
// go, and after them activities, which are looked for when the records are here.
// Answers of an older text are dropped.

import { score } from '../../model/match';
import type { FoundActivity, Ref } from '../../model/wire';
import { m } from '../../paraglide/messages.js';
import type { CommandId } from '../../state/commands';
import { after } from '../../state/host';
import type { Action } from '../../state/keymap.svelte';
import type { Session } from '../../state/session.svelte';

export type Hit =
  | { readonly kind: 'record'; readonly id: string; readonly ref: Ref }
  | {
      readonly kind: 'action';
      readonly id: string;
      readonly command: CommandId;
      readonly title: string;
      readonly keys: string;
    }
  | { readonly kind: 'activity'; readonly id: string; readonly found: FoundActivity }
  | { readonly kind: 'create'; readonly id: string; readonly type: string; readonly title: string };

export interface HitGroup {
  readonly name: 'records' | 'do' | 'go' | 'activities';
  readonly hits: readonly Hit[];
}

const most = 8;
const mostActivities = 5;
/** Between the records and the activities of a text, in ms. */
const breath = 100;
const types = ['contacts', 'companies', 'deals', 'tickets'] as const;

/** What a first character narrows the palette to. */
type Only = '' | 'actions' | 'contacts' | 'deals';

export class PaletteStore {
  text = $state('');
  at = $state(0);
  /** The words that are looked for, without the narrowing sign. */
  words: string = $derived(
    only(this.text) === '' ? this.text.trim() : this.text.trim().slice(1).trim(),
  );

  groups: HitGroup[] = $derived.by(() => {
    const narrowed = only(this.text);
    const records: Hit[] =
      narrowed === 'actions'
        ? []
        : this.#found.map((ref) => ({ kind: 'record', id: `${ref.type}-${ref.id}`, ref }));
    const actions = narrowed === '' || narrowed === 'actions' ? this.#matching() : [];
    const go = actions.filter((hit) => hit.id.startsWith('go.'));
    const todo = [
      ...actions.filter((hit) => !hit.id.startsWith('go.')),
      ...this.#creations(narrowed),
    ];
    const all: HitGroup[] = [
      { name: 'records', hits: records },
      { name: 'do', hits: todo },
      { name: 'go', hits: go },
      { name: 'activities', hits: narrowed === '' ? this.#said : [] },
    ];
    return all.filter((group) => group.hits.length > 0);
  });
  hits: Hit[] = $derived(this.groups.flatMap((group) => group.hits));
  current: Hit | undefined = $derived(this.hits[Math.min(this.at, this.hits.length - 1)]);

  #found = $state.raw<readonly Ref[]>([]);
  #activities = $state.raw<readonly FoundActivity[]>([]);
  #said: Hit[] = $derived(
    this.#activities.map((found) => ({ kind: 'activity', id: `${found.type}-${found.id}`, found })),
  );
  #session: Session;
  #actions: readonly Action[];
  #token = 0;
  #soon: () => void = () => undefined;
  #asked: Promise<void>;

  constructor(session: Session) {
    this.#session = session;
    // What can be done where the palette was called, not inside of it.
    this.#actions = session.keymap.actions.filter(
      ({ command }) => command.quiet !== true && command.local !== true,
    );
    this.#asked = this.#search();
  }

  type(text: string): void {
    this.text = text;
    this.at = 0;
    this.#asked = this.#search();
  }

  /** Looks for nothing more. */
  close(): void {
    this.#soon();
    this.#token++;
  }

  /**
   * The current hit of the text that stands now, as soon as its answer is here:
   * until then the hits are those of an older text. Nothing when something else
   * is typed before.
   */
  async chosen(): Promise<Hit | undefined> {
    const token = this.#token;
    await this.#asked;
    return token === this.#token ? this.current : undefined;
  }

  step(by: number): void {
    const n = this.hits.length;
    if (n > 0) this.at = (Math.min(this.at, n - 1) + by + n) % n;
  }

  /** Does what a hit says; the caller has closed the palette. */
  run(hit: Hit, wide: boolean): void {
    switch (hit.kind) {
      case 'record':
        this.#session.nav.open(hit.ref.type, hit.ref.id, wide ? { wide } : {});
        break;
      case 'activity': {
        // It is read in the timeline of the record that it is on.
        const { type, id, on } = hit.found;
        const how = wide ? { wide } : {};
        if (on.id === '') this.#session.nav.open(type, id, how);
        else this.#session.nav.open(on.type, on.id, { ...how, entry: { type, id } });
        break;
      }
      case 'action':
        this.#session.keymap.run(hit.command);
        break;
      case 'create':
        this.#session.nav.show({
          kind: 'create',
          type: hit.type,
          values: named(hit.type, this.words),
          links: [],
        });
        break;
    }
  }

  async #search(): Promise<void> {
    this.#soon();
    const token = ++this.#token;
    const narrowed = only(this.text);
    if (narrowed === 'actions') return;
    const type = narrowed === '' ? '' : narrowed;
    try {
      const answer = await this.#session.backend.records.search({
        token,
        text: this.words,
        type,
        limit: most,
      });
      if (token === this.#token && answer.token === token) this.#found = answer.hits;
    } catch {
      if (token === this.#token) this.#found = []; // actions are still of use
    }
    if (token === this.#token) {
      this.#soon = after(breath, () => void this.#searchActivities(token));
    }
  }

  // Almost every text has a word that begins with a letter: it takes two. And it
  // takes a breath, so that no letter waits for the texts of the one before it.
  async #searchActivities(token: number): Promise<void> {
    let hits: readonly FoundActivity[] = [];
    if (only(this.text) === '' && Array.from(this.words).length > 1) {
      const query = { token, text: this.words, type: '', limit: mostActivities };
      try {
        hits = (await this.#session.backend.activities.search(query)).hits;
      } catch {
        // What was found before them is still of use.
      }
    }
    if (token === this.#token) this.#activities = hits;
  }

  #matching(): Hit[] {
    const scored = this.#actions.map(({ id, command }) => {
      const title = command.title();
      return {
        fit: score(title, this.words),
        hit: { kind: 'action', id, command: id, title, keys: command.keys[0] ?? '' } as const,
      };
    });
    return scored
      .filter(({ fit }) => fit > 0)
      .sort((a, b) => b.fit - a.fit)
      .map(({ hit }) => hit);
  }

  #creations(narrowed: Only): Hit[] {
    const text = this.words;
    if (text === '' || narrowed === 'actions') return [];
    const wanted = types.filter(
      (type) =>
        (narrowed === '' || narrowed === type) && (type !== 'tickets' || this.#session.tickets),
    );
    return wanted.map((type) => ({
      kind: 'create',
      id: `create-${type}`,
      type,
      title: creation(type, text),
    }));
  }
}

function only(text: string): Only {
  switch (text.trimStart().charAt(0)) {
    case '>':
      return 'actions';
    case '@':
      return 'contacts';
    case '#':
      return 'deals';
    default:
      return '';
  }
}

function creation(type: (typeof types)[number], text: string): string {
  switch (type) {
    case 'contacts':
      return m.palette_create_contacts({ text });
    case 'companies':
      return m.palette_create_companies({ text });
    case 'deals':
      return m.palette_create_deals({ text });
    case 'tickets':
      return m.palette_create_tickets({ text });
  }
}

// What was typed, in the property where it belongs.
function named(type: string, text: string): Record<string, string> {
  switch (type) {
    case 'contacts': {
      if (/^\S+@\S+$/.test(text)) return { email: text };
      const [first = '', ...rest] = text.split(/\s+/);
      return rest.length > 0
        ? { firstname: first, lastname: rest.join(' ') }
        : { firstname: first };
    }
    case 'companies':
      return { name: text };
    case 'tickets':
      return { subject: text };
    default:
      return { dealname: text };
  }
}
