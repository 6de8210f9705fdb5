import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { describe, expect, it, vi } from 'vitest';
import { fakeBackend, type Fake } from '../../backend/fake';
import { Fault, type FlowPhase, type Outcome } from '../../model/wire';
import { Session, sessionContext } from '../../state/session.svelte';
import Onboarding from './Onboarding.svelte';

const user = userEvent.setup();

async function welcome(set: (fake: Fake) => void = () => undefined) {
  const fake = fakeBackend({ connected: false, contacts: 20 });
  set(fake);
  const session = new Session(fake);
  await session.start();
  render(Onboarding, { props: { face: 'welcome' }, context: sessionContext(session) });
  return { fake, session };
}

function say(fake: Fake, phase: FlowPhase, message = ''): void {
  fake.flow_ = { ...fake.flow_, phase, message };
  fake.change('account');
}

const connect = () => screen.getByRole('button', { name: /Connect HubSpot/ });

describe('the welcome page', () => {
  it('has one button that connects, and Enter presses it', async () => {
    const { fake } = await welcome();
    expect(connect()).toHaveFocus();
    await user.keyboard('{Enter}');
    expect(await screen.findByRole('heading', { name: 'Waiting for your browser' })).toBeVisible();
    expect(fake.calls).toContain('Account.Connect');
  });

  it('offers another portal a profile of its own', async () => {
    const { fake } = await welcome();
    await user.click(connect());
    await screen.findByRole('button', { name: 'Copy link' });
    fake.flow_ = { ...fake.flow_, phase: 'failed', outcome: 'wrong_portal', message: 'Nope.' };
    fake.change('account');
    await user.click(await screen.findByRole('button', { name: /profile of its own/ }));
    await user.type(await screen.findByLabelText('Name'), 'acme{Enter}');
    await vi.waitFor(() => expect(fake.calls).toContain('Profiles.Open'));
    expect(fake.profiles_.items.map((one) => one.name)).toEqual(['', 'acme']);
    expect(screen.getByRole('heading', { name: 'That is another portal' })).toBeVisible();
  });

  it('copies the link and cancels', async () => {
    const { fake } = await welcome();
    await user.click(connect());
    await user.click(await screen.findByRole('button', { name: 'Copy link' }));
    expect(fake.calls).toContain('App.Copy');
    await user.click(screen.getByRole('button', { name: /Cancel/ }));
    expect(connect()).toBeVisible();
    expect(fake.calls).toContain('Account.Cancel');
  });

  it.each<[FlowPhase, string, string]>([
    ['denied', '', 'Access was not given'],
    ['expired', '', 'The sign-in took too long'],
    ['failed', 'Port 47611 is taken by another program.', 'The sign-in did not work'],
  ])('says what %s means, and tries again', async (phase, message, title) => {
    const { fake } = await welcome();
    await user.click(connect());
    await screen.findByRole('button', { name: 'Copy link' });
    say(fake, phase, message);
    expect(await screen.findByRole('heading', { name: title })).toBeVisible();
    if (message !== '') expect(screen.getByText(message)).toBeVisible();
    await user.click(screen.getByRole('button', { name: /Try again/ }));
    expect(await screen.findByRole('heading', { name: 'Waiting for your browser' })).toBeVisible();
  });

  it.each<[Outcome, string, string]>([
    ['user_denied', 'Access was not given', 'Try again'],
    ['expired', 'The sign-in took too long', 'Try again'],
    ['wrong_portal', 'That is another portal', 'Try again'],
    ['missing_scopes', 'Permissions are missing', 'Allow it in HubSpot'],
    ['not_permitted', 'Your user may not connect apps', 'Copy a message for your admin'],
    ['blocked', 'HubSpot refuses your user', 'Copy a message for your admin'],
    ['wrong_app', 'HubSpot does not accept this app', 'Enter the app again'],
    ['hubspot_down', 'HubSpot has a problem', 'Try again'],
    ['offline', 'HubSpot cannot be reached', 'Try again'],
    ['not_kept', 'The keychain cannot be used', 'Try again'],
    ['failed', 'The sign-in did not work', 'Try again'],
  ])('R5 says in words of its own what %s means', async (outcome, title, act) => {
    const { fake } = await welcome();
    await user.click(connect());
    await screen.findByRole('button', { name: 'Copy link' });
    fake.flow_ = {
      ...fake.flow_,
      outcome,
      scopes: outcome === 'missing_scopes' ? ['crm.objects.deals.write'] : [],
    };
    say(fake, 'failed', 'What happened, and what to do.');
    expect(await screen.findByRole('heading', { name: title })).toBeVisible();
    expect(screen.getByText('What happened, and what to do.')).toBeVisible();
    expect(screen.getByRole('button', { name: new RegExp(act) })).toBeVisible();
    expect(screen.queryAllByText('crm.objects.deals.write')).toHaveLength(
      outcome === 'missing_scopes' ? 1 : 0,
    );
  });

  it('R4 asks for the address when no port is free, and goes on with it', async () => {
    const { fake, session } = await welcome();
    await user.click(connect());
    await screen.findByRole('button', { name: 'Copy link' });
    expect(screen.queryByLabelText(/Address of the page/)).toBeNull();
    fake.flow_ = { ...fake.flow_, mustPaste: true };
    say(fake, 'waiting', 'Other programs use all the ports.');
    expect(await screen.findByText('Other programs use all the ports.')).toBeVisible();
    await user.type(screen.getByLabelText(/Address of the page/), 'http://elsewhere{Enter}');
    expect(await screen.findByText('This is not the address of the page.')).toBeVisible();
    await user.clear(screen.getByLabelText(/Address of the page/));
    await user.type(screen.getByLabelText(/Address of the page/), 'http://l/?code=1{Enter}');
    await expect.poll(() => session.account.value?.connected).toBe(true);
  });

  it('R8 asks where the sign-in goes when the keychain cannot be used', async () => {
    const { fake } = await welcome((one) => {
      one.account_.keepState = 'unavailable';
      one.account_.keepProblem = 'It is locked.';
    });
    await user.click(connect());
    expect(
      await screen.findByRole('heading', { name: 'The keychain cannot be used' }),
    ).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('It is locked.');
    await user.click(screen.getByRole('radio', { name: /An encrypted file/ }));
    await user.click(screen.getByRole('button', { name: 'Keep it there' }));
    expect(screen.getByRole('alert')).toHaveTextContent('Enter a passphrase.');
    await user.click(screen.getByRole('radio', { name: /Only until I quit/ }));
    await user.click(screen.getByRole('button', { name: 'Keep it there' }));
    expect(await screen.findByRole('heading', { name: 'Waiting for your browser' })).toBeVisible();
    expect(fake.account_.keepIn).toBe('memory');
  });

  it('asks for the app first where this build has none', async () => {
    const { fake } = await welcome((one) => (one.account_.hasApp = false));
    await user.click(connect());
    await user.type(screen.getByLabelText(/Client ID/), 'abc');
    await user.click(connect());
    expect(screen.getByText('Required')).toBeVisible();
    expect(fake.calls).not.toContain('Account.Connect');
    await user.type(screen.getByLabelText(/Client secret/), 'shh{Enter}');
    expect(await screen.findByRole('heading', { name: 'Waiting for your browser' })).toBeVisible();
  });

  it('keeps a refused token on the page, with the reason', async () => {
    const { fake } = await welcome();
    await user.click(screen.getByRole('button', { name: 'Paste a token instead' }));
    await user.type(screen.getByLabelText(/Access token/), 'nonsense{Enter}');
    expect(await screen.findByText('HubSpot does not know this token.')).toBeVisible();
    expect(fake.account_.connected).toBe(false);
  });

  it('starts with sample data', async () => {
    const { session } = await welcome();
    await user.click(screen.getByRole('button', { name: 'Try with sample data' }));
    await expect.poll(() => session.account.value?.connected).toBe(true);
    expect(session.settings.value.started).toBe(false);
  });

  it('says why it could not even begin', async () => {
    const fault = new Fault({ code: 'offline', message: 'HubSpot cannot be reached.', fields: {} });
    await welcome((fake) => fake.fail('Account.Connect', fault));
    await user.click(connect());
    expect(await screen.findByText('HubSpot cannot be reached.')).toBeVisible();
  });

  it('has nothing that axe objects to', async () => {
    await welcome();
    const found = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } });
    expect(found.violations.map((one) => `${one.id}: ${one.nodes[0]?.html}`)).toEqual([]);
  });
});

