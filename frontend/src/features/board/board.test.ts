import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { describe, expect, it, vi } from 'vitest';
import { fakeBackend } from '../../backend/fake';
import { Fault } from '../../model/wire';
import { Session, sessionContext } from '../../state/session.svelte';
import Board from './Board.svelte';

const user = userEvent.setup();

async function board() {
  const fake = fakeBackend({ connected: true, contacts: 60 });
  const session = new Session(fake);
  await session.start();
  const onkeydown = (event: KeyboardEvent) => session.keymap.press(event);
  window.addEventListener('keydown', onkeydown);
  const view = render(Board, { context: sessionContext(session) });
  await screen.findAllByRole('list');
  return { fake, session, view, done: () => window.removeEventListener('keydown', onkeydown) };
}

const lanes = () => screen.getAllByRole('list');
const cards = (lane: HTMLElement | undefined) =>
  within(lane ?? document.body).getAllByRole('listitem');
const focusedCard = () => document.activeElement?.closest<HTMLElement>('[data-card]')?.dataset.card;

describe('the board', () => {
  it('names its lanes with count and sums, and its cards with what they are', async () => {
    const { done } = await board();
    const names = lanes().map((lane) => lane.getAttribute('aria-label') ?? '');
    expect(names.length).toBeGreaterThan(2);
    for (const name of names) expect(name).toMatch(/^.+, [\d,]+ deals?(, .*\d)?/);
    expect(cards(lanes()[0])[0]).toHaveAttribute('aria-posinset', '1');
    done();
  });

  it('moves a card a stage by Shift and an arrow, says so, and can be taken back', async () => {
    const { fake, done } = await board();
    await user.keyboard('j');
    await vi.waitFor(() => expect(focusedCard()).toBeDefined());
    const id = focusedCard() ?? '';
    const before = fake.records_.find((one) => one.id === id)?.values.dealstage;
    await user.keyboard('{Shift>}{ArrowRight}{/Shift}');
    await vi.waitFor(() =>
      expect(fake.records_.find((one) => one.id === id)?.values.dealstage).not.toBe(before),
    );
    expect(screen.getAllByRole('status').some((one) => / is in /.test(one.textContent))).toBe(true);
    await vi.waitFor(() => expect(focusedCard()).toBe(id));
    done();
  });

  it('puts the card back when the edit is refused', async () => {
    const { fake, session, done } = await board();
    await user.keyboard('j');
    await vi.waitFor(() => expect(focusedCard()).toBeDefined());
    const id = focusedCard() ?? '';
    const lane = () => lanes().findIndex((one) => one.querySelector(`[data-card="${id}"]`));
    const before = lane();
    fake.fail(
      'Records.Edit',
      new Fault({ code: 'invalid', message: 'Needs a reason', fields: {} }),
    );
    await user.keyboard('{Shift>}{ArrowRight}{/Shift}');
    await vi.waitFor(() => expect(session.toasts.list.at(-1)?.text).toBe('Needs a reason'));
    await vi.waitFor(() => expect(lane()).toBe(before));
    done();
  });

  it('opens a menu of stages with Shift M, and Escape gives the focus back', async () => {
    const { done } = await board();
    await user.keyboard('j');
    await vi.waitFor(() => expect(focusedCard()).toBeDefined());
    const id = focusedCard();
    await user.keyboard('{Shift>}M{/Shift}');
    const menu = await screen.findByRole('menu');
    expect(within(menu).getByRole('menuitemradio', { checked: true })).toHaveFocus();
    await user.keyboard('{Escape}');
    await vi.waitFor(() => expect(focusedCard()).toBe(id));
    expect(screen.queryByRole('menu')).toBeNull();
    done();
  });

  it('shows a closed stage as a column and puts it away', async () => {
    const { done } = await board();
    const count = lanes().length;
    const goal = screen.getByRole('button', { name: /won/i });
    await user.click(goal);
    expect(lanes()).toHaveLength(count + 1);
    await user.click(screen.getByRole('button', { name: 'Hide column' }));
    expect(lanes()).toHaveLength(count);
    done();
  });

  it('begins a new deal in the stage of the focused card', async () => {
    const { fake, session, done } = await board();
    await user.keyboard('j');
    await vi.waitFor(() => expect(focusedCard()).toBeDefined());
    const stage = fake.records_.find((one) => one.id === focusedCard())?.values.dealstage;
    await user.keyboard('c');
    expect(session.nav.overlay).toMatchObject({
      kind: 'create',
      type: 'deals',
      values: { dealstage: stage },
    });
    done();
  });

  it('draws few cards of many', async () => {
    const { view, done } = await board();
    expect(view.container.querySelectorAll('[data-card]').length).toBeLessThan(120);
    done();
  });

  it('has nothing that axe finds', async () => {
    const { view, done } = await board();
    const found = await axe.run(view.container, {
      rules: { 'color-contrast': { enabled: false } },
    });
    expect(found.violations.map((one) => one.id)).toEqual([]);
    done();
  });
});
