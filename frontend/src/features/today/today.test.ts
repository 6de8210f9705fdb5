import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { describe, expect, it, vi } from 'vitest';
import { fakeBackend, type Fake } from '../../backend/fake';
import { newsLine } from '../../backend/fake-news';
import { Fault, noRef, type NewsGroup } from '../../model/wire';
import { Session, sessionContext } from '../../state/session.svelte';
import Today from './Today.svelte';

const user = userEvent.setup();
const now = Date.UTC(2026, 10, 23, 8, 0);
const friday = Date.UTC(2026, 10, 20, 16, 42);

function group(id: string, part: Partial<NewsGroup>): NewsGroup {
  return {
    type: 'deals',
    id,
    remoteId: id,
    title: 'Acme renewal',
    badge: '',
    archived: false,
    currency: '',
    lines: [],
    ...part,
  };
}

function weekend(fake: Fake): void {
  const [deal, contact] = ['deals', 'contacts'].map((type) =>
    fake.records_.find((one) => one.type === type),
  );
  const stage = { name: 'dealstage', label: 'Deal stage', from: 'a', was: 'Offer', to: 'b' };
  Object.assign(fake.news_, { since: friday, away: 4, back: now - 60_000 });
  fake.news_.groups = [
    group(deal?.id ?? '', {
      currency: 'NOK',
      lines: [
        newsLine({
          id: 9,
          name: 'amount',
          label: 'Amount',
          from: '12000',
          to: '15000',
          who: 'Marit Aasen',
          source: 'CRM_UI',
          at: now - 3_600_000,
        }),
        newsLine({ id: 8, ...stage, is: 'Signed', source: 'AUTOMATION_PLATFORM', at: friday }),
        newsLine({
          id: 7,
          kind: 'activity',
          about: { ...noRef, type: 'notes', id: 'n', title: 'They want it sooner' },
          at: friday,
        }),
      ],
    }),
    group(contact?.id ?? '', {
      type: 'contacts',
      title: 'Ada Lovelace',
      lines: [newsLine({ id: 5, kind: 'assigned', was: 'Nina Berg', source: 'IMPORT' })],
    }),
  ];
}

async function today(fill: (fake: Fake) => void) {
  const fake = fakeBackend({ connected: true, contacts: 40, now });
  fill(fake);
  const session = new Session(fake);
  session.now = now;
  await session.start();
  const onkeydown = (event: KeyboardEvent) => session.keymap.press(event);
  window.addEventListener('keydown', onkeydown);
  const view = render(Today, { context: sessionContext(session) });
  await screen.findByRole('heading', { level: 1 });
  return { fake, session, view, done: () => window.removeEventListener('keydown', onkeydown) };
}

const lines = () => screen.getAllByRole('listitem').filter((one) => one.dataset.news === undefined);

describe('while you were away', () => {
  it('tells what changed, from what to what, by whom, since when', async () => {
    const { view, done } = await today(weekend);
    expect(screen.getByRole('heading', { level: 1 })).toHaveTextContent('Monday');
    const news = await screen.findByRole('region', { name: 'While you were away' });
    expect(news).toHaveTextContent(/While you were away 4/);
    expect(news).toHaveTextContent(/since Friday \d\d:42/);
    await vi.waitFor(() =>
      expect(lines()[0]).toHaveTextContent(/Amount: +NOK.12,000 ?becomes ?NOK.15,000/),
    );
    expect(lines()[0]).toHaveTextContent('Marit Aasen');
    expect(lines()[1]).toHaveTextContent(/Deal stage: +Offer ?becomes ?Signed ?By a workflow/);
    expect(lines()[2]).toHaveTextContent('New note: They want it sooner');
    expect(lines()[2]).toHaveTextContent('In HubSpot');
    expect(lines()[3]).toHaveTextContent('Assigned to you, before to Nina Berg');
    expect(lines()[3]).toHaveTextContent('By an import');
    const { violations } = await axe.run(view.container, {
      rules: { 'color-contrast': { enabled: false }, region: { enabled: false } },
    });
    expect(violations.map((one) => one.id)).toEqual([]);
    done();
  });

  it('opens the record of a line, and stays unseen', async () => {
    const { fake, session, done } = await today(weekend);
    await user.click(
      within(await screen.findByRole('region', { name: 'While you were away' })).getByText(
        /New note/,
      ),
    );
    expect(session.nav.place.record).toEqual({ type: 'deals', id: fake.news_.groups[0]?.id });
    expect(fake.news_.groups).toHaveLength(2);
    done();
  });

  it('goes by keys from line to line, and marks one record as seen', async () => {
    const { fake, session, done } = await today(weekend);
    await screen.findByRole('region', { name: 'While you were away' });
    await user.keyboard('j');
    await vi.waitFor(() => expect(document.activeElement).toHaveAttribute('data-line', '9'));
    await user.keyboard('jk');
    await vi.waitFor(() => expect(document.activeElement).toHaveAttribute('data-line', '9'));
    await user.keyboard('d');
    await vi.waitFor(() => expect(fake.news_.groups).toHaveLength(1));
    expect(session.toasts.list.at(-1)?.text).toBe('3 changes marked as seen');
    await vi.waitFor(() => expect(document.activeElement).toHaveAttribute('data-line', '5'));
    done();
  });

  it('marks all as seen, but not what comes meanwhile, and takes it back', async () => {
    const { fake, session, done } = await today(weekend);
    await screen.findByRole('region', { name: 'While you were away' });
    fake.news_.groups.push(group('late', { lines: [newsLine({ id: 99, kind: 'archived' })] }));
    await user.keyboard('{Shift>}d{/Shift}');
    await vi.waitFor(() => expect(fake.news_.groups.map((one) => one.id)).toEqual(['late']));
    await session.act.undo();
    expect(fake.news_.groups).toHaveLength(3);
    await vi.waitFor(() => expect(lines()).toHaveLength(5));
    expect(session.toasts.list.at(-1)?.text).toContain('4 changes marked as seen');
    done();
  });

  it('is calm when everything was seen', async () => {
    const { done } = await today(() => {});
    expect(await screen.findByText('You have seen everything')).toBeVisible();
    expect(screen.queryByText('Mark all as seen')).toBeNull();
    done();
  });

  it('says what went wrong, and tries again', async () => {
    const text = 'The local data could not be read. Nothing is lost.';
    const { done } = await today((fake) => {
      weekend(fake);
      fake.fail('News.List', new Fault({ code: 'storage', message: text, fields: {} }));
    });
    expect(await screen.findByText(text)).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('region', { name: 'While you were away' })).toBeVisible();
    done();
  });
});
