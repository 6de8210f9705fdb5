// The same facades over loopback HTTP and SSE, as `satchel serve` offers them.
// The sign-in to the server is a cookie that the browser already holds.

import type { Change } from '../model/wire';
import { copyRefused, faultFrom, unreachable } from './fault';
import { portOf, type Backend, type Listener } from './port';

async function call<T>(method: string, ...args: unknown[]): Promise<T> {
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(`/rpc/${method}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(args),
      cache: 'no-store',
    });
    text = await answer.text();
  } catch {
    throw unreachable();
  }
  if (!answer.ok) throw faultFrom(text);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

function listen(listener: Listener): () => void {
  const stream = new EventSource('/events');
  stream.addEventListener('open', () => listener.reset());
  stream.addEventListener('changed', (event: MessageEvent<string>) => {
    listener.changed(JSON.parse(event.data) as Change);
  });
  return () => stream.close();
}

/** The page's own clipboard: the program behind it may have none. */
async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    throw copyRefused();
  }
}

export function httpBackend(): Backend {
  const backend = portOf(call, listen);
  return { ...backend, app: { ...backend.app, copy } };
}
