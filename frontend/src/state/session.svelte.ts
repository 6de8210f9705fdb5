// The session: one object that holds the backend, the stores made of it and
// what the rep is doing. Features take it with useSession().

import { getContext, setContext } from 'svelte';
import type { Backend } from '../backend/port';
import { lookOf, type Look } from '../model/look';
import type {
  Account,
  Counts,
  Info,
  News,
  Notice,
  Owner,
  Pipeline,
  Profiles,
  Schema,
  SyncStatus,
} from '../model/wire';
import { m } from '../paraglide/messages.js';
import { Acts } from './acts.svelte';
import { Changes } from './changes';
import { Drafts } from './drafts.svelte';
import { asFault, faultText } from './fault';
import { flagOf, type Flag } from './flag';
import { every } from './host';
import { Keymap } from './keymap.svelte';
import { Live } from './live.svelte';
import { Nav } from './nav.svelte';
import { ListChoice } from './selection.svelte';
import { SettingsStore } from './settings.svelte';
import { Toasts } from './toasts.svelte';

const key = Symbol('session');
const lists = ['list:contacts', 'list:companies', 'list:deals', 'list:tickets'];

// A derived does not hear of state that was made while it ran; this makes it in
// a root of its own, so that whoever asks first hears of it like everybody else.
function apart<T>(make: () => T): T {
  let made: T | undefined;
  $effect.root(() => {
    made = make();
  });
  return made as T;
}

export class Session {
  readonly backend: Backend;
  readonly changes: Changes;
  readonly nav = new Nav();
  readonly keymap = new Keymap();
  readonly toasts = new Toasts();
  readonly drafts = new Drafts();
  readonly act: Acts;
  readonly settings: SettingsStore;
  readonly account: Live<Account>;
  readonly sync: Live<SyncStatus>;
  readonly counts: Live<Counts>;
  readonly owners: Live<Owner[]>;
  readonly pipelines: Live<Pipeline[]>;
  readonly info: Live<Info>;
  /** What the rep is told about the local data, until it was dismissed. */
  readonly notices: Live<Notice[]>;
  readonly profiles: Live<Profiles>;
  /** What changed on the rep's records and was not seen. */
  readonly news: Live<News>;
  /** Of how many records the news is shown. */
  newsShown = $state(0);
  /** The end of the absence that the rep has been told of. */
  toldOf = $state(0);
  /** Now, to half a minute: "5 min ago" is counted from it. */
  now = $state(Date.now());
  /** The sign-in page is shown over records that are here. */
  signingIn = $state(false);
  #choices = new Map<string, ListChoice>();
  #schemas = new Map<string, Live<Schema>>();
  #look = $derived.by(() => this.#makeLook());
  #flag = $derived.by(() => flagOf(this.profiles.value, this.account.value));
  #tickets = $derived.by(() => this.#hasTickets());
  #close: (() => void)[];

