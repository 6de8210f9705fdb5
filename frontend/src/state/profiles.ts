// What making and opening a profile for another portal takes.

import type { ProfileRequest } from '../model/wire';
import { m } from '../paraglide/messages.js';
import { asFault, faultText } from './fault';
import type { Session } from './session.svelte';

/** Makes a profile and opens it, or says how to; resolves with what is wrong. */
export async function makeProfile(session: Session, request: ProfileRequest): Promise<string> {
  try {
    session.profiles.set(await session.backend.profiles.add(request));
  } catch (cause) {
    return faultText(asFault(cause));
  }
  await openProfile(session, request.name);
  return '';
}

/** Opens a profile in a window of its own; where there are none, says how it is opened. */
export async function openProfile(session: Session, name: string): Promise<void> {
  if (session.profiles.value?.canOpen !== true) {
    const text = m.profiles_how({ command: commandOf(name) });
    session.toasts.show({ text, tone: 'note', action: null });
    return;
  }
  await session.attempt(() => session.backend.profiles.open(name));
}

/** The command that opens a profile in a browser. */
export function commandOf(name: string): string {
  return `satchel serve --profile ${name === '' ? 'Main' : name}`;
}
