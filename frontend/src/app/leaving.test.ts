import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { fakeBackend } from '../backend/fake';
import { Session, sessionContext } from '../state/session.svelte';
import Banners from './Banners.svelte';
import Leaving from './Leaving.svelte';

const user = userEvent.setup();

async function open(part: typeof Leaving | typeof Banners, before?: (fake: Fake) => void) {
  const fake = fakeBackend({ connected: true, contacts: 10 });
  before?.(fake);
  const session = new Session(fake);
  await session.start();
  render(part, { context: sessionContext(session) });
  return { fake, session };
}
type Fake = ReturnType<typeof fakeBackend>;

function ending(fake: Fake): void {
  fake.status = { ...fake.status, waiting: 4, leaving: Date.now() + 8000 };
}

describe('the end of the program', () => {
  it('shows what is sent before it, and can be hastened', async () => {
    const { fake } = await open(Leaving, ending);
    expect(await screen.findByText(/^4 changes are on their way to HubSpot/)).toBeVisible();
    fake.status = { ...fake.status, waiting: 1 };
    fake.change('sync');
    expect(await screen.findByText(/^1 change is on its way/)).toBeVisible();
    expect(screen.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '75');
    expect(screen.queryByRole('button', { name: 'Keep Satchel open' })).toBeNull();
    await user.click(screen.getByRole('button', { name: 'Quit now' }));
    await vi.waitFor(() => expect(fake.calls).toContain('Sync.Leave'));
  });
});

describe('what was found in the local data', () => {
  it('is told until it was dismissed', async () => {
    const text = 'The local data was damaged and has been repaired.';
    const { fake } = await open(Banners, (fake) => fake.notices.push({ id: 'healed', text }));
    expect(await screen.findByText(text)).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Dismiss' }));
    await vi.waitFor(() => expect(screen.queryByText(text)).toBeNull());
    expect(fake.calls).toContain('Data.DismissNotice');
  });
});
