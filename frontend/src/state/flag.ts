// How a window is told from one of another portal.

import type { Account, Profile, ProfileColour, Profiles } from '../model/wire';
import { m } from '../paraglide/messages.js';

/** What a window shows of where it is. */
export interface Flag {
  /** null for the portal inside the program, when it is the only one. */
  readonly colour: ProfileColour | null;
  /** The profile; "" when there is only one. */
  readonly profile: string;
  readonly sample: boolean;
}

/** What a profile is called. */
export function labelOf(profile: Profile): string {
  return profile.name === '' ? m.profiles_main() : profile.name;
}

export function flagOf(profiles: Profiles | undefined, account: Account | undefined): Flag | null {
  const sample = account?.kind === 'sample';
  if (profiles !== undefined && (profiles.marked || profiles.here.name !== '')) {
    return { colour: profiles.here.colour, profile: labelOf(profiles.here), sample };
  }
  return sample ? { colour: null, profile: '', sample } : null;
}

/** What stands in the title of the page; the window's own is made alike, in Go. */
export function titleOf(flag: Flag | null, portal: string): string {
  const parts = flag === null ? [] : [portal, flag.profile];
  return [...parts, m.app_name()].filter((part) => part !== '').join(' – ');
}
