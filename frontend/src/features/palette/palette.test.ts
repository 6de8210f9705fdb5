import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { fakeBackend } from '../../backend/fake';
import { Session, sessionContext } from '../../state/session.svelte';
import Palette from './Palette.svelte';
import { PaletteStore } from './store.svelte';

const user = userEvent.setup();

async function palette() {
  const fake = fakeBackend({ connected: true, contacts: 60 });
  const session = new Session(fake);
  await session.start();
  const done = session.keymap.on({
    'go.pipeline': () => session.nav.go('pipeline'),
    'app.sync': () => undefined,
  });
  session.nav.show({ kind: 'palette' });
  render(Palette, { context: sessionContext(session) });
  const box = await screen.findByRole('combobox');
  return { fake, session, box, done };
}

describe('the palette', () => {
  it('finds a record and opens it', async () => {
    const { fake, session, box, done } = await palette();
    const company = fake.records_.find((one) => one.type === 'companies');
    await user.type(box, (company?.title ?? '').slice(0, 6));
    const hit = await screen.findByRole('option', { name: new RegExp(company?.title ?? '-') });
    await user.click(hit);
    await vi.waitFor(() => expect(session.nav.place.record?.type).toBe('companies'));
    expect(session.nav.overlay).toBeNull();
    done();
  });

  it('finds what was said, after what has a name, and opens it where it is read', async () => {
    const { fake, session, box, done } = await palette();
    const search = fake.records.search;
    const asked: string[] = [];
    fake.records.search = async (query) => {
      const answer = await search(query);
      asked.push(`records ${query.text}`);
      return answer;
    };
    const said = fake.activities.search;
    fake.activities.search = async (query) => {
      asked.push(`activities ${query.text}`);
      return said(query);
    };
    await user.type(box, 'w');
    await user.type(box, 'arehouse berg');
    const group = await screen.findByRole('group', {
      name: 'In notes, calls, emails, meetings and tasks',
    });
    const hit = within(group).getByRole('option');
    const on = fake.records_.find((one) => one.id === 'contacts-0')?.title ?? '-';
    expect(hit).toHaveTextContent(new RegExp(`^Re: Offer 2291 ?${on} · .* · Takk`));
    const marks = Array.from(hit.querySelectorAll('mark'), (one) => one.textContent);
    expect(marks).toEqual(['Berg', 'warehouse']);
    expect(screen.getAllByRole('option').at(-1)).toBe(hit);
    expect(asked).not.toContain('activities w'); // almost every text has it
    const last = asked.lastIndexOf('activities warehouse berg');
    expect(asked.indexOf('records warehouse berg')).toBeLessThan(last);

    await user.keyboard('{ArrowUp}{Enter}');
    await vi.waitFor(() =>
      expect(session.nav.place.record).toEqual({
        type: 'contacts',
        id: 'contacts-0',
        entry: { type: 'emails', id: 'emails-2' },
      }),
    );
    done();
  });

  it('does what the keys do, and shows them', async () => {
    const { session, box, done } = await palette();
    await user.type(box, '>pipeline');
    expect(screen.getByRole('option')).toHaveTextContent(/Go to the pipeline\s*GP/);
    await user.keyboard('{Enter}');
    await vi.waitFor(() => expect(session.nav.place.screen).toBe('pipeline'));
    done();
  });

  it('creates what it does not find', async () => {
    const { session, box, done } = await palette();
    await user.type(box, 'Zyx Nobody');
    await user.click(await screen.findByRole('option', { name: 'Create contact “Zyx Nobody”' }));
    await vi.waitFor(() =>
      expect(session.nav.overlay).toMatchObject({
        kind: 'create',
        type: 'contacts',
        values: { firstname: 'Zyx', lastname: 'Nobody' },
      }),
    );
    done();
  });

  it('names the current option, and arrows go round', async () => {
    const { box, done } = await palette();
    const current = () => box.getAttribute('aria-activedescendant') ?? '';
    await user.type(box, '>');
    const first = current();
    expect(document.getElementById(first)).toHaveAttribute('aria-selected', 'true');
    await user.keyboard('{ArrowUp}');
    expect(current()).not.toBe(first);
    await user.keyboard('{ArrowDown}');
    expect(current()).toBe(first);
    done();
  });

  it('opens what is found for the text that stands, however quick Enter is', async () => {
    const { fake, session, box, done } = await palette();
    const [first, second] = fake.records_.filter((one) => one.type === 'companies');
    await user.type(box, first?.title ?? '');
    await screen.findAllByRole('option', { name: new RegExp(first?.title ?? '-') });
    const search = fake.records.search;
    let answer: () => void = () => undefined;
    fake.records.search = async (query) => {
      await new Promise<void>((resolve) => (answer = resolve));
      return search(query);
    };
    await user.clear(box);
    await user.paste(second?.title ?? '');
    await user.keyboard('{Enter}');
    expect(session.nav.overlay).not.toBeNull(); // the hits on screen are the first one's
    answer();
    await vi.waitFor(() => expect(session.nav.place.record?.id).toBe(second?.id));
    expect(session.nav.overlay).toBeNull();
    done();
  });

  it('forgets an Enter when something else is typed before its answer, and when it is closed', async () => {
    const { fake, session, box, done } = await palette();
    const search = fake.records.search;
    const waiting: (() => void)[] = [];
    fake.records.search = async (query) => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return search(query);
    };
    await user.type(box, 'a{Enter}b');
    for (const answer of waiting.splice(0)) answer();
    await vi.waitFor(() =>
      expect(fake.calls.filter((c) => c === 'Records.Search')).toHaveLength(3),
    );
    expect(session.nav.overlay).toMatchObject({ kind: 'palette' });
    await user.type(box, 'c{Enter}{Escape}');
    expect(session.nav.overlay).toBeNull();
    for (const answer of waiting.splice(0)) answer();
    await vi.waitFor(() =>
      expect(fake.calls.filter((c) => c === 'Records.Search')).toHaveLength(4),
    );
    expect(session.nav.place.record).toBeNull();
    done();
  });

  it('drops the answer of an older text', async () => {
    const fake = fakeBackend({ connected: true, contacts: 20 });
    const session = new Session(fake);
    await session.start();
    const waiting: (() => void)[] = [];
    const search = fake.records.search;
    fake.records.search = async (query) => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return search(query);
    };
    const store = new PaletteStore(session);
    store.type('a');
    store.type('zzzz');
    waiting[2]?.();
    await vi.waitFor(() =>
      expect(fake.calls.filter((c) => c === 'Records.Search')).toHaveLength(1),
    );
    waiting[1]?.();
    waiting[0]?.();
    await vi.waitFor(() =>
      expect(fake.calls.filter((c) => c === 'Records.Search')).toHaveLength(3),
    );
    expect(store.groups.some((group) => group.name === 'records')).toBe(false);
  });
});
