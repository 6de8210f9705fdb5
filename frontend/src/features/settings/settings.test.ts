import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { describe, expect, it, vi } from 'vitest';
import { fakeBackend } from '../../backend/fake';
import { Fault } from '../../model/wire';
import { commands, type Command } from '../../state/commands';
import { Session, sessionContext } from '../../state/session.svelte';
import Settings from './Settings.svelte';
import Shortcuts from './Shortcuts.svelte';

const user = userEvent.setup();

async function open(part: typeof Settings | typeof Shortcuts) {
  const fake = fakeBackend({ connected: true, contacts: 10 });
  const session = new Session(fake);
  await session.start();
  const view = render(part, { context: sessionContext(session) });
  return { fake, session, view };
}

describe('the settings', () => {
  it('change the theme at once and save it', async () => {
    const { fake } = await open(Settings);
    await user.click(screen.getByRole('radio', { name: 'Dark' }));
    expect(document.documentElement.dataset.theme).toBe('dark');
    await vi.waitFor(() => expect(fake.calls).toContain('App.SaveSettings'));
  });

  it("choose which of the portal's own object types are kept", async () => {
    const { fake } = await open(Settings);
    await user.click(await screen.findByRole('switch', { name: 'Keep Vessels on this computer' }));
    await vi.waitFor(() => expect(fake.types_.types.map((t) => t.picked)).toEqual([true, true]));
    expect(screen.getByText('42 records here')).toBeVisible();

    await user.click(screen.getByRole('switch', { name: 'Keep Berths on this computer' }));
    expect(await screen.findByText(/42 records are removed from this computer/)).toBeVisible();
    expect(fake.types_.types[1]?.picked).toBe(true);
    await user.click(screen.getByRole('button', { name: 'Remove' }));
    await vi.waitFor(() => expect(fake.types_.types.map((t) => t.picked)).toEqual([true, false]));
  });

  it('say why the object types cannot be asked for, and ask again', async () => {
    const fake = fakeBackend({ connected: true, contacts: 10 });
    fake.fail(
      'Types.List',
      new Fault({ code: 'offline', message: 'HubSpot is not reached.', fields: {} }),
    );
    const session = new Session(fake);
    await session.start();
    render(Settings, { context: sessionContext(session) });
    expect(await screen.findByText('HubSpot is not reached.')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('Vessels')).toBeVisible();
  });

  it('switch single-letter keys off', async () => {
    const { session } = await open(Settings);
    await user.click(screen.getByRole('switch', { name: 'Single-letter keys' }));
    await vi.waitFor(() => expect(session.settings.value.singleKeys).toBe(false));
  });

  it('say where the sign-in is, what it may do and what is missing, and move it', async () => {
    const { fake, session } = await open(Settings);
    expect(screen.getByText("In this computer's keychain")).toBeVisible();
    expect(screen.getByText(/crm\.objects\.contacts\.write/)).toBeVisible();
    fake.account_ = {
      ...fake.account_,
      missing: [{ scope: 'crm.schemas.deals.write', off: 'No key property.' }],
    };
    fake.change('account');
    expect(await screen.findByText('Not allowed: crm.schemas.deals.write')).toBeVisible();
    expect(screen.getByText('No key property.')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Change' }));
    await user.click(screen.getByRole('radio', { name: /An encrypted file/ }));
    await user.type(screen.getByLabelText('New passphrase'), 'horse');
    await user.type(screen.getByLabelText('The same once more'), 'horse{Enter}');
    await vi.waitFor(() => expect(session.account.value?.keptIn).toBe('file'));
    expect(await screen.findByText('In a file that your passphrase encrypts')).toBeVisible();
  });

  it('change what is left to other programs, and leave what the configuration sets', async () => {
    const { fake, session, view } = await open(Settings);
    const search = await screen.findByLabelText('Searches: left to other programs');
    expect(search).toHaveValue('0');
    await user.selectOptions(search, '60');
    await vi.waitFor(() =>
      expect(fake.budget_.reserve).toEqual({ burst: 0, search: 60, daily: 20 }),
    );
    view.unmount();
    fake.budget_ = { ...fake.budget_, fixed: ['daily'] };
    render(Settings, { context: sessionContext(session) });
    expect(await screen.findByText('Set by the configuration of this computer')).toBeVisible();
    expect(screen.queryByLabelText('Calls in a day: left to other programs')).toBeNull();
  });

  it('do not throw edits away unasked', async () => {
    const { fake } = await open(Settings);
    fake.goOnline(false);
    const deal = fake.records_.find((one) => one.type === 'deals');
    const edit = { type: 'deals', id: deal?.id ?? '', values: { amount: '1' }, seen: {} };
    await fake.records.edit(edit);
    await screen.findByText('1 change is not in HubSpot yet');
    await user.click(screen.getByRole('button', { name: 'Sign out' }));
    const ask = await screen.findByRole('dialog', { name: '1 change is not in HubSpot yet' });
    expect(fake.calls).not.toContain('Account.Disconnect');
    await user.click(within(ask).getByRole('button', { name: 'Discard and sign out' }));
    await vi.waitFor(() => expect(fake.calls).toContain('Account.Disconnect'));
  });

  it('list the portals, and make another that opens by itself', async () => {
    const { fake, session } = await open(Settings);
    expect(session.flag).toBeNull();
    const part = screen.getByRole('region', { name: 'Portals' });
    expect(within(part).getByText('Main')).toBeVisible();
    expect(within(part).getByText(/portal 4807 · this window/)).toBeVisible();
    await user.click(within(part).getByRole('button', { name: 'Add a portal' }));
    const ask = await screen.findByRole('dialog', { name: 'A profile for another portal' });
    const name = within(ask).getByLabelText('Name');
    await user.type(name, 'a/b{Enter}');
    expect(await within(ask).findByText(/letters A to Z/)).toBeVisible();
    expect(fake.calls).not.toContain('Profiles.Open');
    await user.clear(name);
    await user.type(name, 'acme{Enter}');
    await vi.waitFor(() => expect(fake.calls).toContain('Profiles.Open'));
    expect(await within(part).findByText('acme')).toBeVisible();
    expect(session.flag).toEqual({ colour: 'blue', profile: 'Main', sample: false });
    await user.selectOptions(
      within(part).getByRole('combobox', { name: 'Colour of Main' }),
      'Purple',
    );
    await vi.waitFor(() => expect(session.flag?.colour).toBe('purple'));
    fake.calls.length = 0;
    await user.click(within(part).getByRole('button', { name: 'Open acme' }));
    expect(fake.calls).toContain('Profiles.Open');
  });

  it('say in a browser which command opens another portal', async () => {
    const { fake } = await open(Settings);
    fake.profiles_.canOpen = false;
    await fake.profiles.add({ name: 'acme', colour: '' });
    expect(await screen.findByText(/satchel serve --profile acme/)).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Open acme' })).toBeNull();
  });

  it('list what was decided about conflicts, and ask again', async () => {
    const { fake } = await open(Settings);
    expect(await screen.findByText('You are asked about every conflict')).toBeVisible();
    await fake.outbox.setPolicy({ type: 'deals', name: 'amount', label: 'Amount', policy: 'mine' });
    const choice = await screen.findByRole('combobox', { name: 'Conflicts of Amount from now on' });
    expect(choice).toHaveDisplayValue('Always mine');
    await user.selectOptions(choice, 'Ask me');
    expect(await screen.findByText('You are asked about every conflict')).toBeVisible();
    expect(await fake.outbox.policies()).toEqual([]);
  });

  it('have nothing that axe finds', async () => {
    const { view } = await open(Settings);
    const found = await axe.run(view.container, {
      rules: { 'color-contrast': { enabled: false } },
    });
    expect(found.violations.map((one) => one.id)).toEqual([]);
  });
});

describe('the sheet of keys', () => {
  it('lists every command and can be searched', async () => {
    await open(Shortcuts);
    const sheet = await screen.findByRole('dialog');
    for (const one of Object.values(commands as Record<string, Command>)) {
      expect(within(sheet).getAllByText(one.title()).length).toBeGreaterThan(0);
    }
    await user.type(screen.getByRole('searchbox', { name: 'Find a key' }), 'outbox');
    expect(within(sheet).getByText('Go to the outbox')).toBeVisible();
    expect(within(sheet).queryByText('Go to contacts')).toBeNull();
  });
});

describe('the support bundle', () => {
  it('is read before it is saved, and says where', async () => {
    const { fake } = await open(Settings);
    await user.click(screen.getByRole('button', { name: 'Look at it' }));
    expect(await screen.findByText('What Satchel knows about itself.')).toBeVisible();
    await user.selectOptions(screen.getByRole('combobox', { name: 'Part' }), 'about.json');
    expect(screen.getByRole('region', { name: 'about.json' })).toHaveTextContent('version');
    expect(fake.calls).not.toContain('Data.SaveBundle');
    await user.click(screen.getByRole('button', { name: 'Save to downloads' }));
    expect(await screen.findByText(/Saved as ~\/Downloads\/support.zip/)).toBeVisible();
  });

  it('says why it could not be saved', async () => {
    const { fake } = await open(Settings);
    const fault = new Fault({ code: 'storage', message: 'No room there.', fields: {} });
    fake.fail('Data.SaveBundle', fault);
    await user.click(screen.getByRole('button', { name: 'Look at it' }));
    await user.click(await screen.findByRole('button', { name: 'Save to downloads' }));
    expect(await screen.findByText('No room there.')).toBeVisible();
  });
});
