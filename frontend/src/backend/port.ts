// The port: everything the UI may ask of the backend, and the one event that
// comes back. Three adapters answer it: wails.ts (the window), http.ts (the
// same UI in a browser) and fake.ts (unit tests and `npm run dev`).
//
// The contract for those who build on it:
//  - Every call resolves with the DTO of model/wire.ts or rejects with a Fault.
//  - Calls may be answered in another order than asked. Lists, boards and
//    searches carry a token; drop an answer whose token is not the last asked.
//  - `listen` tells what changed, never the new values: ask again. A gap in the
//    sequence is reported as `reset`: everything may have changed.
//  - Features do not import this file. They take the Session of state/session
//    (`useSession()`) and find the port there as `session.backend`, the topics
//    as `session.changes`, and the stores made of both (state/live).
//  - Every local write goes through `session.act.*`, which calls the port, puts
//    the inverse on the undo stack and shows the toast. Do not call
//    records.edit and its siblings directly.

import type {
  Account,
  ActivityBody,
  ActivityRequest,
  Board,
  BoardQuery,
  Budget,
  Bundle,
  CardPage,
  CardQuery,
  Change,
  CheckRequest,
  Checked,
  ConnectFlow,
  ConnectRequest,
  Counts,
  CreateRequest,
  CrmRecord,
  DisconnectRequest,
  EditRequest,
  EditResult,
  FlushResult,
  ForgetRequest,
  FoundActivities,
  Info,
  KeepRequest,
  Link,
  LinkRequest,
  ListPage,
  ListQuery,
  News,
  Notice,
  Outbox,
  Owner,
  PasteRequest,
  Pipeline,
  Policy,
  ProfileRequest,
  Profiles,
  Report,
  Reserve,
  ResolveRequest,
  Saved,
  Schema,
  SearchPage,
  SearchQuery,
  SeenRequest,
  SeenResult,
  Settings,
  SyncStatus,
  Timeline,
  TypeChoices,
} from '../model/wire';

export interface AccountPort {
  state(): Promise<Account>;
  connect(request: ConnectRequest): Promise<ConnectFlow>;
  flow(id: string): Promise<ConnectFlow>;
  cancel(id: string): Promise<void>;
  /** Takes the address on which the browser landed. */
  paste(request: PasteRequest): Promise<ConnectFlow>;
  /** Says where the sign-in is kept; the place in use is tried again. */
  keep(request: KeepRequest): Promise<Account>;
  connectToken(token: string): Promise<Account>;
  connectSample(): Promise<Account>;
  disconnect(request: DisconnectRequest): Promise<void>;
  owners(): Promise<Owner[]>;
  chooseOwner(id: string): Promise<Account>;
}

export interface RecordsPort {
  schema(type: string): Promise<Schema>;
  list(query: ListQuery): Promise<ListPage>;
  get(type: string, id: string): Promise<CrmRecord>;
  create(request: CreateRequest): Promise<EditResult>;
  edit(request: EditRequest): Promise<EditResult>;
  /** What HubSpot would refuse of values that are being typed. */
  check(request: CheckRequest): Promise<Checked>;
  archive(type: string, id: string): Promise<EditResult>;
  associate(request: LinkRequest): Promise<EditResult>;
  detach(request: LinkRequest): Promise<EditResult>;
  undo(undo: string): Promise<void>;
  search(query: SearchQuery): Promise<SearchPage>;
  counts(): Promise<Counts>;
}

export interface ActivitiesPort {
  timeline(type: string, id: string): Promise<Timeline>;
  /** The body of an entry that is rich. */
  body(type: string, id: string): Promise<ActivityBody>;
  log(request: ActivityRequest): Promise<EditResult>;
  /** Those of all types, by text. */
  search(query: SearchQuery): Promise<FoundActivities>;
}

export interface BoardPort {
  pipelines(): Promise<Pipeline[]>;
  board(query: BoardQuery): Promise<Board>;
  cards(query: CardQuery): Promise<CardPage>;
}

export interface OutboxPort {
  view(): Promise<Outbox>;
  flush(): Promise<FlushResult>;
  retry(id: string): Promise<void>;
  discard(id: string): Promise<void>;
  resolve(request: ResolveRequest): Promise<void>;
  policies(): Promise<Policy[]>;
  setPolicy(policy: Policy): Promise<void>;
}

export interface SyncPort {
  status(): Promise<SyncStatus>;
  now(): Promise<void>;
  pause(on: boolean): Promise<void>;
  /** Ends the sending before the end of the program, or calls the end off. */
  leave(stay: boolean): Promise<void>;
  budget(): Promise<Budget>;
  setReserve(reserve: Reserve): Promise<Budget>;
}

export interface DataPort {
  notices(): Promise<Notice[]>;
  dismissNotice(id: string): Promise<void>;
  bundle(): Promise<Bundle>;
  saveBundle(id: string): Promise<Saved>;
  /** Erases a record, and everything kept about it, from this computer. */
  forget(request: ForgetRequest): Promise<void>;
}

export interface ProfilesPort {
  list(): Promise<Profiles>;
  add(request: ProfileRequest): Promise<Profiles>;
  setColour(request: ProfileRequest): Promise<Profiles>;
  /** Opens one in a window of its own, or brings its window to the front. */
  open(name: string): Promise<void>;
}

