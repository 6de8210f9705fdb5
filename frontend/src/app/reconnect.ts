import { m } from '../paraglide/messages.js';
import type { Session } from '../state/session.svelte';

/** Signs in again with what is known of the account; the local copy stays. */
export async function reconnect(session: Session): Promise<void> {
  await session.attempt(async () => {
    const flow = await session.backend.account.connect({ clientId: '', clientSecret: '' });
    session.toasts.show({
      text: m.onboarding_waiting(),
      tone: 'note',
      action: {
        label: m.onboarding_copy_link(),
        run: () => void session.attempt(() => session.backend.app.copy(flow.url)),
      },
    });
  });
}
