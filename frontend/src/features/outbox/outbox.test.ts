import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { describe, expect, it, vi } from 'vitest';
import { fakeBackend, type Fake } from '../../backend/fake';
import type { Dispute, Op } from '../../model/wire';
import { Session, sessionContext } from '../../state/session.svelte';
import Outbox from './Outbox.svelte';

const user = userEvent.setup();

function dispute(part: Partial<Dispute>): Dispute {
  return {
    name: 'amount',
    label: 'Amount',
    base: '104000',
    mine: '118000',
    theirs: '112500',
    who: 'Marit Aasen',
    when: Date.now() - 60_000,
    source: 'CRM_UI',
    ...part,
  };
}

async function outbox(fill: (fake: Fake, deals: string[]) => Promise<void>) {
  const fake = fakeBackend({ connected: true, contacts: 40 });
  fake.goOnline(false);
  const deals = fake.records_.filter((one) => one.type === 'deals').map((one) => one.id);
  await fill(fake, deals);
  const session = new Session(fake);
  await session.start();
  const onkeydown = (event: KeyboardEvent) => session.keymap.press(event);
  window.addEventListener('keydown', onkeydown);
  const view = render(Outbox, { context: sessionContext(session) });
  await screen.findByRole('heading', { name: 'Outbox' });
  return { fake, session, view, done: () => window.removeEventListener('keydown', onkeydown) };
}

const edit = (fake: Fake, id: string | undefined, values: Record<string, string>) =>
  fake.records.edit({ type: 'deals', id: id ?? '', values, seen: {} });

function lastOp(fake: Fake): Op {
  const op = fake.ops.at(-1);
  if (!op) throw new Error('no operation');
  return op;
}

/** Whichever end of its list the fake adds to. */
function opOf(fake: Fake, record: string | undefined): Op {
  return fake.ops.find((op) => op.recordId === record) ?? lastOp(fake);
}

