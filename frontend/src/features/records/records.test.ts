import { configure, render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { Fault } from '../../model/wire';
import { fakeBackend } from '../../backend/fake';
import { Session, sessionContext } from '../../state/session.svelte';
import CreateDialog from './CreateDialog.svelte';
import RecordList from './RecordList.svelte';
import RecordPanel from './RecordPanel.svelte';

const user = userEvent.setup({ delay: null });
// floating parts are not laid out here, so jsdom takes them for hidden
const hidden = true;
configure({ asyncUtilTimeout: 5000 });

// jsdom lays nothing out: give the grid a height of twenty rows.
beforeAll(() => {
  Object.defineProperty(HTMLElement.prototype, 'clientHeight', {
    configurable: true,
    get: () => 720,
  });
});

async function start(contacts = 200) {
  const fake = fakeBackend({ contacts, now: Date.UTC(2026, 10, 23, 12) });
  const session = new Session(fake);
  session.now = Date.UTC(2026, 10, 23, 12);
  await session.start();
  return { fake, session, context: sessionContext(session) };
}

async function list(type = 'contacts', contacts = 200) {
  const all = await start(contacts);
  render(RecordList, { props: { type }, context: all.context });
  const grid = await screen.findByRole('grid');
  return { ...all, grid };
}

async function panel(type: string, id: string) {
  const all = await start(40);
  all.session.nav.open(type, id);
  render(RecordPanel, { props: { type, id, wide: true }, context: all.context });
  await screen.findAllByRole('button', { name: /^Edit / });
  /** Changes the record as HubSpot would, and waits until the last value is shown. */
  const pull = async (values: Record<string, string>) => {
    Object.assign(all.fake.records_.find((one) => one.id === id)?.values ?? {}, values);
    all.fake.change(`record:${id}`);
    const row = () => document.querySelector(`[data-property="${Object.keys(values).at(-1)}"]`);
    await waitFor(() => expect(row()).toHaveTextContent(Object.values(values).at(-1) ?? ''));
  };
  return { ...all, pull, read: async () => (await all.fake.records.get(type, id)).values };
}

const edit = (label: string) => screen.findByRole('button', { name: `Edit ${label}` });

describe('a list', () => {
  it('draws a window of the rows and tells how many there are', async () => {
    const { grid } = await list();
    expect(grid).toHaveAttribute('aria-rowcount', '201');
    const rows = within(grid).getAllByRole('row');
    expect(rows.length).toBeGreaterThan(20);
    expect(rows.length).toBeLessThanOrEqual(60);
    expect(rows[0]).toHaveAttribute('aria-rowindex', '2');
    expect(rows[0]).toHaveAccessibleName('Ingrid Sørbø-Østergård, Nordlys Energi AS');
  });

  it('moves by keys, names the active row and opens it', async () => {
    const { grid, session } = await list();
    grid.focus();
    await user.keyboard('{ArrowDown}{ArrowDown}{PageDown}{ArrowUp}');
    const active = document.getElementById(grid.getAttribute('aria-activedescendant') ?? '');
    expect(active).toHaveAttribute('aria-selected', 'true');
    await user.keyboard('{End}');
    const last = document.getElementById(grid.getAttribute('aria-activedescendant') ?? '');
    expect(last).toHaveAttribute('aria-rowindex', '201');
    await user.keyboard('{Home}{Enter}');
    expect(session.nav.place.record).toEqual({ type: 'contacts', id: 'contacts-0' });
    session.keymap.run('list.next');
    expect(session.nav.place.record?.id).toBe('contacts-1');
  });

  it('searches as you type, and says when nothing matches', async () => {
    const { session } = await list();
    const box = screen.getByRole('searchbox', { name: 'Search contacts' });
    await user.type(box, 'ingrid');
    await waitFor(() =>
      expect(screen.getByRole('grid')).not.toHaveAttribute('aria-rowcount', '201'),
    );
    await user.clear(box);
    await user.type(box, 'zzzz');
    expect(await screen.findByText('No contact matches')).toBeVisible();
    await user.click(screen.getAllByRole('button', { name: 'Clear search' })[1]!);
    await waitFor(() => expect(screen.getByRole('grid')).toHaveAttribute('aria-rowcount', '201'));
    expect(session.list('contacts').text).toBe('');
  });

  it('sorts by its headers, there and back', async () => {
    await list('deals');
    const header = () => screen.getByRole('columnheader', { name: 'Amount' });
    await user.click(within(header()).getByRole('button'));
    expect(header()).toHaveAttribute('aria-sort', 'descending');
    await user.click(within(header()).getByRole('button'));
    expect(header()).toHaveAttribute('aria-sort', 'ascending');
  });

  it("writes an amount in its deal's own currency", async () => {
    const { fake } = await list('deals');
    const deal = fake.records_.find((one) => one.id === 'deals-0');
    Object.assign(deal?.values ?? {}, { amount: '13700', deal_currency_code: 'JPY' });
    fake.change('list:deals');
    const row = () => document.querySelector('[data-row-id="deals-0"]');
    await waitFor(() => expect(row()).toHaveTextContent('¥13,700'));
  });

  it('shows mine', async () => {
    const { session } = await list();
    await user.click(screen.getByRole('radio', { name: 'Mine' }));
    await waitFor(() => expect(screen.getByText(/of 200/)).toBeVisible());
    expect(session.list('contacts').mine).toBe(true);
  });

  it('says so when it cannot be read, and tries again', async () => {
    const all = await start();
    all.fake.fail(
      'Records.List',
      new Fault({ code: 'corrupt', message: 'The file is damaged.', fields: {} }),
    );
    render(RecordList, { props: { type: 'contacts' }, context: all.context });
    expect(await screen.findByText('The file is damaged.')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('grid')).toBeVisible();
  });

  it('has nothing that axe objects to', async () => {
    await list();
    const found = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } });
    expect(found.violations.map((one) => `${one.id}: ${one.nodes[0]?.html}`)).toEqual([]);
  });
});