  constructor(backend: Backend) {
    this.backend = backend;
    this.changes = new Changes(backend);
    this.act = new Acts(backend, this.toasts);
    this.settings = new SettingsStore(backend, this.toasts);
    this.account = new Live(this.changes, ['account'], () => backend.account.state());
    this.sync = new Live(
      this.changes,
      ['sync', 'outbox', 'account'],
      () => backend.sync.status(),
      100,
    );
    this.counts = new Live(this.changes, [...lists, 'outbox'], () => backend.records.counts(), 300);
    this.owners = new Live(
      this.changes,
      ['schema', 'account'],
      () => backend.account.owners(),
      100,
    );
    this.pipelines = new Live(this.changes, ['schema'], () => backend.board.pipelines(), 100);
    this.info = new Live(this.changes, [], () => backend.app.info());
    this.notices = new Live(this.changes, ['account'], () => backend.data.notices());
    this.profiles = new Live(
      this.changes,
      ['profiles', 'account'],
      () => backend.profiles.list(),
      100,
    );
    this.news = new Live(
      this.changes,
      ['news', 'account'],
      () => backend.news.list(this.newsShown),
      300,
    );
    const stopClock = every(30_000, () => (this.now = Date.now()));
    this.#close = [
      stopClock,
      () => this.changes.close(),
      ...[
        this.account,
        this.sync,
        this.counts,
        this.owners,
        this.pipelines,
        this.profiles,
        this.notices,
        this.news,
      ].map((live) => () => live.close()),
    ];
  }

  /** Asks for what the first screen needs. */
  async start(): Promise<void> {
    await Promise.all([
      this.settings.load().catch(() => undefined), // the defaults do
      this.account.refresh(),
      this.sync.refresh(),
      this.info.refresh(),
      this.notices.refresh(),
      this.profiles.refresh(),
    ]);
    this.keymap.singleKeys = this.settings.value.singleKeys;
    if (this.account.value?.connected === true) await this.open();
  }

  /** Asks for what every screen of a connected portal needs. */
  async open(): Promise<void> {
    await Promise.all([
      this.counts.refresh(),
      this.owners.refresh(),
      this.pipelines.refresh(),
      this.news.refresh(),
    ]);
  }

  /** The definitions of a type's properties; asked for at the first use. */
  schema(type: string): Live<Schema> {
    let live = this.#schemas.get(type);
    if (live === undefined) {
      live = apart(
        () => new Live(this.changes, ['schema'], () => this.backend.records.schema(type), 100),
      );
      void live.refresh();
      this.#schemas.set(type, live);
    }
    return live;
  }

  /** What the rep has asked of a type's list. */
  list(type: string): ListChoice {
    let choice = this.#choices.get(type);
    if (choice === undefined) {
      choice = apart(() => new ListChoice());
      this.#choices.set(type, choice);
    }
    return choice;
  }

  /** How values are written for this rep; reactive. */
  get look(): Look {
    return this.#look;
  }

  /** How this window is told from one of another portal; null when it is the only one. */
  get flag(): Flag | null {
    return this.#flag;
  }

  /** Whether tickets are shown: some are here, or this sign-in may read them. */
  get tickets(): boolean {
    return this.#tickets;
  }

  /** Does something that may fail and says so when it did. */
  async attempt(task: () => Promise<unknown>): Promise<boolean> {
    try {
      await task();
      return true;
    } catch (cause) {
      this.toasts.show({ text: faultText(asFault(cause)), tone: 'bad', action: null });
      return false;
    }
  }

  close(): void {
    for (const close of this.#close) close();
    for (const live of this.#schemas.values()) live.close();
  }

  // A sign-in by token names no scopes; then HubSpot's answer says it.
  #hasTickets(): boolean {
    if ((this.counts.value?.types.tickets ?? 0) > 0) return true;
    if (this.sync.value?.progress.some((one) => one.type === 'tickets' && one.barred)) return false;
    const scopes = this.account.value?.scopes ?? [];
    return (
      scopes.length === 0 ||
      scopes.includes('tickets') ||
      scopes.includes('crm.objects.tickets.read')
    );
  }

  #makeLook(): Look {
    const account = this.account.value;
    const names = new Map<string, string>();
    for (const pipeline of this.pipelines.value ?? []) {
      names.set(pipeline.id, pipeline.label);
      for (const stage of pipeline.stages) names.set(stage.id, stage.label);
    }
    return lookOf({
      locale: navigator.language || 'en',
      timeZone: account?.timeZone ?? '',
      currency: account?.currency ?? '',
      now: this.now,
      owners: new Map((this.owners.value ?? []).map((owner) => [owner.id, owner.name])),
      names,
      words: { yes: m.app_yes(), no: m.app_no() },
    });
  }
}

export function provideSession(session: Session): void {
  setContext(key, session);
}

/** The context of a component that is mounted on its own. */
export function sessionContext(session: Session): Map<unknown, unknown> {
  return new Map([[key, session]]);
}

export function useSession(): Session {
  return getContext<Session>(key);
}