describe('the outbox', () => {
  it('is calm when nothing waits', async () => {
    const { done } = await outbox(async () => {});
    expect(await screen.findByText('Everything is in HubSpot')).toBeVisible();
    done();
  });

  it('says an edit as a sentence', async () => {
    const { done } = await outbox(async (fake, deals) => {
      await edit(fake, deals[0], { amount: '15000' });
    });
    const waiting = await screen.findByRole('region', { name: 'Waiting' });
    expect(waiting).toHaveTextContent(/Amount of .+: .+ becomes ?15,000/);
    done();
  });

  it('discards by key, and makes it again on undo', async () => {
    const { fake, session, done } = await outbox(async (made, deals) => {
      await edit(made, deals[0], { amount: '15000' });
    });
    await screen.findByRole('region', { name: 'Waiting' });
    await user.keyboard('j');
    await screen.findByRole('complementary');
    await user.keyboard('{Backspace}');
    await screen.findByText('Everything is in HubSpot');
    session.toasts.list.at(-1)?.action?.run();
    await vi.waitFor(() => expect(fake.calls.filter((c) => c === 'Records.Edit')).toHaveLength(2));
    done();
  });

  it('asks before a new record is lost', async () => {
    const { fake, done } = await outbox(async (made) => {
      await made.records.create({ type: 'contacts', values: { firstname: 'Edda' }, links: [] });
    });
    await screen.findByRole('region', { name: 'Waiting' });
    await user.keyboard('j');
    await screen.findByRole('complementary');
    await user.keyboard('{Backspace}');
    const ask = await screen.findByRole('dialog', { name: /Discard the new record/ });
    expect(fake.ops).toHaveLength(1);
    await user.click(within(ask).getByRole('button', { name: /Discard/ }));
    await screen.findByText('Everything is in HubSpot');
    done();
  });

  it('decides a conflict field by field; nothing is chosen for the rep', async () => {
    const { fake, view, done } = await outbox(async (made, deals) => {
      await edit(made, deals[0], { amount: '118000', dealname: 'Mine' });
      const op = opOf(made, deals[0]);
      op.state = 'conflict';
      op.badge = 'conflict';
      op.disputes = [
        dispute({}),
        dispute({ name: 'dealname', label: 'Name', base: 'Was', mine: 'Mine', theirs: 'Theirs' }),
      ];
    });
    await screen.findByRole('region', { name: 'Needs you' });
    await user.keyboard('j');
    const panel = await screen.findByRole('complementary', { name: /^Conflict/ });
    expect(within(panel).queryAllByRole('radio', { checked: true })).toEqual([]);
    const apply = within(panel).getByRole('button', { name: /Apply/ });
    expect(apply).toBeDisabled();

    await user.keyboard('1');
    expect(apply).toHaveTextContent('1 of 2');
    await user.keyboard('2');
    expect(apply).toBeEnabled();
    const [amount, name] = within(panel).getAllByRole('radiogroup');
    expect(within(amount ?? panel).getByRole('radio', { checked: true })).toHaveTextContent(
      '118,000',
    );
    expect(within(name ?? panel).getByRole('radio', { checked: true })).toHaveTextContent('Theirs');

    const found = await axe.run(view.container, {
      rules: { 'color-contrast': { enabled: false } },
    });
    expect(found.violations.map((one) => one.id)).toEqual([]);

    await user.keyboard('{Control>}{Enter}{/Control}');
    await vi.waitFor(() => expect(fake.calls).toContain('Outbox.Resolve'));
    done();
  });

  it('decides a property’s conflicts for good, when the conflict is resolved', async () => {
    const { fake, done } = await outbox(async (made, deals) => {
      await edit(made, deals[0], { amount: '118000' });
      Object.assign(opOf(made, deals[0]), {
        state: 'conflict',
        badge: 'conflict',
        disputes: [dispute({})],
      });
    });
    await screen.findByRole('region', { name: 'Needs you' });
    await user.keyboard('j');
    const later = await screen.findByRole('combobox', { name: 'Conflicts of Amount from now on' });
    expect(later).toHaveDisplayValue('Ask me');
    await user.selectOptions(later, 'Always HubSpot’s');
    expect(await fake.outbox.policies()).toEqual([]);
    await user.click(screen.getByRole('radio', { name: /112,500/ }));
    await user.click(screen.getByRole('button', { name: /^Apply/ }));
    await vi.waitFor(async () =>
      expect(await fake.outbox.policies()).toEqual([
        { type: 'deals', name: 'amount', label: 'Amount', policy: 'theirs' },
      ]),
    );
    done();
  });

  it('tells what was overwritten unseen, and keeps it or puts it back', async () => {
    const over = async (made: Fake, deals: string[]): Promise<void> => {
      await edit(made, deals[0], { amount: '118000' });
      Object.assign(opOf(made, deals[0]), { state: 'acked', badge: '', disputes: [dispute({})] });
    };
    const { fake, session, view, done } = await outbox(over);
    const section = await screen.findByRole('region', { name: 'Overwritten unseen' });
    await user.click(within(section).getAllByRole('button')[0] ?? section);
    const panel = await screen.findByRole('complementary', { name: /^Overwritten unseen: / });
    expect(panel).toHaveTextContent('Marit Aasen');
    expect(panel).toHaveTextContent('In HubSpot, on the web');
    expect(panel).toHaveTextContent('112,500');
    const found = await axe.run(view.container, {
      rules: { 'color-contrast': { enabled: false } },
    });
    expect(found.violations.map((one) => one.id)).toEqual([]);
    await user.click(within(panel).getByRole('radio', { name: /118,000/ }));
    await user.click(within(panel).getByRole('button', { name: /Apply/ }));
    await vi.waitFor(() => expect(fake.calls).toContain('Outbox.Resolve'));
    await vi.waitFor(() =>
      expect(session.toasts.list.at(-1)?.text).toBe('Yours stays in HubSpot.'),
    );
    await vi.waitFor(() =>
      expect(screen.queryByRole('region', { name: 'Overwritten unseen' })).toBeNull(),
    );
    done();
  });

  it('R25 a change that HubSpot refused says why, and is sent again or edited', async () => {
    const { fake, session, done } = await outbox(async (made, deals) => {
      await edit(made, deals[0], { amount: '15000' });
      Object.assign(opOf(made, deals[0]), {
        state: 'parked',
        badge: 'needs',
        attempts: 12,
        reason: 'HubSpot did not answer twelve times.',
        canRetry: true,
      });
      await edit(made, deals[1], { amount: '16000' });
    });
    const refused = opOf(fake, fake.ops.find((op) => op.attempts === 12)?.recordId);
    const needs = await screen.findByRole('region', { name: 'Needs you' });
    expect(await screen.findByRole('region', { name: 'Waiting' })).toHaveTextContent('16,000');
    await user.click(within(needs).getAllByRole('button')[0] ?? needs);
    const panel = await screen.findByRole('complementary');
    expect(panel).toHaveTextContent('HubSpot did not answer twelve times.');
    expect(panel).toHaveTextContent('15,000');

    await user.click(within(panel).getByRole('button', { name: /Try again/ }));
    await vi.waitFor(() => expect(fake.calls).toContain('Outbox.Retry'));
    await vi.waitFor(() => expect(refused.state).toBe('queued'));
    await vi.waitFor(() => expect(screen.queryByRole('region', { name: 'Needs you' })).toBeNull());

    // Edited it is where every value is: in its record.
    await user.click(await screen.findByRole('button', { name: 'Open record' }));
    expect(session.nav.place.record).toEqual({ type: 'deals', id: refused.recordId });
    done();
  });

  it('offers the record that a create ran into', async () => {
    const { fake, done } = await outbox(async (made) => {
      await made.records.create({ type: 'contacts', values: { email: 'a@b.example' }, links: [] });
      const op = made.ops.find((one) => one.kind === 'create');
      Object.assign(op ?? {}, {
        state: 'parked',
        badge: 'needs',
        reason: 'It exists',
        existing: '9',
      });
    });
    await screen.findByRole('region', { name: 'Needs you' });
    await user.keyboard('j');
    await user.click(await screen.findByRole('button', { name: 'Use the one in HubSpot' }));
    await vi.waitFor(() => expect(fake.calls).toContain('Outbox.Resolve'));
    done();
  });
});
