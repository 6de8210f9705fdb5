// The backend in memory: what unit tests and `npm run dev` run against. It
// keeps the port's promises (tokens, overlays, undo, the outbox, the change
// event) and decides nothing that the real one would decide better.

import type {
  Account,
  Badge,
  Budget,
  ConnectFlow,
  EditResult,
  Info,
  ListQuery,
  Notice,
  Op,
  OpKind,
  Outbox,
  Ref,
  RefGroup,
  Row,
  Settings,
  SyncStatus,
  TypeChoices,
} from '../model/wire';
import { Fault, noRef } from '../model/wire';
import { fakeActivities } from './fake-activities';
import { fakeBoard } from './fake-board';
import { fakeCheck, fakePolicies } from './fake-checks';
import { fakeNews, noNews, type FakeNews } from './fake-news';
import { fakeProfiles, firstProfiles, type FakeProfiles } from './fake-profiles';
import { account, budget, syncStatus, waitingFlow } from './fake-state';
import { makeRecords, owners, schemas as plain, titleOf, type FakeRecord } from './fake-data';
import { linesOf, makeService, serviceSchemas, ticketPipelines } from './fake-service';
import { fakeTypes, firstTypes } from './fake-types';
import type { Backend, Listener } from './port';

export interface FakeOptions {
  /** Start connected, with the first pull done. */
  connected?: boolean;
  contacts?: number;
  /** How long an answer takes, in ms; 0 answers in a microtask. */
  delay?: number;
  now?: number;
}

interface Undoable {
  run: () => void;
  op: string;
  topics: string[];
}

/** The fake and the strings a test pulls on it. */
export interface Fake extends Backend {
  readonly records_: FakeRecord[];
  readonly ops: Op[];
  readonly calls: string[];
  status: SyncStatus;
  budget_: Budget;
  account_: Account;
  flow_: ConnectFlow;
  notices: Notice[];
  readonly profiles_: FakeProfiles;
  readonly types_: TypeChoices;
  readonly news_: FakeNews;
  disk_: Info['disk'];
  /** Tells the UI that topics changed. */
  change(...topics: string[]): void;
  goOnline(online: boolean): void;
  /** Makes the next call of a method fail. */
  fail(method: string, fault: Fault): void;
}

const types = ['contacts', 'companies', 'deals', 'tickets'];
const schemas = { ...plain, ...serviceSchemas };
const lists = types.map((type) => `list:${type}`);

function fault(code: string, message: string, fields: Record<string, string> = {}): Fault {
  return new Fault({ code, message, fields });
}

