import type { Session } from '../state/session.svelte';

/** Shows the sign-in page, which begins by itself; the local copy stays. */
export function reconnect(session: Session): void {
  session.signingIn = true;
}
