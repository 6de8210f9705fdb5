import { describe, expect, it } from 'vitest';
import { account } from '../backend/fake-state';
import { firstProfiles, profileColours } from '../backend/fake-profiles';
import type { Profile, Profiles } from '../model/wire';
import { flagOf, titleOf } from './flag';

function profiles(here: Partial<Profile>, marked: boolean): Profiles {
  const { items } = firstProfiles();
  const [main] = items as [Profile];
  return { items, here: { ...main, ...here }, marked, canOpen: true, colours: profileColours };
}

describe('the flag of a window', () => {
  const own = account(true);
  it('is not shown where there is one portal only', () => {
    expect(flagOf(profiles({}, false), own)).toBeNull();
    expect(flagOf(undefined, own)).toBeNull();
    expect(titleOf(null, 'acme.com')).toBe('Satchel');
  });
  it('is shown for a profile with a name, and for all where there are several', () => {
    const named = flagOf(profiles({ name: 'acme', colour: 'red' }, true), own);
    expect(named).toEqual({ colour: 'red', profile: 'acme', sample: false });
    expect(titleOf(named, 'acme.com')).toBe('acme.com – acme – Satchel');
    expect(titleOf(named, '')).toBe('acme – Satchel');
    expect(flagOf(profiles({}, true), own)?.profile).toBe('Main');
  });
  it('marks the portal inside the program', () => {
    const sample = flagOf(profiles({}, false), { ...own, kind: 'sample' });
    expect(sample).toEqual({ colour: null, profile: '', sample: true });
    expect(titleOf(sample, 'Sample portal')).toBe('Sample portal – Satchel');
  });
});
