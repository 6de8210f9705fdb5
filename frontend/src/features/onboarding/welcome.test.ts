import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { describe, expect, it } from 'vitest';
import { fakeBackend, type Fake } from '../../backend/fake';
import { Fault, type FlowPhase } from '../../model/wire';
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