describe('a property, edited in its place', () => {
  it('text: Enter saves, and the badge says where it is', async () => {
    const { read } = await panel('contacts', 'contacts-0');
    await user.click(await edit('Job title'));
    await user.keyboard('{Control>}a{/Control}Chief{Enter}');
    await expect.poll(async () => (await read()).jobtitle).toBe('Chief');
    const row = document.querySelector<HTMLElement>('[data-property="jobtitle"]');
    await waitFor(() => expect(row).toHaveTextContent('Saved here'));
  });

  it('text: Esc leaves it as it was', async () => {
    const { read } = await panel('contacts', 'contacts-0');
    await user.click(await edit('Job title'));
    await user.keyboard('nonsense{Escape}');
    expect((await read()).jobtitle).toBe('Head of Procurement');
    await waitFor(async () => expect(await edit('Job title')).toHaveFocus());
  });

  it('text: Tab saves and goes on to the next', async () => {
    const { read } = await panel('contacts', 'contacts-0');
    await user.click(await edit('E-mail'));
    await user.keyboard('{Control>}a{/Control}a@b.example{Tab}');
    await expect.poll(async () => (await read()).email).toBe('a@b.example');
    expect(await screen.findByRole('textbox', { name: 'Phone' })).toHaveFocus();
  });

  it('a pull under it changes neither the text nor what counts as seen', async () => {
    const { fake, pull } = await panel('contacts', 'contacts-0');
    const edited = vi.spyOn(fake.records, 'edit');
    await user.click(await edit('Job title'));
    await user.keyboard('{Control>}a{/Control}Chief');
    await pull({ jobtitle: 'Chair', phone: '+45 11 11 11 11' });
    const box = screen.getByRole('textbox', { name: 'Job title' });
    expect(box).toHaveValue('Chief');
    await user.type(box, ' of Staff{Enter}');
    expect(edited).toHaveBeenCalledExactlyOnceWith({
      type: 'contacts',
      id: 'contacts-0',
      values: { jobtitle: 'Chief of Staff' },
      seen: { jobtitle: 'Head of Procurement' },
    });
  });

  it('left untouched, it writes nothing over a pull', async () => {
    const { fake, pull } = await panel('deals', 'deals-0');
    const edited = vi.spyOn(fake.records, 'edit');
    await user.click(await edit('Close date'));
    await pull({ closedate: '2027-01-05T12:00:00Z', amount: '777' });
    await user.type(await screen.findByRole('textbox', { name: 'Close date', hidden }), '{Enter}');
    await waitFor(async () => expect(await edit('Close date')).toHaveFocus());
    expect(edited).not.toHaveBeenCalled();
  });

  it('a refused value stays to be corrected, with the reason', async () => {
    const { read } = await panel('contacts', 'contacts-0');
    await user.click(await edit('E-mail'));
    await user.keyboard('{Control>}a{/Control}nobody{Enter}');
    expect(await screen.findByRole('alert')).toHaveTextContent('HubSpot needs a full address.');
    expect(screen.getByRole('textbox', { name: 'E-mail' })).toHaveValue('nobody');
    expect((await read()).email).toContain('@');
  });

  it('what HubSpot would refuse is said while it is typed', async () => {
    const { fake } = await panel('deals', 'deals-0');
    await user.click(await edit('Amount'));
    await user.keyboard('{Control>}a{/Control}much');
    expect(await screen.findByText(/Amount needs a number/)).toBeVisible();
    expect(screen.getByRole('textbox', { name: 'Amount' })).toBeInvalid();
    expect(fake.calls).not.toContain('Records.Edit');
    await user.clear(screen.getByRole('textbox', { name: 'Amount' }));
    await user.keyboard('1200');
    await waitFor(() => expect(screen.queryByText(/Amount needs a number/)).toBeNull());
  });

  it('a number takes what people write', async () => {
    const { read } = await panel('deals', 'deals-0');
    await user.click(await edit('Amount'));
    await user.keyboard('{Control>}a{/Control}12k{Enter}');
    await expect.poll(async () => (await read()).amount).toBe('12000');
  });

  it('an owner is picked by name', async () => {
    const { read } = await panel('deals', 'deals-0');
    await user.click(await edit('Owner'));
    await user.keyboard('aoife{Enter}');
    await expect.poll(async () => (await read()).hubspot_owner_id).toBe('503');
  });

  it('a stage is picked from the pipeline', async () => {
    const { read } = await panel('deals', 'deals-0');
    await user.click(await edit('Stage'));
    await user.click(await screen.findByRole('option', { name: 'Negotiation', hidden }));
    await expect.poll(async () => (await read()).dealstage).toBe('negotiation');
  });

  it('a date takes a day of the calendar', async () => {
    const { read } = await panel('deals', 'deals-0');
    await user.click(await edit('Close date'));
    await user.click(await screen.findByRole('button', { name: /November 20, 2026/, hidden }));
    await expect.poll(async () => (await read()).closedate).toContain('2026-11-20');
  });

  it('what HubSpot works out has no editor', async () => {
    await panel('deals', 'deals-0');
    await edit('Amount');
    expect(screen.queryByRole('button', { name: 'Edit Probability' })).toBeNull();
  });
});

