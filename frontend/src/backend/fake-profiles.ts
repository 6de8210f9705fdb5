// The fake's profiles: one without a name, and those that are added.

import type { Account, Profile, ProfileColour, Profiles } from '../model/wire';
import { Fault } from '../model/wire';
import type { ProfilesPort } from './port';

export const profileColours: ProfileColour[] = [
  'blue',
  'orange',
  'green',
  'purple',
  'teal',
  'red',
  'olive',
  'slate',
];

/** What a test sets: the list itself, and whether there are windows. */
export interface FakeProfiles {
  items: Profile[];
  canOpen: boolean;
}

export function firstProfiles(): FakeProfiles {
  const main: Profile = {
    name: '',
    dir: '~/.local/share/satchel',
    colour: 'blue',
    portalId: '',
    portalName: '',
    kind: '',
    running: true,
    unsent: 0,
  };
  return { items: [main], canOpen: true };
}

export function fakeProfiles(
  answer: <T>(method: string, make: () => T) => Promise<T>,
  all: FakeProfiles,
  account: () => Account,
  change: (...topics: string[]) => void,
): ProfilesPort {
  function list(): Profiles {
    const { portalId, portalName, kind } = account();
    const items = all.items.map((one, i) =>
      i === 0 ? { ...one, portalId, portalName, kind } : one,
    );
    const [here] = items as [Profile];
    return { items, here, marked: items.length > 1, canOpen: all.canOpen, colours: profileColours };
  }
  return {
    list: () => answer('Profiles.List', list),
    add: ({ name, colour }) =>
      answer('Profiles.Add', () => {
        if (!/^[A-Za-z0-9_-]+$/.test(name)) {
          const text = "A profile's name has only the letters A to Z, digits, - and _.";
          throw new Fault({ code: 'invalid', message: text, fields: { name: text } });
        }
        const free = profileColours.find((one) => all.items.every((p) => p.colour !== one));
        all.items.push({
          name,
          dir: `~/.local/share/satchel/profiles/${name}`,
          colour: colour === '' ? (free ?? 'blue') : colour,
          portalId: '',
          portalName: '',
          kind: '',
          running: false,
          unsent: 0,
        });
        change('profiles');
        return list();
      }),
    setColour: ({ name, colour }) =>
      answer('Profiles.SetColour', () => {
        const found = all.items.find((one) => one.name === name);
        if (found !== undefined && colour !== '') found.colour = colour;
        change('profiles');
        return list();
      }),
    open: () => answer('Profiles.Open', () => undefined),
  };
}
