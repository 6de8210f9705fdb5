// The facades as Wails binds them in the window. The generated files under
// wailsjs/ only forward to these two globals, so the port is laid on the
// globals themselves and the generated types are held against it in a test.

import type { Change } from '../model/wire';
import { faultFrom } from './fault';
import { portOf, type Backend, type Listener } from './port';

type Facade = Record<string, ((...args: unknown[]) => Promise<unknown>) | undefined>;

interface WailsWindow {
  go?: { desktop?: Record<string, Facade | undefined> };
  runtime?: {
    EventsOn(name: string, callback: (...data: unknown[]) => void): () => void;
  };
}

function wails(): WailsWindow {
  return window as unknown as WailsWindow;
}

/** Whether the page runs in the window of the app. */
export function inWindow(): boolean {
  return wails().go?.desktop !== undefined;
}

async function call<T>(method: string, ...args: unknown[]): Promise<T> {
  const [facade = '', name = ''] = method.split('.');
  const bound = wails().go?.desktop?.[facade]?.[name];
  if (bound === undefined) throw faultFrom(`no method ${method}`);
  try {
    return (await bound(...args)) as T;
  } catch (cause) {
    throw faultFrom(cause);
  }
}

function listen(listener: Listener): () => void {
  const off = wails().runtime?.EventsOn('changed', (change) => {
    listener.changed(change as Change);
  });
  return () => off?.();
}

export function wailsBackend(): Backend {
  return portOf(call, listen);
}