describe('associations and records', () => {
  it('takes one away, and undo brings it back', async () => {
    const { fake, session } = await panel('contacts', 'contacts-0');
    const remove = await screen.findByRole('button', {
      name: /Remove the association with Nordlys/,
    });
    await user.click(remove);
    await waitFor(() => expect(remove).not.toBeInTheDocument());
    await session.act.undo();
    expect(
      await screen.findByRole('button', { name: /Remove the association with Nordlys/ }),
    ).toBeInTheDocument();
    expect(fake.ops).toEqual([]);
  });

  it('archives after asking, and can be undone', async () => {
    const { fake, session } = await panel('contacts', 'contacts-0');
    await user.click(screen.getByRole('button', { name: 'More' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Archive', hidden }));
    await user.click(
      within(await screen.findByRole('dialog')).getByRole('button', { name: 'Archive' }),
    );
    await expect.poll(() => fake.ops[0]?.kind).toBe('archive');
    await session.act.undo();
    expect(fake.ops).toEqual([]);
  });

  it('creates, with the errors at their fields', async () => {
    const { session, context, fake } = await start(20);
    session.nav.show({ kind: 'create', type: 'companies', values: {}, links: [] });
    render(CreateDialog, { props: { type: 'companies', values: {}, links: [] }, context });
    const name = await screen.findByLabelText(/Company name/);
    await user.click(screen.getByRole('button', { name: /Create/ }));
    expect(await screen.findByText('Company name is required.')).toBeVisible();
    await user.type(name, 'Fjord & Sønner');
    await user.keyboard('{Control>}{Enter}{/Control}');
    await expect.poll(() => session.nav.overlay).toBeNull();
    expect(session.nav.place.record?.type).toBe('companies');
    expect(fake.ops[0]).toMatchObject({ kind: 'create', title: 'Fjord & Sønner' });
  });

  it('a record has nothing that axe objects to', async () => {
    await panel('deals', 'deals-0');
    const found = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } });
    expect(found.violations.map((one) => `${one.id}: ${one.nodes[0]?.html}`)).toEqual([]);
  });
});
