// Tickets and line items: moved offline, in HubSpot once; what a deal is made of.
import type { CrmRecord, Schema } from '../src/model/wire';
import { App } from './app';
import { Portal } from './portal';
import { expect, go, openFromList, test } from './test';

test('a ticket moved offline is sent once; a deal shows its line items', async ({ page }) => {
  test.setTimeout(90_000);
  const portal = await Portal.start('--contacts', '300', '--limits', 'off');
  const app = await App.start(portal);
  try {
    await app.openReady(page);
    await app.pulled(page);
    const schema = await app.call<Schema>(page, 'Records.Schema', 'tickets');
    const [pipeline] = schema.pipelines;
    const [, , third] = pipeline?.stages ?? [];
    if (!third) throw new Error('the portal has no ticket pipeline');
    const rows = (await app.list(page, 'tickets', ['hs_pipeline_stage'])).rows;
    const ticket = rows.find((row) => row.values.hs_pipeline_stage === '1');
    if (!ticket) throw new Error('the portal has no new ticket');
    await expect(page.locator('[data-nav="tickets"] .count')).toHaveText(String(rows.length));

    // Offline, from the list: its stage, and a note on it.
    await portal.unplug();
    await go(page, 'tickets');
    const panel = await openFromList(page, ticket.title, ticket.id);
    const path = panel.getByRole('list', {
      name:
        schema.groups.flatMap((g) => g.properties).find((p) => p.name === schema.stage)?.label ??
        '',
    });
    await path.getByRole('button', { name: third.label }).click();
    await expect(path.locator('[aria-current="step"]')).toHaveText(third.label);
    await expect(page.locator(`[data-row-id="${ticket.id}"]`)).toContainText(third.label);
    await expect(page.locator(`[data-row-id="${ticket.id}"]`)).toContainText('Saved here');
    const text = `The seal is worn ${Date.now()}`;
    await panel.getByRole('button', { name: 'Note', exact: true }).click();
    await panel.getByRole('textbox', { name: 'Note' }).fill(text);
    await page.keyboard.press('Control+Enter');
    await expect(panel.locator('[data-activity]').filter({ hasText: text })).toBeVisible();

    await portal.plugIn();
    await app.call(page, 'Sync.Now');
    await app.flushed(page, 60_000);
    const versions = await portal.history('tickets', ticket.remoteId, 'hs_pipeline_stage');
    expect(
      versions.filter((value) => value === third.id),
      'it was written once',
    ).toHaveLength(1);
    expect(versions[0]).toBe(third.id);
    const notes = await portal.find('notes', 'hs_note_body', text);
    expect(notes, 'the note is in HubSpot once').toHaveLength(1);
    expect(await portal.linked('tickets', ticket.remoteId, 'notes')).toContain(notes[0]?.id);

    // A deal and what it is made of.
    const item = (await app.list(page, 'line_items', ['amount'])).rows.find(
      (row) => row.values.amount,
    );
    const deals = (await app.call<CrmRecord>(page, 'Records.Get', 'line_items', item?.id)).links;
    const deal = deals.find((group) => group.type === 'deals')?.items[0];
    if (!item || !deal) throw new Error('the portal has no line item on a deal');
    await go(page, 'deals');
    const opened = await openFromList(page, deal.title, deal.id);
    const lines = opened.getByRole('region', { name: 'Line items' });
    await expect(lines.locator(`[data-line="${item.id}"]`)).toContainText(item.title);
    await expect(lines.locator(`[data-line="${item.id}"]`)).toContainText(/\d+ × \S*\d/);
    await expect(lines.getByRole('note')).toContainText(/\d/);
    await lines.locator(`[data-line="${item.id}"]`).click();
    await expect(opened).toHaveAttribute('data-record-id', item.id);
    await expect(opened.getByRole('button', { name: /^Edit / })).toHaveCount(0);
  } finally {
    await app.end();
    await portal.stop();
  }
});
