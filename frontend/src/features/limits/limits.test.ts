import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { describe, expect, it, vi } from 'vitest';
import { fakeBackend } from '../../backend/fake';
import { Fault } from '../../model/wire';
import { Session, sessionContext } from '../../state/session.svelte';
import Limits from './Limits.svelte';

type Fake = ReturnType<typeof fakeBackend>;

async function open(before?: (fake: Fake) => void, connected = true) {
  const fake = fakeBackend({ connected, contacts: 5 });
  before?.(fake);
  const session = new Session(fake);
  await session.start();
  const onsettings = vi.fn();
  const view = render(Limits, { props: { onsettings }, context: sessionContext(session) });
  return { fake, onsettings, view };
}

describe('the limits', () => {
  it('say how full they are and who calls, and lead to the settings', async () => {
    const { onsettings, view } = await open();
    expect(await screen.findByText(/^42 of 110 in 10/)).toBeVisible();
    expect(screen.getByText(/about 7 by other programs/)).toBeVisible();
    expect(screen.getByText(/1 left to other programs/)).toBeVisible();
    const pull = screen.getByRole('row', { name: /First pull/ });
    expect(
      within(pull)
        .getAllByRole('cell')
        .map((one) => one.textContent),
    ).toEqual(['86', '0', '860']);
    expect(screen.queryByText('Calls in a day')).toBeNull();
    expect((await axe.run(view.container)).violations).toEqual([]);
    await userEvent.click(screen.getByRole('button', { name: 'Leave more to other programs' }));
    expect(onsettings).toHaveBeenCalled();
  });

  it('follow what happens, and say why something waits', async () => {
    const { fake } = await open();
    await screen.findByText(/^42 of 110/);
    const at = fake.budget_.at;
    fake.budget_ = {
      ...fake.budget_,
      buckets: fake.budget_.buckets.map((one) => ({
        ...one,
        pausedUntil: one.name === 'burst' ? at + 3_600_000 : 0,
        why: 'DAILY',
        refused: one.name === 'burst' ? 1 : 0,
      })),
      day: { ...fake.budget_.day, limit: 1000, left: 40, ends: at + 3_600_000, slow: true },
    };
    fake.change('sync');
    expect(
      await screen.findByText(/daily limit is used up/, undefined, { timeout: 3000 }),
    ).toBeVisible();
    expect(screen.getByText(/1 refused/)).toBeVisible();
    expect(screen.getByText(/^40 of 1,000 left until/)).toBeVisible();
    expect(screen.getByText(/Pulling is slowed down/)).toBeVisible();
    expect(screen.getByRole('progressbar', { name: 'Calls in a day' })).toHaveAttribute(
      'aria-valuenow',
      '96',
    );
  });

  it('have nothing to say without an account, and say it when they cannot be read', async () => {
    const { view } = await open(undefined, false);
    expect(await screen.findByText('No HubSpot account is connected.')).toBeVisible();
    view.unmount();
    await open((fake) =>
      fake.fail('Sync.Budget', new Fault({ code: 'storage', message: 'The disk.', fields: {} })),
    );
    expect(await screen.findByRole('alert')).toHaveTextContent('The disk.');
  });
});
