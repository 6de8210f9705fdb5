// Tickets, and what deals are made of.
import { configure, render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { fakeBackend, type Fake } from '../../backend/fake';
import { Session, sessionContext } from '../../state/session.svelte';
import CreateDialog from './CreateDialog.svelte';
import RecordList from './RecordList.svelte';
import RecordPanel from './RecordPanel.svelte';
import { wordsOf } from './words';

const user = userEvent.setup({ delay: null });
const hidden = true; // floating parts are not laid out here, so jsdom takes them for hidden
configure({ asyncUtilTimeout: 5000 });

beforeAll(() => {
  Object.defineProperty(HTMLElement.prototype, 'clientHeight', {
    configurable: true,
    get: () => 720,
  });
});

async function start(set: (fake: Fake) => void = () => undefined) {
  const now = Date.UTC(2026, 10, 23, 12);
  const fake = fakeBackend({ contacts: 60, now });
  set(fake);
  const session = new Session(fake);
  session.now = now;
  await session.start();
  return { fake, session, context: sessionContext(session) };
}

async function panel(type: string, id: string, set?: (fake: Fake) => void) {
  const all = await start(set);
  all.session.nav.open(type, id);
  render(RecordPanel, { props: { type, id, wide: true }, context: all.context });
  await screen.findByRole('region', { name: 'About this record' });
  return { ...all, read: async () => (await all.fake.records.get(type, id)).values };
}

async function objections(): Promise<string[]> {
  const found = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } });
  return found.violations.map((one) => `${one.id}: ${one.nodes[0]?.html}`);
}

describe('tickets', () => {
  it('are a list with words and columns of their own', async () => {
    const { context } = await start();
    render(RecordList, { props: { type: 'tickets' }, context });
    const grid = await screen.findByRole('grid');
    expect(screen.getByRole('heading', { name: 'Tickets' })).toBeVisible();
    expect(screen.getByRole('button', { name: /New ticket/ })).toBeVisible();
    expect(screen.getByRole('searchbox', { name: 'Search tickets' })).toBeVisible();
    await waitFor(() => expect(grid).toHaveAttribute('aria-rowcount', '11'));
    const row = within(grid).getAllByRole('row')[1];
    expect(row).toHaveTextContent('Waiting on contact');
    expect(row).toHaveTextContent('Low');
    expect(screen.getByText('10 tickets')).toBeVisible();
    expect(await objections()).toEqual([]);
  });

  it('move along the stages of their own pipeline', async () => {
    const { read } = await panel('tickets', 'tickets-1');
    const path = await screen.findByRole('list', { name: 'Ticket status' });
    expect(within(path).getByRole('button', { current: 'step' })).toHaveTextContent(
      'Waiting on contact',
    );
    expect(within(path).queryByRole('button', { name: 'Received' })).toBeNull();
    await user.click(within(path).getByRole('button', { name: 'Waiting on us' }));
    await expect.poll(async () => (await read()).hs_pipeline_stage).toBe('3');
    expect(await objections()).toEqual([]);
  });

  it('take a log and associations, like a deal', async () => {
    const { session } = await panel('tickets', 'tickets-1');
    expect(screen.getByRole('region', { name: 'Log on this record' })).toBeVisible();
    expect(screen.getByRole('region', { name: 'Companies' })).toHaveTextContent('Thornbury');
    await user.click(screen.getByRole('button', { name: 'Associate a contact' }));
    expect(session.nav.overlay).toMatchObject({ kind: 'associate', toType: 'contacts' });
  });

  it('are created in a pipeline, and in a stage of that one', async () => {
    const { context, fake } = await start();
    render(CreateDialog, { props: { type: 'tickets', values: {}, links: [] }, context });
    await user.type(await screen.findByLabelText(/Ticket name/), 'Broken on arrival');
    const choose = async (field: RegExp, option: string) => {
      await user.click(screen.getByLabelText(field));
      await user.click(await screen.findByRole('option', { name: option, hidden }));
    };
    await choose(/Pipeline/, 'Support');
    await choose(/Ticket status/, 'New');
    await choose(/Pipeline/, 'Returns'); // which has no stage of that name
    expect(screen.getByLabelText(/Ticket status/)).toHaveTextContent('Choose');
    await user.click(screen.getByLabelText(/Ticket status/));
    await screen.findByRole('option', { name: 'Announced', hidden });
    expect(screen.queryByRole('option', { name: 'New', hidden })).toBeNull();
    await user.click(screen.getByRole('option', { name: 'Received', hidden }));
    await user.keyboard('{Control>}{Enter}{/Control}');
    await expect.poll(() => fake.ops[0]?.title).toBe('Broken on arrival');
    const made = fake.records_.find((one) => one.id === fake.ops[0]?.recordId);
    expect(made?.values).toMatchObject({ hs_pipeline: '70', hs_pipeline_stage: '72' });
  });

  it('stand among the associations of a company, with their stage', async () => {
    await panel('companies', 'companies-0');
    const group = await screen.findByRole('region', { name: 'Tickets' });
    expect(group).toHaveTextContent('Machine stops after an hour');
    expect(group).toHaveTextContent('New');
  });

  it('are not spoken of where the sign-in may not read them and none are here', async () => {
    const { session } = await panel('companies', 'companies-0', (fake) => {
      for (const one of fake.records_) if (one.type === 'tickets') one.archived = true;
    });
    expect(session.tickets).toBe(false);
    expect(screen.queryByRole('region', { name: 'Tickets' })).toBeNull();
  });
});

