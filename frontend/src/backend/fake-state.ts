// Where the fake starts: its account and the state of its sync.

import type {
  Account,
  Budget,
  BudgetBucket,
  ConnectFlow,
  SyncStatus,
  TypeProgress,
} from '../model/wire';

/** A sign-in that waits for the browser. */
export function waitingFlow(now: number): ConnectFlow {
  return {
    id: 'flow-1',
    url: 'https://app.hubspot.com/oauth/authorize?client_id=demo&state=7f3a',
    phase: 'waiting',
    outcome: '',
    message: '',
    scopes: [],
    mustPaste: false,
    admin: 'Hello, could you let me use Satchel?',
    expiresAt: now + 300_000,
  };
}

export function account(connected: boolean): Account {
  return {
    connected,
    kind: connected ? 'oauth' : '',
    portalId: connected ? '4807' : '',
    portalName: connected ? 'Halden & Voss' : '',
    uiDomain: 'app.hubspot.com',
    currency: 'EUR',
    timeZone: 'Europe/Oslo',
    userEmail: connected ? 'mads@halden-voss.example' : '',
    ownerId: connected ? '502' : '',
    ownerName: connected ? 'Mads Holm' : '',
    needsOwner: false,
    needsSignIn: false,
    keptIn: connected ? 'keychain' : '',
    keepIn: 'keychain',
    keepState: '',
    keepProblem: '',
    hasFile: false,
    scopes: connected
      ? ['oauth', 'crm.objects.contacts.read', 'crm.objects.contacts.write', 'tickets']
      : [],
    missing: [],
    hasApp: true,
    clientId: 'demo',
    sample: true,
    baseUrl: '',
  };
}

function progress(type: string, here: number, total: number, perSec: number): TypeProgress {
  const leftMs = perSec > 0 ? Math.round(((total - here) / perSec) * 1000) : 0;
  return { type, here, total, perSec, leftMs, done: here === total, barred: false, message: '' };
}

export function syncStatus(now: number, connected: boolean): SyncStatus {
  return {
    state: connected ? 'idle' : 'disconnected',
    online: true,
    paused: false,
    waiting: 0,
    conflicts: 0,
    needs: 0,
    lastSync: connected ? now - 60_000 : 0,
    nextTry: 0,
    message: '',
    leaving: 0,
    firstPull: false,
    usable: connected,
    progress: [
      progress('contacts', 12480, 12480, 0),
      progress('companies', 2316, 2316, 0),
      progress('deals', 3612, 4190, 190),
      { ...progress('tickets', 0, -1, 0), barred: true, message: 'HubSpot does not let Satchel.' },
      progress('line_items', 2210, 8300, 60),
      progress('products', 140, 140, 0),
      progress('notes', 20100, 61000, 120),
      progress('calls', 9000, 24000, 80),
      progress('emails', 8696, 30300, 90),
      progress('meetings', 2000, 2000, 0),
      progress('tasks', 3000, 6500, 50),
    ],
    calls: 1204,
    callsLimit: 110,
    callsSpan: 10_000,
  };
}

const lanes = ['interactive', 'flush', 'delta', 'backfill', 'sweep'];

function bucket(name: string, limit: number, spanMs: number, calls: number[]): BudgetBucket {
  return {
    name,
    limit,
    spanMs,
    used: 0,
    others: 0,
    reserve: 0,
    calls: calls.reduce((sum, n) => sum + n, 0),
    refused: 0,
    waiting: 0,
    pausedUntil: 0,
    why: '',
    lanes: lanes.map((lane, i) => ({
      name: lane,
      calls: calls[i] ?? 0,
      refused: 0,
      waiting: 0,
      lastMinute: Math.round((calls[i] ?? 0) / 10),
    })),
  };
}

export function budget(now: number, connected: boolean): Budget {
  return {
    known: connected,
    at: now,
    buckets: connected
      ? [
          { ...bucket('burst', 110, 10_000, [120, 40, 60, 540, 30]), used: 42, others: 7 },
          { ...bucket('search', 5, 1000, [4, 0, 80, 300, 0]), reserve: 1, used: 1 },
          bucket('associations', 100, 10_000, [0, 0, 10, 20, 0]),
          bucket('oauth', 20, 10_000, [1, 0, 0, 0, 0]),
        ]
      : [],
    day: {
      limit: 0,
      left: 0,
      ours: 0,
      others: 0,
      reserve: 0,
      edits: 0,
      ends: 0,
      slow: false,
      next: 0,
    },
    reserve: { burst: 0, search: 0, daily: 20 },
    fixed: [],
  };
}