describe('the first pull', () => {
  it('can be left with Enter as soon as the first page is here', async () => {
    const fake = fakeBackend({ contacts: 20 });
    fake.status = { ...fake.status, state: 'pulling', firstPull: true, usable: false };
    const session = new Session(fake);
    await session.start();
    render(Onboarding, { props: { face: 'firstpull' }, context: sessionContext(session) });
    const start = screen.getByRole('button', { name: /Start using Satchel/ });
    expect(start).toBeDisabled();
    expect(screen.getByText('3,612 of 4,190')).toBeVisible();
    fake.status = { ...fake.status, usable: true };
    fake.change('sync');
    await expect.poll(() => start.hasAttribute('disabled')).toBe(false);
    session.keymap.run('firstpull.start');
    await expect.poll(() => session.settings.value.started).toBe(true);
  });

  it('has a row for each kind of record, and a way to ask for what may not be read', async () => {
    const fake = fakeBackend({ contacts: 20 });
    fake.status = { ...fake.status, state: 'pulling', firstPull: true, usable: true };
    const session = new Session(fake);
    await session.start();
    render(Onboarding, { props: { face: 'firstpull' }, context: sessionContext(session) });
    const rows = [...document.querySelectorAll('[data-type]')].map((row) => row.textContent);
    expect(rows).toHaveLength(6);
    expect(rows[3]).toMatch(/Tickets\s*Not allowed by this sign-in\s*Ask for access/);
    expect(rows[4]).toMatch(/Activities\s*42,796 of 123,800/);
    expect(rows[5]).toMatch(/Line items and products\s*2,350 of 8,440/);
    expect(screen.getByText('of about 151,226 records')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Ask for access' }));
    expect(fake.calls).toContain('App.Copy');
    const found = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } });
    expect(found.violations.map((one) => `${one.id}: ${one.nodes[0]?.html}`)).toEqual([]);
  });

  it('asks whose token it is, once', async () => {
    const fake = fakeBackend({ contacts: 20 });
    Object.assign(fake.account_, { needsOwner: true, ownerId: '', ownerName: '' });
    const session = new Session(fake);
    await session.start();
    render(Onboarding, { props: { face: 'owner' }, context: sessionContext(session) });
    await user.keyboard('aoife{Enter}');
    await user.click(screen.getByRole('button', { name: /This is me/ }));
    await expect.poll(() => session.account.value?.ownerName).toBe('Aoife Ní Dhomhnaill');
  });
});
