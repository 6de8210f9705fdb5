import type { Outcome } from '../../model/wire';
import { m } from '../../paraglide/messages.js';
import type { Connect, Phase } from './connect.svelte';

export interface Ending {
  readonly title: string;
  readonly text: string;
  /** The scopes that are missing. */
  readonly scopes: readonly string[];
  /** What the one button says, and where it leads. */
  readonly act: string;
  readonly then: 'again' | 'app' | 'keep';
  /** Somebody else has to be asked. */
  readonly ask: boolean;
  /** Another portal can have a profile of its own. */
  readonly apart: boolean;
}

/** What an ended sign-in says; null while there is none. */
export function ending(connect: Connect): Ending | null {
  const outcome = connect.flow?.outcome ?? '';
  const title = titleOf(outcome === '' ? plain(connect.phase) : outcome);
  if (title === '' || connect.phase === 'starting' || connect.phase === 'form') return null;
  return {
    title,
    text: connect.problem === '' ? textOf(connect.phase) : connect.problem,
    scopes: connect.flow?.scopes ?? [],
    act: actOf(outcome),
    then: outcome === 'wrong_app' ? 'app' : outcome === 'not_kept' ? 'keep' : 'again',
    ask: outcome === 'not_permitted' || outcome === 'blocked',
    apart: outcome === 'wrong_portal',
  };
}

/** The outcome of an end that has no flow: the sign-in did not even begin. */
function plain(phase: Phase): Outcome {
  switch (phase) {
    case 'denied':
      return 'user_denied';
    case 'expired':
      return 'expired';
    case 'canceled':
      return 'canceled';
    case 'failed':
      return 'failed';
    case 'idle':
    case 'starting':
    case 'form':
    case 'token':
    case 'keep':
    case 'waiting':
    case 'finishing':
    case 'connected':
      return '';
  }
}

function titleOf(outcome: Outcome): string {
  switch (outcome) {
    case 'user_denied':
      return m.onboarding_denied();
    case 'expired':
      return m.onboarding_expired();
    case 'canceled':
      return m.onboarding_canceled();
    case 'wrong_portal':
      return m.onboarding_wrong_portal();
    case 'missing_scopes':
      return m.onboarding_missing_scopes();
    case 'not_permitted':
      return m.onboarding_not_permitted();
    case 'blocked':
      return m.onboarding_blocked();
    case 'wrong_app':
      return m.onboarding_wrong_app();
    case 'hubspot_down':
      return m.onboarding_hubspot_down();
    case 'offline':
      return m.onboarding_offline_title();
    case 'not_kept':
      return m.keep_title_unavailable();
    case 'failed':
      return m.onboarding_failed();
    case '':
    case 'connected':
      return '';
  }
}

function textOf(phase: Phase): string {
  if (phase === 'denied') return m.onboarding_denied_text();
  return phase === 'expired' ? m.onboarding_expired_text() : '';
}

function actOf(outcome: Outcome): string {
  if (outcome === 'missing_scopes') return m.onboarding_consent();
  return outcome === 'wrong_app' ? m.onboarding_app_again() : m.onboarding_again();
}
