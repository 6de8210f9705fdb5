import { describe, expect, it } from 'vitest';
import type { SyncState, SyncStatus } from '../model/wire';
import { statusLine } from './status';

const calm: SyncStatus = {
  state: 'idle',
  online: true,
  paused: false,
  waiting: 0,
  conflicts: 0,
  needs: 0,
  lastSync: 1,
  nextTry: 0,
  message: '',
  leaving: 0,
  firstPull: false,
  usable: true,
  progress: [],
  calls: 0,
  callsLimit: 0,
  callsSpan: 0,
};

function said(part: Partial<SyncStatus>): string {
  const line = statusLine({ ...calm, ...part }, () => '12:04');
  return line.ask === null ? line.text : `${line.text} · ${line.ask.text}`;
}

describe('the words of the status bar', () => {
  it.each<[Partial<SyncStatus>, string]>([
    [{}, 'Up to date · 12:04'],
    [{ state: 'sending', waiting: 3 }, '3 changes saved on this computer · sending…'],
    [{ state: 'sending', waiting: 1 }, '1 change saved on this computer · sending…'],
    [{ state: 'offline', waiting: 3 }, "Offline: 3 changes will be sent when you're back"],
    [{ state: 'offline' }, 'Offline'],
    [{ state: 'waiting', nextTry: 9 }, 'HubSpot asked us to slow down · next try 12:04'],
    [{ state: 'signin' }, 'Sign-in expired · Reconnect'],
    [{ conflicts: 1 }, '1 conflict · Review'],
    [{ conflicts: 2, state: 'offline' }, '2 conflicts · Review'],
    [{ needs: 1 }, '1 change needs you · Review'],
    [{ state: 'paused', waiting: 2 }, 'Sync is paused: 2 changes saved on this computer'],
    [{ state: 'idle', waiting: 2 }, '2 changes saved on this computer'],
  ])('%o', (part, words) => {
    expect(said(part)).toBe(words);
  });

  it('never calls it up to date while something waits', () => {
    const states: SyncState[] = ['idle', 'pulling', 'sending', 'offline', 'waiting', 'paused'];
    for (const state of states) expect(said({ state, waiting: 1 })).not.toContain('Up to date');
  });

  it('has a line for every state', () => {
    const states: SyncState[] = [
      'idle',
      'pulling',
      'sending',
      'offline',
      'waiting',
      'paused',
      'signin',
      'disconnected',
    ];
    for (const state of states) expect(said({ state })).not.toBe('');
  });
});