describe('the line items of a deal', () => {
  it('say how many at which price, and what they come to in its currency', async () => {
    const { fake, session } = await panel('deals', 'deals-2', (one) => {
      const items = one.records_.filter((r) => r.type === 'line_items' && r.company === 'deals-2');
      items.forEach((item, i) =>
        Object.assign(item.values, {
          name: ['Sensor', 'Rollout', 'Later'][i],
          quantity: '3',
          price: '49.5',
          amount: ['148.5', '1000', ''][i],
          hs_line_item_currency_code: i === 0 ? 'EUR' : '',
        }),
      );
      items.forEach((item) => (item.title = item.values.name ?? ''));
    });
    expect(fake.records_.find((one) => one.id === 'deals-2')?.values.deal_currency_code).toBe(
      'EUR',
    );
    const lines = await screen.findByRole('region', { name: 'Line items' });
    const [first, , last] = within(lines).getAllByRole('button');
    expect(first).toHaveTextContent(/Sensor\s*3 × €49\.50\s*€148\.50/);
    expect(last).toHaveTextContent('no amount');
    expect(within(lines).getByRole('note')).toHaveTextContent('€1,148.50');
    expect(await objections()).toEqual([]);
    await user.click(first!);
    expect(session.nav.place.record?.type).toBe('line_items');
  });

  it('are read, and changed in HubSpot', async () => {
    const { session } = await panel('line_items', 'line_items-0');
    expect(screen.getByText('Flow sensor FS-240', { selector: 'h2' })).toBeVisible();
    expect(screen.queryByRole('button', { name: /^Edit / })).toBeNull();
    expect(screen.queryByRole('region', { name: 'Log on this record' })).toBeNull();
    expect(screen.queryByRole('heading', { name: 'Timeline' })).toBeNull();
    expect(screen.getByRole('region', { name: 'Deals' })).toHaveTextContent('Flow sensors');
    expect(session.keymap.can('record.associate')).toBe(false);
    expect(screen.queryByRole('button', { name: /ssociat/ })).toBeNull();
    await user.click(screen.getByRole('button', { name: 'More' }));
    await screen.findByRole('menuitem', { name: 'Erase from this computer', hidden });
    expect(screen.queryByRole('menuitem', { name: 'Archive', hidden })).toBeNull();
  });
});

describe('the words of a type', () => {
  it('are those of a plain record where the type is not known by name', () => {
    expect(wordsOf('2-123').plural()).toBe('Records');
    expect(wordsOf('2-123').total({ count: 1, total: '1' })).toBe('1 record');
    expect(wordsOf('line_items').total({ count: 2, total: '2' })).toBe('2 line items');
    expect(wordsOf('products').icon).toBe('box');
  });
});
