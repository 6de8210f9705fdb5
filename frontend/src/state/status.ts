// The words of the status bar (frontend design, "Vocabulary of sync"): the same
// everywhere, and never "in HubSpot" for what is only saved here.

import type { SyncStatus } from '../model/wire';
import { m } from '../paraglide/messages.js';

export type StatusTone = 'check' | 'dot' | 'offline' | 'clock' | 'lock' | 'swap' | 'pause' | 'warn';

export interface StatusLine {
  readonly tone: StatusTone;
  readonly text: string;
  /** What to press, when the rep is asked for something. */
  readonly ask: { readonly text: string; readonly to: 'outbox' | 'signin' } | null;
}

function plain(tone: StatusTone, text: string): StatusLine {
  return { tone, text, ask: null };
}

/** One line for the state; what asks something of the rep comes first. */
export function statusLine(sync: SyncStatus, clock: (at: number) => string): StatusLine {
  const { waiting } = sync;
  if (sync.state === 'signin') {
    const ask = { text: m.status_reconnect(), to: 'signin' } as const;
    return { tone: 'lock', text: m.status_signin(), ask };
  }
  const review = { text: m.status_review(), to: 'outbox' } as const;
  if (sync.conflicts > 0) {
    return { tone: 'swap', text: m.status_conflicts({ count: sync.conflicts }), ask: review };
  }
  if (sync.needs > 0) {
    return { tone: 'warn', text: m.status_needs({ count: sync.needs }), ask: review };
  }
  switch (sync.state) {
    case 'offline':
      return plain(
        'offline',
        waiting > 0 ? m.status_offline_waiting({ count: waiting }) : m.status_offline(),
      );
    case 'waiting':
      return plain(
        'clock',
        sync.nextTry > 0 ? m.status_slow({ time: clock(sync.nextTry) }) : m.status_slow_soon(),
      );
    case 'paused':
      return plain(
        'pause',
        waiting > 0 ? m.status_paused_waiting({ count: waiting }) : m.status_paused(),
      );
    case 'disconnected':
      return plain('offline', m.status_disconnected());
    case 'pulling':
      if (waiting > 0) return plain('dot', m.status_saved({ count: waiting }));
      return plain('clock', sync.firstPull ? m.status_first_pull() : m.status_pulling());
    case 'sending':
    case 'idle':
      if (waiting > 0) {
        return plain(
          'dot',
          sync.state === 'sending'
            ? m.status_sending({ count: waiting })
            : m.status_saved({ count: waiting }),
        );
      }
      return plain(
        'check',
        sync.lastSync > 0 ? m.status_fresh({ time: clock(sync.lastSync) }) : m.status_pulling(),
      );
  }
}
