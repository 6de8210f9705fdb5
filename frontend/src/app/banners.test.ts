import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { fakeBackend } from '../backend/fake';
import type { Info } from '../model/wire';
import { Session, sessionContext } from '../state/session.svelte';
import Banners from './Banners.svelte';

const hint = /disk is not encrypted/;

async function open(disk: Info['disk']) {
  const fake = fakeBackend({ connected: true, contacts: 5 });
  fake.disk_ = disk;
  const session = new Session(fake);
  await session.start();
  const view = render(Banners, { context: sessionContext(session) });
  return { fake, session, view };
}

describe('the hint about the disk', () => {
  it('is shown once, and never again when it was put away', async () => {
    const { fake, view } = await open('plain');
    expect(screen.getByText(hint)).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Dismiss' }));
    await vi.waitFor(() => expect(screen.queryByText(hint)).toBeNull());
    expect((await fake.app.settings()).diskSeen).toBe(true);
    view.unmount();
    const again = new Session(fake);
    await again.start();
    render(Banners, { context: sessionContext(again) });
    expect(screen.queryByText(hint)).toBeNull();
  });

  it.each<Info['disk']>(['encrypted', 'unknown'])('is silent when the disk is %s', async (disk) => {
    await open(disk);
    expect(screen.queryByText(hint)).toBeNull();
  });

  it('waits behind what needs the rep', async () => {
    const { fake } = await open('plain');
    fake.goOnline(false);
    await screen.findByText(/offline/i);
    expect(screen.queryByText(hint)).toBeNull();
  });
});

describe('the hint after coming back', () => {
  async function back(away: number) {
    const fake = fakeBackend({ connected: true, contacts: 5 });
    Object.assign(fake.news_, { away, back: 1000, since: 500 });
    const session = new Session(fake);
    await session.start();
    render(Banners, { context: sessionContext(session) });
    return { fake, session };
  }

  it('leads to what changed, and is told once for each absence', async () => {
    const { fake, session } = await back(12);
    expect(screen.getByText('12 changes on your records while you were away')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Show' }));
    expect(session.nav.place.screen).toBe('today');
    await vi.waitFor(() => expect(screen.queryByText(/while you were away/)).toBeNull());
    session.nav.go('deals');
    expect(screen.queryByText(/while you were away/)).toBeNull();
    Object.assign(fake.news_, { away: 1, back: 2000 });
    fake.change('news');
    expect(await screen.findByText('1 change on your records while you were away')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Dismiss' }));
    await vi.waitFor(() => expect(screen.queryByText(/while you were away/)).toBeNull());
  });

  it('is silent when nothing changed', async () => {
    await back(0);
    expect(screen.queryByText(/while you were away/)).toBeNull();
  });
});
