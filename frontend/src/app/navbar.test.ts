import { render, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { fakeBackend, type Fake } from '../backend/fake';
import { Session, sessionContext } from '../state/session.svelte';
import NavBar from './NavBar.svelte';

async function bar(set: (fake: Fake) => void = () => undefined) {
  const fake = fakeBackend({ contacts: 30 });
  set(fake);
  const session = new Session(fake);
  await session.start();
  render(NavBar, { context: sessionContext(session) });
  return { fake, session };
}

const archiveTickets = (fake: Fake) =>
  fake.records_.filter((one) => one.type === 'tickets').forEach((one) => (one.archived = true));
const tickets = () => screen.queryByRole('button', { name: /^Tickets/ });

describe('the navigation', () => {
  it('counts tickets below deals', async () => {
    const { session } = await bar();
    expect(tickets()).toHaveTextContent('5');
    expect(tickets()?.previousElementSibling).toHaveTextContent('Deals');
    tickets()?.click();
    expect(session.nav.place.screen).toBe('tickets');
  });

  it('leaves tickets out when this sign-in may not read them and none are here', async () => {
    const { fake } = await bar(archiveTickets);
    expect(tickets()).toBeNull(); // HubSpot has refused
    fake.status = { ...fake.status, progress: [] };
    fake.change('sync');
    await waitFor(() => expect(tickets()).toHaveTextContent('0')); // the scope was given
    fake.account_ = { ...fake.account_, scopes: ['crm.objects.contacts.read'] };
    fake.change('account');
    await waitFor(() => expect(tickets()).toBeNull());
    fake.account_ = { ...fake.account_, scopes: [] }; // a token, which names none
    fake.change('account');
    await waitFor(() => expect(tickets()).not.toBeNull());
  });
});
