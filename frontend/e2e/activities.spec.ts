// Logging on a record: offline it is in the timeline at once, and then in HubSpot.
import { App } from './app';
import { Portal } from './portal';
import { expect, go, openFromList, press, test } from './test';

test('a note written offline is in the timeline at once, and in HubSpot once', async ({ page }) => {
  test.setTimeout(90_000);
  const portal = await Portal.start('--contacts', '300', '--limits', 'off');
  const app = await App.start(portal);
  try {
    await app.openReady(page);
    const deal = (await app.list(page, 'deals', [])).rows.find((row) => row.remoteId !== '');
    if (!deal) throw new Error('the portal has no deal');
    const before = await portal.linked('deals', deal.remoteId, 'notes');

    await portal.unplug();
    await go(page, 'deals');
    const panel = await openFromList(page, deal.title, deal.id);
    await expect(panel.getByRole('heading', { name: 'Timeline' })).toBeVisible();
    await press(page, 'n');
    const box = panel.getByRole('textbox', { name: 'Note' });
    await expect(box).toBeFocused();

    // Esc keeps the draft and the record open.
    const text = `Two deliveries, <b>not</b> one. ${Date.now()}`;
    await page.keyboard.type(text);
    await press(page, 'Escape');
    await expect(box).toBeHidden();
    await expect(panel).toBeVisible();
    await press(page, 'n');
    await expect(box).toHaveValue(text);
    await press(page, 'Control+Enter');

    const entry = panel.locator('[data-activity]').filter({ hasText: text });
    await expect(entry).toContainText('Note');
    await expect(entry).toContainText(/Saved here|Sending/);
    await expect(page.locator('.toast')).toContainText('Note saved');

    await portal.plugIn();
    await app.call(page, 'Sync.Now');
    await app.flushed(page, 60_000);
    await expect(entry).toBeVisible();
    await expect(entry).not.toContainText('Saved here');
    await expect(entry).not.toContainText('Sending');

    const added = async (): Promise<string[]> =>
      (await portal.linked('deals', deal.remoteId, 'notes')).filter((id) => !before.includes(id));
    await expect.poll(async () => (await added()).length).toBe(1);
    const [id = ''] = await added();
    const note = await portal.get('notes', id, ['hs_note_body']);
    expect(note.properties.hs_note_body).toContain('&lt;b&gt;not&lt;/b&gt;');
  } finally {
    await app.end();
    await portal.stop();
  }
});

test('the composer opens from the palette; what it saved is undone, or sent', async ({
  app,
  page,
}) => {
  await app.openReady(page);
  await app.call(page, 'Sync.Pause', true);
  await go(page, 'contacts');
  await page.locator('[data-row-id]').first().click();
  const panel = page.locator('aside[data-record-id]');
  await expect(panel.getByRole('heading', { name: 'Timeline' })).toBeVisible();

  await press(page, 'Control+k');
  await page.getByRole('combobox').fill('>add a task');
  await press(page, 'Enter');
  const subject = panel.getByRole('textbox', { name: 'What is to be done' });
  await expect(subject).toBeFocused();
  await page.keyboard.type('Send the certificates');
  await panel.getByLabel('Due').fill('2031-02-28T14:30');
  await press(page, 'Control+Enter');
  const entry = panel.locator('[data-activity]').filter({ hasText: 'Send the certificates' });
  await expect(entry).toContainText('Task');
  await expect(entry).toContainText('14:30');
  await expect(panel.getByRole('heading', { name: '28 Feb 2031' })).toBeVisible();
  await expect(panel.getByRole('button', { name: 'Task', exact: true })).toBeFocused();
  await expect(entry).toContainText('Saved here');

  await press(page, 'l');
  await panel.getByRole('textbox', { name: 'What was said' }).fill('Nobody there');
  await press(page, 'Control+Enter');
  const call = panel.locator('[data-activity]').filter({ hasText: 'Nobody there' });
  await expect(call).toContainText('Connected');
  const toast = page.locator('.toast').filter({ hasText: 'Call logged' });
  await toast.getByRole('button', { name: /Undo/ }).click();
  await expect(call).toHaveCount(0);

  // It waits in the outbox under its record's name, and leads back there.
  const { to } = (await app.outbox(page)).waiting.find((op) => op.type === 'tasks') ?? {};
  await go(page, 'outbox');
  await expect(page.locator('[data-op]').first()).toContainText(`Task for ${to?.title}`);
  await press(page, 'j');
  await page.getByRole('button', { name: 'Open record' }).click();
  await expect(page.locator('aside[data-record-id]')).toHaveAttribute(
    'data-record-id',
    to?.id ?? '',
  );
  await expect(entry).toContainText('Saved here');

  await app.call(page, 'Sync.Pause', false);
  await app.flushed(page);
  await expect(entry).not.toContainText('Saved here');

  // It is found by its words, where it is read.
  await go(page, 'deals');
  await press(page, 'Control+k');
  await page.getByRole('combobox').fill('certif');
  const said = page.getByRole('group', { name: /In notes/ }).getByRole('option');
  await expect(said).toContainText('Send the certificates');
  await expect(said).toContainText(to?.title ?? '-');
  await said.click();
  await expect(page.locator('aside[data-record-id]')).toHaveAttribute(
    'data-record-id',
    to?.id ?? '',
  );
  await expect(entry).toBeFocused();
  await expect(entry).toBeInViewport();
});
