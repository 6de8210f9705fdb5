// Where the fake starts: its account and the state of its sync.

import type { Account, ConnectFlow, SyncStatus } from '../model/wire';

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
    scopes: connected ? ['oauth', 'crm.objects.contacts.read', 'crm.objects.contacts.write'] : [],
    missing: [],
    hasApp: true,
    clientId: 'demo',
    sample: true,
    baseUrl: '',
  };
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
      {
        type: 'contacts',
        here: 12480,
        total: 12480,
        perSec: 0,
        leftMs: 0,
        done: true,
        message: '',
      },
      { type: 'companies', here: 2316, total: 2316, perSec: 0, leftMs: 0, done: true, message: '' },
      {
        type: 'deals',
        here: 3612,
        total: 4190,
        perSec: 190,
        leftMs: 3000,
        done: false,
        message: '',
      },
    ],
    calls: 1204,
    callsLimit: 110,
    callsSpan: 10_000,
  };
}
