// What the app's own keys do, wherever the rep is.

import type { Screen } from '../state/nav.svelte';
import type { Session } from '../state/session.svelte';
import { m } from '../paraglide/messages.js';

function createType(screen: Screen): string {
  switch (screen) {
    case 'companies':
      return 'companies';
    case 'deals':
    case 'pipeline':
      return 'deals';
    case 'tickets':
      return 'tickets';
    case 'today':
    case 'contacts':
    case 'outbox':
    case 'settings':
      return 'contacts';
  }
}

/** Focuses the next region of the window that is there. */
function nextRegion(): void {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')];
  const at = regions.findIndex((one) => one.contains(document.activeElement));
  for (let i = 1; i <= regions.length; i++) {
    const region = regions[(at + i) % regions.length];
    const target = region?.querySelector<HTMLElement>(
      '[role="grid"], button:not(:disabled), input, a[href], [tabindex="0"]',
    );
    if (target !== null && target !== undefined) {
      target.focus();
      return;
    }
  }
}

function stepBack(session: Session): void {
  const { nav } = session;
  const active = document.activeElement;
  if (nav.place.wide) nav.widen(false);
  else if (nav.place.record !== null) nav.close();
  else if (active instanceof HTMLElement) active.blur();
}

/** Gives the app's commands their meaning; returns the way out. */
export function bindKeys(session: Session): () => void {
  const { nav } = session;
  let lastRecord = nav.place.record;
  return session.keymap.on({
    'app.palette': () => nav.show({ kind: 'palette' }),
    'app.undo': () => void session.act.undo(),
    'app.create': () => {
      nav.show({ kind: 'create', type: createType(nav.place.screen), values: {}, links: [] });
    },
    'app.back': () => nav.back(),
    'app.forward': () => nav.forward(),
    'app.panel': () => {
      const { record } = nav.place;
      if (record !== null) {
        lastRecord = record;
        nav.close();
      } else if (lastRecord !== null) nav.open(lastRecord.type, lastRecord.id);
    },
    'app.sync': () =>
      void session.attempt(async () => {
        await session.backend.sync.now();
        session.toasts.show({ text: m.status_pulling(), tone: 'note', action: null });
      }),
    'app.shortcuts': () => nav.show({ kind: 'shortcuts' }),
    'app.settings': () => nav.go('settings'),
    'app.close': () => stepBack(session),
    'app.region': nextRegion,
    'go.today': () => nav.go('today'),
    'go.contacts': () => nav.go('contacts'),
    'go.companies': () => nav.go('companies'),
    'go.deals': () => nav.go('deals'),
    'go.pipeline': () => nav.go('pipeline'),
    'go.outbox': () => nav.go('outbox'),
  });
}