export function fakeBackend(options: FakeOptions = {}): Fake {
  const now = () => options.now ?? Date.now();
  const all = makeRecords(options.contacts ?? 480, now());
  const firms = all.filter((one) => one.type === 'companies').length;
  const deals = all.filter((one) => one.type === 'deals');
  all.push(...makeService(Math.round((options.contacts ?? 480) / 6), deals, firms, now()));
  const byId = new Map(all.map((one) => [one.id, one]));
  const listeners = new Set<Listener>();
  const undos = new Map<string, Undoable>();
  const ops: Op[] = [];
  const calls: string[] = [];
  const failing = new Map<string, Fault>();
  const detached = new Set<string>();
  const extra = new Map<string, string[]>();
  let seq = 0;
  let last = 0;

  const fake = {
    records_: all,
    ops,
    calls,
    account_: account(options.connected ?? true),
    flow_: { ...waitingFlow(0), id: '' },
    profiles_: firstProfiles(),
    types_: firstTypes(),
    news_: noNews(),
    disk_: 'unknown' as Info['disk'],
    status: syncStatus(now(), options.connected ?? true),
    budget_: budget(now(), options.connected ?? true),
    notices: [] as Notice[],
  };
  let settings: Settings = {
    theme: 'system',
    density: 'regular',
    singleKeys: true,
    started: options.connected ?? true,
    diskSeen: false,
  };

  function change(...topics: string[]): void {
    const event = { seq: ++seq, topics };
    for (const one of listeners) one.changed(event);
  }

  async function answer<T>(method: string, make: () => T): Promise<T> {
    calls.push(method);
    if (options.delay) await new Promise((done) => setTimeout(done, options.delay));
    else await Promise.resolve();
    const failed = failing.get(method);
    if (failed !== undefined) {
      failing.delete(method);
      throw failed;
    }
    return structuredClone(make());
  }

  function need(type: string, id: string): FakeRecord {
    const found = byId.get(id);
    if (found?.type !== type) throw fault('not_found', 'This record is not on this computer.');
    return found;
  }

  function ref(one: FakeRecord | undefined, badge: Badge = ''): Ref {
    if (one === undefined) return noRef;
    let note = '';
    if (one.type === 'contacts') note = one.values.jobtitle ?? '';
    if (one.type === 'companies') note = one.values.domain ?? '';
    if (one.type === 'deals') note = dealNote(one.values);
    if (one.type === 'tickets') note = stageLabel(one.values);
    return { type: one.type, id: one.id, remoteId: one.remoteId, title: one.title, note, badge };
  }

  function dealNote({
    amount = '',
    deal_currency_code: currency = '',
  }: FakeRecord['values']): string {
    return [amount, currency].filter((part) => part !== '').join(' ');
  }

  function stageLabel(values: FakeRecord['values']): string {
    const stages = ticketPipelines.flatMap((pipeline) => pipeline.stages);
    return stages.find((stage) => stage.id === values.hs_pipeline_stage)?.label ?? '';
  }

  function links(one: FakeRecord): RefGroup[] {
    const with_ = { line_items: ['deals'], products: [] }[one.type] ?? types;
    return with_
      .filter((type) => type !== one.type)
      .map((type) => ({ type, known: true, items: linked(one, type) }));
  }

  function linked(one: FakeRecord, type: string): Ref[] {
    if (one.type === 'line_items')
      return type === 'deals' ? [ref(byId.get(one.company))].filter((deal) => deal.id !== '') : [];
    const firm = one.type === 'companies' ? one.id : one.company;
    const natural = all.filter(
      (other) =>
        other.type === type &&
        !other.archived &&
        firm !== '' &&
        (type === 'companies' ? other.id === firm : other.company === firm),
    );
    const added = (extra.get(one.id) ?? [])
      .map((id) => byId.get(id))
      .filter((r) => r?.type === type);
    return [...natural.slice(0, 4).map((r) => ref(r)), ...added.map((r) => ref(r, 'saved'))].filter(
      (r) => !detached.has(`${one.id}>${r.id}`),
    );
  }

  function matches(one: FakeRecord, query: ListQuery): boolean {
    if (one.type !== query.type || one.archived) return false;
    if (query.mine && one.values.hubspot_owner_id !== fake.account_.ownerId) return false;
    return hasText(one, query.text);
  }

  function hasText(one: FakeRecord, text: string): boolean {
    if (text === '') return true;
    const hay = `${one.title} ${one.values.email ?? ''} ${one.values.domain ?? ''}`.toLowerCase();
    return text
      .toLowerCase()
      .split(/\s+/)
      .every((word) => hay.includes(word));
  }

  function sorted(rows: FakeRecord[], query: ListQuery): FakeRecord[] {
    const { prop, desc } = query.sort;
    if (prop === '') return rows.sort((a, b) => b.modified - a.modified);
    const read = (one: FakeRecord) => (prop === 'title' ? one.title : (one.values[prop] ?? ''));
    const sign = desc ? -1 : 1;
    return rows.sort((a, b) => {
      const [x, y] = [read(a), read(b)];
      if (x === '' || y === '') return x === y ? 0 : x === '' ? 1 : -1;
      const [n, k] = [Number(x), Number(y)];
      return sign * (Number.isNaN(n) || Number.isNaN(k) ? x.localeCompare(y) : n - k);
    });
  }

  function row(one: FakeRecord, columns: readonly string[]): Row {
    const values: Record<string, string> = {};
    for (const name of columns) values[name] = one.values[name] ?? '';
    const { id, remoteId, type, title, badge, modified } = one;
    return {
      id,
      remoteId,
      type,
      title,
      badge,
      modified,
      values,
      company: ref(byId.get(one.company)),
    };
  }

  function queue(kind: OpKind, one: FakeRecord, part: Partial<Op>, back: () => void): EditResult {
    const id = `op-${++last}`;
    ops.unshift({
      id,
      kind,
      state: 'queued',
      badge: 'saved',
      type: one.type,
      recordId: one.id,
      remoteId: one.remoteId,
      title: one.title,
      fields: [],
      to: noRef,
      made: now(),
      nextAt: 0,
      finished: 0,
      attempts: 0,
      reason: '',
      existing: '',
      undo: id,
      canRetry: false,
      canDiscard: true,
      disputes: [],
      ...part,
    });
    const topics = [one.id, part.to?.id ?? '']
      .filter((of) => of !== '')
      .map((of) => `record:${of}`);
    undos.set(id, { run: back, op: id, topics });
    fake.status = { ...fake.status, waiting: waiting() };
    change(...topics, `list:${one.type}`, 'outbox', 'sync');
    return { id: one.id, remoteId: one.remoteId, state: 'queued', undo: id, undoUntil: 0 };
  }

  function waiting(): number {
    return ops.filter((op) => op.state === 'queued').length;
  }

  function label(type: string, name: string): string {
    const groups = schemas[type]?.groups ?? [];
    return groups.flatMap((g) => g.properties).find((p) => p.name === name)?.label ?? name;
  }

  function edit(one: FakeRecord, values: Record<string, string>): EditResult {
    const before = structuredClone({ ...one, links: [] });
    for (const [name, value] of Object.entries(values)) {
      const property = schemas[one.type]?.groups
        .flatMap((g) => g.properties)
        .find((p) => p.name === name);
      if (property?.type === 'number' && value !== '' && Number.isNaN(Number(value))) {
        throw fault('invalid', 'HubSpot takes only a number here.', {
          [name]: 'HubSpot takes only a number here.',
        });
      }
      if (name === 'email' && value !== '' && !value.includes('@')) {
        throw fault('invalid', 'HubSpot needs a full address.', {
          [name]: 'HubSpot needs a full address.',
        });
      }
    }
    const changed = Object.entries(values).filter(
      ([name, value]) => (one.values[name] ?? '') !== value,
    );
    if (changed.length === 0) {
      return { id: one.id, remoteId: one.remoteId, state: 'unchanged', undo: '', undoUntil: 0 };
    }
    for (const [name, value] of changed) {
      one.values[name] = value;
      one.pending[name] = 'saved';
    }
    one.title = titleOf(one.type, one.values);
    one.badge = 'saved';
    const fields = changed.map(([name, to]) => ({
      name,
      label: label(one.type, name),
      from: before.values[name] ?? '',
      to,
    }));
    return queue('update', one, { fields }, () => Object.assign(one, before));
  }

  function create(type: string, values: Record<string, string>, to: readonly Ref[]): EditResult {
    const missing = (schemas[type]?.required ?? []).filter((name) => (values[name] ?? '') === '');
    if (missing.length > 0) {
      const fields = Object.fromEntries(
        missing.map((name) => [name, `${label(type, name)} is required.`]),
      );
      throw fault('invalid', Object.values(fields)[0] ?? '', fields);
    }
    const one: FakeRecord = {
      id: `${type}-new-${++last}`,
      remoteId: '',
      type,
      title: titleOf(type, values),
      badge: 'saved',
      archived: false,
      values: { ...values },
      pending: Object.fromEntries(Object.keys(values).map((name) => [name, 'saved' as const])),
      links: [],
      lines: [],
      fresh: 0,
      created: now(),
      modified: now(),
      url: '',
      company: to.find((r) => r.type === 'companies')?.id ?? '',
    };
    all.push(one);
    byId.set(one.id, one);
    extra.set(
      one.id,
      to.filter((r) => r.type !== 'companies').map((r) => r.id),
    );
    return queue('create', one, {}, () => {
      one.archived = true;
    });
  }

  function link(request: { type: string; id: string; toId: string }, on: boolean): EditResult {
    const one = need(request.type, request.id);
    const mark = `${one.id}>${request.toId}`;
    const list = extra.get(one.id) ?? [];
    const back = (): void => void (on ? extra.set(one.id, list) : detached.delete(mark));
    if (on) extra.set(one.id, [...list, request.toId]);
    else detached.add(mark);
    return queue(on ? 'associate' : 'detach', one, { to: ref(byId.get(request.toId)) }, back);
  }

  function outbox(): Outbox {
    const of = (...states: Op['state'][]): Op[] => ops.filter((op) => states.includes(op.state));
    return {
      paused: fake.status.paused,
      sending: of('sending', 'ambiguous'),
      waiting: of('queued', 'retry_wait'),
      needs: of('parked', 'conflict'),
      overwritten: of('acked').filter((op) => op.disputes.length > 0),
      receipts: of('acked').filter((op) => op.disputes.length === 0),
    };
  }

  function flush(): number {
    if (!fake.status.online)
      throw fault('offline', 'HubSpot cannot be reached. Your changes are kept here.');
    const sent = ops.filter((op) => op.state === 'queued');
    for (const op of sent) {
      Object.assign(op, { state: 'acked', badge: '', finished: now(), canDiscard: false });
      const one = byId.get(op.recordId);
      if (one !== undefined)
        Object.assign(one, { badge: '', pending: {}, remoteId: one.remoteId || `77${last}` });
    }
    fake.status = { ...fake.status, waiting: 0, lastSync: now() };
    const about = sent.flatMap((op) => [op.recordId, op.to.id]).map((of) => `record:${of}`);
    change('outbox', 'sync', ...lists, ...about);
    return sent.length;
  }

  function connect(kind: Account['kind']): Account {
    const needsOwner = kind === 'token';
    fake.account_ = {
      ...account(true),
      kind,
      needsOwner,
      ...(needsOwner ? { ownerId: '', ownerName: '' } : {}),
    };
    fake.status = { ...syncStatus(now(), true), firstPull: true, usable: true, state: 'pulling' };
    change('account', 'sync', 'schema', ...lists);
    return fake.account_;
  }

  const backend: Backend = {
    account: {
      state: () => answer('Account.State', () => fake.account_),
      connect: () =>
        answer('Account.Connect', () => {
          if (fake.account_.keepState !== '') throw fault('storage', fake.account_.keepProblem);
          fake.flow_ = waitingFlow(now());
          return fake.flow_;
        }),
      flow: () => answer('Account.Flow', () => fake.flow_),
      cancel: () =>
        answer('Account.Cancel', () => void (fake.flow_ = { ...fake.flow_, phase: 'canceled' })),
      paste: ({ address }) =>
        answer('Account.Paste', () => {
          if (!address.includes('code='))
            throw fault('invalid', 'This is not the address of the page.');
          fake.flow_ = { ...fake.flow_, phase: 'connected', outcome: 'connected' };
          connect('oauth');
          return fake.flow_;
        }),
      keep: ({ place, passphrase }) =>
        answer('Account.Keep', () => {
          if (place === 'keychain' && fake.account_.keepState === 'unavailable')
            throw fault('storage', fake.account_.keepProblem);
          if (place === 'file' && passphrase === 'wrong') {
            const text = 'This passphrase does not open the file.';
            throw fault('invalid', text, { passphrase: text });
          }
          fake.account_ = { ...fake.account_, keepIn: place, keepState: '', keepProblem: '' };
          if (fake.account_.connected) fake.account_.keptIn = place;
          change('account');
          return fake.account_;
        }),
      connectToken: (token) =>
        answer('Account.ConnectToken', () => {
          if (fake.account_.keepState !== '') throw fault('storage', fake.account_.keepProblem);
          if (!token.startsWith('pat-'))
            throw fault('invalid', 'HubSpot does not know this token.');
          return connect('token');
        }),
      connectSample: () => answer('Account.ConnectSample', () => connect('sample')),
      disconnect: ({ discardEdits }) =>
        answer('Account.Disconnect', () => {
          if (waiting() > 0 && !discardEdits)
            throw fault('conflict', 'Edits are still waiting here.');
          fake.account_ = account(false);
          fake.status = syncStatus(now(), false);
          change('account', 'sync');
        }),
      owners: () => answer('Account.Owners', () => owners),
      chooseOwner: (id) =>
        answer('Account.ChooseOwner', () => {
          const ownerName = owners.find((one) => one.id === id)?.name ?? '';
          fake.account_ = { ...fake.account_, ownerId: id, ownerName, needsOwner: false };
          change('account');
          return fake.account_;
        }),
    },
    records: {
      schema: (type) =>
        answer('Records.Schema', () => schemas[type] ?? { ...schemas.contacts!, type }),
      list: (query) =>
        answer('Records.List', () => {
          const found = sorted(
            all.filter((one) => matches(one, query)),
            query,
          );
          const rows = found.slice(query.offset, query.offset + query.limit);
          return {
            token: query.token,
            total: found.length,
            capped: false,
            offset: query.offset,
            rows: rows.map((one) => row(one, query.columns)),
          };
        }),
      get: (type, id) =>
        answer('Records.Get', () => {
          const one = need(type, id);
          return { ...one, links: links(one), lines: linesOf(one, all) };
        }),
      create: ({ type, values, links: to }) =>
        answer('Records.Create', () => create(type, values, to)),
      edit: ({ type, id, values }) => answer('Records.Edit', () => edit(need(type, id), values)),
      check: fakeCheck(answer, () => byId.values()),
      archive: (type, id) =>
        answer('Records.Archive', () => {
          const one = need(type, id);
          one.archived = true;
          return queue('archive', one, { nextAt: now() + 30_000 }, () => (one.archived = false));
        }),
      associate: (request) => answer('Records.Associate', () => link(request, true)),
      detach: (request) => answer('Records.Detach', () => link(request, false)),
      undo: (undo) =>
        answer('Records.Undo', () => {
          const found = undos.get(undo);
          if (found === undefined) throw fault('not_found', 'This cannot be taken back any more.');
          undos.delete(undo);
          found.run();
          const at = ops.findIndex((op) => op.id === found.op);
          if (at >= 0) ops.splice(at, 1);
          fake.status = { ...fake.status, waiting: waiting() };
          change('outbox', 'sync', ...found.topics, ...lists);
        }),
      search: ({ token, text, type, limit }) =>
        answer('Records.Search', () => ({
          token,
          hits: all
            .filter(
              (one) =>
                !one.archived &&
                (type === '' ? types.includes(one.type) : one.type === type) &&
                hasText(one, text),
            )
            .sort((a, b) => b.modified - a.modified)
            .slice(0, limit)
            .map((one) => ref(one)),
        })),
      counts: () =>
        answer('Records.Counts', () => ({
          types: Object.fromEntries(
            types.map((type) => [
              type,
              all.filter((one) => one.type === type && !one.archived).length,
            ]),
          ),
          outbox:
            waiting() + ops.filter((op) => op.state === 'parked' || op.state === 'conflict').length,
        })),
    },
    activities: fakeActivities({
      answer,
      need,
      ref,
      queue,
      byId,
      now,
      me: () => fake.account_.ownerId,
    }),
    board: fakeBoard(answer, all, byId, ref, () => fake.account_.ownerId, now),
    outbox: {
      ...fakePolicies(answer, () => change('outbox')),
      view: () => answer('Outbox.View', outbox),
      flush: () =>
        answer('Outbox.Flush', () => ({
          acked: flush(),
          conflicts: 0,
          parked: 0,
          left: waiting(),
        })),
      retry: (id) =>
        answer('Outbox.Retry', () => {
          const op = ops.find((one) => one.id === id);
          if (op !== undefined) Object.assign(op, { state: 'queued', nextAt: 0, reason: '' });
          change('outbox', 'sync');
        }),
      discard: (id) => backend.records.undo(id),
      resolve: ({ id, choices }) =>
        answer('Outbox.Resolve', () => {
          const op = ops.find((one) => one.id === id);
          const over = op?.state === 'acked'; // a decision about what was overwritten
          const back = !over || Object.values(choices).includes('theirs');
          if (op !== undefined)
            Object.assign(op, { disputes: [], ...(back && { state: 'queued', badge: 'saved' }) });
          change('outbox', 'sync');
        }),
    },
    sync: {
      status: () => answer('Sync.Status', () => fake.status),
      now: () =>
        answer('Sync.Now', () => {
          flush();
        }),
      pause: (on) =>
        answer('Sync.Pause', () => {
          fake.status = { ...fake.status, paused: on, state: on ? 'paused' : 'idle' };
          change('sync', 'outbox');
        }),
      budget: () => answer('Sync.Budget', () => fake.budget_),
      setReserve: (reserve) =>
        answer('Sync.SetReserve', () => {
          fake.budget_ = { ...fake.budget_, reserve };
          return fake.budget_;
        }),
      leave: () =>
        answer('Sync.Leave', () => {
          fake.status = { ...fake.status, leaving: 0 };
          change('sync');
        }),
    },
    data: {
      notices: () => answer('Data.Notices', () => fake.notices),
      dismissNotice: (id) =>
        answer('Data.DismissNotice', () => {
          fake.notices = fake.notices.filter((one) => one.id !== id);
        }),
      bundle: () =>
        answer('Data.Bundle', () => ({
          id: 'bundle-1',
          parts: [
            { name: 'README.txt', text: 'What Satchel knows about itself.\n' },
            { name: 'about.json', text: '{ "version": "0.1.0" }\n' },
          ],
        })),
      saveBundle: () => answer('Data.SaveBundle', () => ({ path: '~/Downloads/support.zip' })),
      forget: ({ type, id }) =>
        answer('Data.Forget', () => {
          const at = all.findIndex((one) => one.id === id);
          if (at >= 0) all.splice(at, 1);
          byId.delete(id);
          change(`list:${type}`, `record:${id}`, 'outbox');
        }),
    },
    news: fakeNews(answer, fake.news_, change),
    profiles: fakeProfiles(answer, fake.profiles_, () => fake.account_, change),
    types: fakeTypes(answer, fake.types_),
    app: {
      info: () =>
        answer('App.Info', () => ({
          version: '0.1.0',
          dataDir: '~/.local/share/satchel',
          logFile: '~/.local/state/satchel/satchel.log',
          platform: 'linux/amd64',
          window: false,
          disk: fake.disk_,
        })),
      settings: () => answer('App.Settings', () => settings),
      saveSettings: (next) => answer('App.SaveSettings', () => (settings = next)),
      open: () => answer('App.Open', () => undefined),
      copy: () => answer('App.Copy', () => undefined),
      report: () => answer('App.Report', () => undefined),
    },
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };

  return Object.assign(fake, backend, {
    change,
    goOnline: (online: boolean) => {
      fake.status = {
        ...fake.status,
        online,
        state: online ? ('idle' as const) : ('offline' as const),
      };
      change('sync');
    },
    fail: (method: string, with_: Fault) => void failing.set(method, with_),
  });
}