export interface TypesPort {
  /** The portal's own object types; HubSpot is asked. */
  list(): Promise<TypeChoices>;
  /** Makes those that are kept exactly these. */
  pick(types: string[]): Promise<TypeChoices>;
}

export interface NewsPort {
  /** What is unseen of at most so many records; 0 for the usual. */
  list(records: number): Promise<News>;
  seen(request: SeenRequest): Promise<SeenResult>;
  unseen(undo: string): Promise<void>;
}

export interface AppPort {
  info(): Promise<Info>;
  settings(): Promise<Settings>;
  saveSettings(settings: Settings): Promise<Settings>;
  open(link: Link): Promise<void>;
  copy(text: string): Promise<void>;
  report(report: Report): Promise<void>;
}

export interface Listener {
  /** Topics that changed; seq ascends by one. */
  changed(change: Change): void;
  /** The stream was (re)opened: events may have been missed. */
  reset(): void;
}

export interface Backend {
  readonly account: AccountPort;
  readonly records: RecordsPort;
  readonly activities: ActivitiesPort;
  readonly board: BoardPort;
  readonly outbox: OutboxPort;
  readonly sync: SyncPort;
  readonly data: DataPort;
  readonly profiles: ProfilesPort;
  readonly types: TypesPort;
  readonly news: NewsPort;
  readonly app: AppPort;
  /** Hear of changes until the returned function is called. */
  listen(listener: Listener): () => void;
}

/** Calls a facade's method by its Go name, "Records.List". */
export type Call = <T>(method: string, ...args: unknown[]) => Promise<T>;

/** Makes the port of a way to call and a way to listen. */
export function portOf(call: Call, listen: Backend['listen']): Backend {
  return {
    account: {
      state: () => call('Account.State'),
      connect: (request) => call('Account.Connect', request),
      flow: (id) => call('Account.Flow', id),
      cancel: (id) => call('Account.Cancel', id),
      paste: (request) => call('Account.Paste', request),
      keep: (request) => call('Account.Keep', request),
      connectToken: (token) => call('Account.ConnectToken', token),
      connectSample: () => call('Account.ConnectSample'),
      disconnect: (request) => call('Account.Disconnect', request),
      owners: () => call('Account.Owners'),
      chooseOwner: (id) => call('Account.ChooseOwner', id),
    },
    records: {
      schema: (type) => call('Records.Schema', type),
      list: (query) => call('Records.List', query),
      get: (type, id) => call('Records.Get', type, id),
      create: (request) => call('Records.Create', request),
      edit: (request) => call('Records.Edit', request),
      check: (request) => call('Records.Check', request),
      archive: (type, id) => call('Records.Archive', type, id),
      associate: (request) => call('Records.Associate', request),
      detach: (request) => call('Records.Detach', request),
      undo: (undo) => call('Records.Undo', undo),
      search: (query) => call('Records.Search', query),
      counts: () => call('Records.Counts'),
    },
    activities: {
      timeline: (type, id) => call('Activities.Timeline', type, id),
      body: (type, id) => call('Activities.Body', type, id),
      log: (request) => call('Activities.Log', request),
      search: (query) => call('Activities.Search', query),
    },
    board: {
      pipelines: () => call('Board.Pipelines'),
      board: (query) => call('Board.Board', query),
      cards: (query) => call('Board.Cards', query),
    },
    outbox: {
      view: () => call('Outbox.View'),
      flush: () => call('Outbox.Flush'),
      retry: (id) => call('Outbox.Retry', id),
      discard: (id) => call('Outbox.Discard', id),
      resolve: (request) => call('Outbox.Resolve', request),
      policies: () => call('Outbox.Policies'),
      setPolicy: (policy) => call('Outbox.SetPolicy', policy),
    },
    sync: {
      status: () => call('Sync.Status'),
      now: () => call('Sync.Now'),
      pause: (on) => call('Sync.Pause', on),
      leave: (stay) => call('Sync.Leave', stay),
      budget: () => call('Sync.Budget'),
      setReserve: (reserve) => call('Sync.SetReserve', reserve),
    },
    data: {
      notices: () => call('Data.Notices'),
      dismissNotice: (id) => call('Data.DismissNotice', id),
      bundle: () => call('Data.Bundle'),
      saveBundle: (id) => call('Data.SaveBundle', id),
      forget: (request) => call('Data.Forget', request),
    },
    profiles: {
      list: () => call('Profiles.List'),
      add: (request) => call('Profiles.Add', request),
      setColour: (request) => call('Profiles.SetColour', request),
      open: (name) => call('Profiles.Open', name),
    },
    types: {
      list: () => call('Types.List'),
      pick: (types) => call('Types.Pick', types),
    },
    news: {
      list: (records) => call('News.List', records),
      seen: (request) => call('News.Seen', request),
      unseen: (undo) => call('News.Unseen', undo),
    },
    app: {
      info: () => call('App.Info'),
      settings: () => call('App.Settings'),
      saveSettings: (settings) => call('App.SaveSettings', settings),
      open: (link) => call('App.Open', link),
      copy: (text) => call('App.Copy', text),
      report: (report) => call('App.Report', report),
    },
    listen,
  };
}
