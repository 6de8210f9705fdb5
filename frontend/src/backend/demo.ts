// The fake as `npm run dev` shows it. The address chooses the scene:
// ?scene=welcome|waiting|denied|owner|firstpull|offline|signin and ?contacts=N.

import { fakeBackend } from './fake';
import type { Backend } from './port';

export function demoBackend(wanted: URLSearchParams): Backend {
  const scene = wanted.get('scene') ?? '';
  const alone = ['welcome', 'waiting', 'denied', 'form'].includes(scene);
  const fake = fakeBackend({
    connected: !alone,
    contacts: Number(wanted.get('contacts') ?? '480'),
  });
  if (scene === 'form') fake.account_.hasApp = false;
  if (scene === 'owner') {
    Object.assign(fake.account_, { kind: 'token', needsOwner: true, ownerId: '', ownerName: '' });
  }
  if (scene === 'firstpull') {
    void fake.app.saveSettings({
      theme: 'system',
      density: 'regular',
      singleKeys: true,
      started: false,
      diskSeen: false,
    });
    fake.status = { ...fake.status, state: 'pulling', firstPull: true, usable: true };
  }
  if (scene === 'offline') {
    fake.status = { ...fake.status, online: false, state: 'offline', waiting: 3 };
  }
  if (scene === 'signin') {
    fake.account_.needsSignIn = true;
    fake.status = { ...fake.status, state: 'signin', waiting: 4 };
  }
  Object.assign(globalThis, { fake });
  return fake;
}
