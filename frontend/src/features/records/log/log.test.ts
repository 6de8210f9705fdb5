import { cleanup, configure, render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { fakeBackend } from '../../../backend/fake';
import { Fault } from '../../../model/wire';
import { Session, sessionContext } from '../../../state/session.svelte';
import RecordPanel from '../RecordPanel.svelte';

const user = userEvent.setup({ delay: null });
const noon = Date.UTC(2026, 10, 23, 12);
const hidden = true; // floating parts are not laid out here
configure({ asyncUtilTimeout: 5000 });

let off = (): void => undefined;
afterEach(() => {
  cleanup();
  off();
});

async function panel(type = 'contacts', id = 'contacts-0') {
  const fake = fakeBackend({ contacts: 40, now: noon });
  const session = new Session(fake);
  session.now = noon;
  await session.start();
  session.nav.open(type, id);
  const onkeydown = (event: KeyboardEvent) => session.keymap.press(event);
  window.addEventListener('keydown', onkeydown);
  off = () => window.removeEventListener('keydown', onkeydown);
  const view = render(RecordPanel, {
    props: { type, id, wide: false },
    context: sessionContext(session),
  });
  await screen.findByRole('heading', { name: 'Timeline' });
  await screen.findByText(/Older activity/);
  return { fake, session, view, logged: vi.spyOn(fake.activities, 'log') };
}

const timeline = () => screen.getByRole('region', { name: 'Timeline' });
const entries = () => within(timeline()).getAllByRole('listitem');
const noViolations = async () => {
  const found = await axe.run(document.body, {
    rules: { 'color-contrast': { enabled: false } },
    iframes: false, // nothing can be run inside of one
  });
  expect(found.violations.map((one) => `${one.id}: ${one.nodes[0]?.html}`)).toEqual([]);
};

describe('the timeline', () => {
  it('is grouped by day, the latest first, and says who and what', async () => {
    await panel();
    const days = within(timeline()).getAllByRole('heading', { level: 3 });
    expect(days.map((one) => one.textContent.trim())).toEqual(['Today', 'Friday']);
    const [call, email, note] = entries();
    expect(call).toHaveTextContent(
      /^Call .*Budget is approved.*You · Outgoing · Connected · 14 min/,
    );
    expect(email).toHaveTextContent(/^E-mail Re: Offer 2291/);
    expect(note).toHaveTextContent(/^Note /);
    await noViolations();
  });

  it('shows the entry that was looked for, every time', async () => {
    const { session } = await panel();
    const filter = screen.getByRole('group', { name: 'Show' });
    await user.click(within(filter).getByRole('button', { name: 'E-mails' }));
    const entry = { type: 'notes', id: 'notes-3' };
    session.nav.open('contacts', 'contacts-0', { entry });
    const note = () => entries().find((one) => one.dataset.activity === 'notes-3');
    await waitFor(() => expect(note()).toHaveFocus());
    expect(entries()).toHaveLength(3);
    expect(note()).toHaveAttribute('aria-current', 'true');
    expect(entries().filter((one) => one.hasAttribute('aria-current'))).toHaveLength(1);
    await noViolations();
    await user.click(within(filter).getByRole('button', { name: 'All' }));
    expect(note()).not.toHaveFocus();
    session.nav.open('contacts', 'contacts-0', { entry });
    await waitFor(() => expect(note()).toHaveFocus());
  });

  it('shows an entry that is too old for it by itself', async () => {
    const { session } = await panel();
    session.nav.open('contacts', 'contacts-0', { entry: { type: 'notes', id: 'notes-77' } });
    await waitFor(() =>
      expect(session.nav.place.record).toEqual({ type: 'notes', id: 'notes-77' }),
    );
  });

  it('shows one kind', async () => {
    await panel();
    const filter = screen.getByRole('group', { name: 'Show' });
    await user.click(within(filter).getByRole('button', { name: 'E-mails' }));
    expect(entries()).toHaveLength(1);
    await user.click(within(filter).getByRole('button', { name: 'All' }));
    expect(entries()).toHaveLength(3);
  });

  it('says what to press when there is nothing', async () => {
    await panel('companies', 'companies-1');
    expect(timeline()).toHaveTextContent('Nothing logged yet. N logs a note, L a call.');
    expect(timeline()).toHaveTextContent('Older activity may be in HubSpot only.');
  });

  it('shows text as text', async () => {
    const { fake, session } = await panel();
    const text = '<img src=x onerror=alert(1)> & <b>bold</b>';
    const request = { type: 'contacts', id: 'contacts-0', text, values: {}, also: [] };
    await session.act.log({ kind: 'note', ...request }, 'Note saved');
    expect(await screen.findByText(text)).toBeVisible();
    expect(timeline().querySelector('img')).toBeNull();
    expect(fake.ops).toHaveLength(1);
  });
});

describe('R29 a body with formatting', () => {
  const asked = { name: 'Show with formatting' };

  it('is shown in a frame that can do nothing, when it is asked for', async () => {
    const { fake } = await panel();
    expect(document.querySelector('iframe')).toBeNull();
    await user.click(screen.getByRole('button', asked));
    const frame = await screen.findByTitle<HTMLIFrameElement>('E-mail: Re: Offer 2291');
    expect(frame).toHaveAttribute('sandbox', '');
    expect(frame).toHaveAttribute('tabindex', '0');
    await waitFor(() => expect(frame.srcdoc).toContain('<b>Bergen</b>'));
    expect(timeline()).toHaveTextContent(/2 remote pictures were left out/);
    expect(timeline().querySelector('.event b + b, .body b')).toBeNull();
    await noViolations();

    const opened = vi.spyOn(fake.app, 'open');
    const links = screen.getByRole('list', { name: 'Links' });
    expect(within(links).getAllByRole('button')).toHaveLength(2);
    await user.click(
      within(links).getByRole('button', { name: /warehouse in Bergen example.com/ }),
    );
    expect(opened).toHaveBeenCalledExactlyOnceWith({
      kind: 'url',
      type: '',
      id: '',
      url: 'https://example.com/warehouse',
    });
    await user.click(screen.getByRole('button', { name: 'Show as text' }));
    expect(document.querySelector('iframe')).toBeNull();
  });

  it('follows the theme, and says why it is not here', async () => {
    const { fake, session } = await panel();
    await session.settings.theme('dark');
    await user.click(screen.getByRole('button', asked));
    const frame = await screen.findByTitle<HTMLIFrameElement>('E-mail: Re: Offer 2291');
    await waitFor(() => expect(frame.srcdoc).toContain('<html class="dark">'));
    await session.settings.theme('light');
    await waitFor(() => expect(frame.srcdoc).not.toContain('class="dark"'));

    await user.click(screen.getByRole('button', { name: 'Show as text' }));
    const fault = { code: 'not_found', message: 'This record is no longer here.', fields: {} };
    fake.fail('Activities.Body', new Fault(fault));
    await user.click(screen.getByRole('button', asked));
    expect(await screen.findByRole('alert')).toHaveTextContent('This record is no longer here.');
    expect(timeline()).toHaveTextContent('Takk for tilbudet!');
  });
});

describe('the composer', () => {
  it('saves a note at once, with its badge until it is sent', async () => {
    const { fake, session, logged } = await panel();
    await user.keyboard('n');
    const box = await screen.findByRole('textbox', { name: 'Note' });
    expect(box).toHaveFocus();
    expect(box).toHaveValue('');
    await user.type(box, 'Wants two deliveries.{Control>}{Enter}{/Control}');
    await waitFor(() => expect(entries()[0]).toHaveTextContent('Wants two deliveries.'));
    expect(entries()[0]).toHaveTextContent('Saved here');
    expect(logged).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({
        kind: 'note',
        type: 'contacts',
        id: 'contacts-0',
        text: 'Wants two deliveries.',
        values: {},
      }),
    );
    expect(screen.getByRole('button', { name: 'Note' })).toHaveFocus();
    expect(session.toasts.list.at(-1)?.text).toBe('Note saved');
    await fake.outbox.flush();
    await waitFor(() => expect(entries()[0]).not.toHaveTextContent('Saved here'));
  });

  it('is taken back by undo', async () => {
    const { fake, session } = await panel();
    await user.keyboard('n');
    await user.type(await screen.findByRole('textbox', { name: 'Note' }), 'Oops');
    await user.click(screen.getByRole('button', { name: 'Save note' }));
    await waitFor(() => expect(entries()).toHaveLength(4));
    session.toasts.list.at(-1)?.action?.run();
    await waitFor(() => expect(entries()).toHaveLength(3));
    expect(fake.ops).toEqual([]);
  });

  it('keeps the draft of each record and kind on Esc', async () => {
    const { session, view } = await panel();
    await user.keyboard('n');
    await user.type(await screen.findByRole('textbox', { name: 'Note' }), 'Half a thought{Escape}');
    const button = screen.getByRole('button', { name: 'Note draft' });
    expect(button).toHaveFocus();
    expect(session.nav.place.record?.id).toBe('contacts-0');
    await user.keyboard('l');
    expect(await screen.findByRole('textbox', { name: 'What was said' })).toHaveValue('');
    await user.click(screen.getByRole('tab', { name: 'Note' }));
    expect(await screen.findByRole('textbox', { name: 'Note' })).toHaveValue('Half a thought');

    await view.rerender({ type: 'contacts', id: 'contacts-1', wide: false });
    await waitFor(() => expect(screen.queryByRole('tabpanel')).toBeNull());
    await user.keyboard('n');
    expect(await screen.findByRole('textbox', { name: 'Note' })).toHaveValue('');
  });

  it('says what is wrong at its field, and keeps the text', async () => {
    const { fake } = await panel();
    await user.keyboard('t');
    const subject = await screen.findByRole('textbox', { name: 'What is to be done' });
    await user.type(screen.getByRole('textbox', { name: 'Notes on the task' }), 'Both of them');
    await user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(subject).toHaveAccessibleDescription('A task needs a title.'));
    expect(subject).toBeInvalid();
    expect(subject).toHaveFocus();
    expect(screen.getByRole('textbox', { name: 'Notes on the task' })).toHaveValue('Both of them');
    await noViolations();
    await user.keyboard('Send certificates{Enter}');
    await waitFor(() => expect(entries()[0]).toHaveTextContent('Task Send certificates'));
    expect(fake.ops).toHaveLength(1);
  });

  it('says a fault of no field below', async () => {
    const { fake } = await panel();
    const fault = { code: 'not_found', message: 'This record is no longer here.', fields: {} };
    fake.fail('Activities.Log', new Fault(fault));
    await user.keyboard('n');
    await user.type(await screen.findByRole('textbox', { name: 'Note' }), 'Late{Control>}{Enter}');
    expect(await screen.findByRole('alert')).toHaveTextContent('This record is no longer here.');
    expect(screen.getByRole('textbox', { name: 'Note' })).toHaveValue('Late');
  });

  it('sends what a call was: choices, minutes, and the clock where the reader is', async () => {
    const { logged } = await panel();
    await user.keyboard('l');
    await user.type(await screen.findByLabelText('Minutes'), '14');
    await user.type(screen.getByLabelText('When'), '2026-11-23T11:52');
    await user.click(screen.getByRole('button', { name: 'Outcome' }));
    await user.click(await screen.findByRole('option', { name: 'No answer', hidden }));
    await user.click(screen.getByRole('button', { name: 'Log call', hidden }));
    await waitFor(() => expect(logged).toHaveBeenCalledOnce());
    expect(logged.mock.calls[0]?.[0].values).toEqual({
      hs_call_status: 'NO_ANSWER',
      hs_call_direction: 'OUTBOUND',
      hs_call_duration: '840000',
      hs_timestamp: '2026-11-23T10:52:00.000Z', // Oslo
    });
  });

  it('is about the likeliest records as well, and about those that are ticked', async () => {
    const { logged } = await panel('deals', 'deals-0');
    await user.keyboard('n');
    const also = await screen.findByRole('group', { name: 'Also on' });
    const pressed = within(also).getAllByRole('button', { pressed: true });
    expect(pressed).toHaveLength(2); // the first contact and the company
    await user.click(pressed[0]!);
    await user.type(screen.getByRole('textbox', { name: 'Note' }), 'For the company');
    await user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(logged).toHaveBeenCalledOnce());
    expect(logged.mock.calls[0]?.[0].also.map((one) => one.type)).toEqual(['companies']);
  });

  it('goes from kind to kind by the arrows, and through axe', async () => {
    await panel();
    await user.keyboard('m');
    expect(await screen.findByRole('textbox', { name: 'Subject' })).toHaveFocus();
    await noViolations();
    screen.getByRole('tab', { name: 'E-mail' }).focus();
    await user.keyboard('{ArrowRight}');
    expect(screen.getByRole('tab', { name: 'Meeting', selected: true })).toHaveFocus();
    expect(screen.getByLabelText('Starts')).toBeVisible();
    await noViolations();
    await user.keyboard('{Escape}');
    expect(screen.queryByRole('tablist')).toBeNull();
  });

  it('is offered in the palette while a record is open', async () => {
    const { session } = await panel();
    const ids = session.keymap.actions.map((one) => one.id);
    expect(ids).toEqual(expect.arrayContaining(['record.note', 'record.call', 'record.task']));
  });
});
