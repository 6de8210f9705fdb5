// A rep comes back: what a colleague changed meanwhile is told, with who did it,
// and stays until it was seen.
import type { Account, Owner } from '../src/model/wire';
import { App } from './app';
import { Portal } from './portal';
import { expect, go, press, test } from './test';

test('what changed while the rep was away', async ({ page }) => {
  test.setTimeout(90_000);
  const portal = await Portal.start('--contacts', '50', '--limits', 'off');
  const app = await App.start(portal);
  try {
    await app.openReady(page);
    const { ownerId } = await app.call<Account>(page, 'Account.State');
    const deals = (await app.list(page, 'deals', ['hubspot_owner_id'])).rows;
    const mine = deals.find((deal) => deal.values.hubspot_owner_id === ownerId);
    const owners = await app.call<Owner[]>(page, 'Account.Owners');
    const other = owners.find((owner) => owner.id !== ownerId && owner.email !== '');
    if (!mine || !other) throw new Error('the rep has no deal, or no colleague');
    await go(page, 'today');
    await expect(page.getByText('You have seen everything')).toBeVisible();
    const nav = page.locator('[data-nav="today"]');

    await portal.unplug();
    const edit = (values: Record<string, string>, source?: string) =>
      portal.editAs(other.email, 'deals', mine.remoteId, values, source);
    await edit({ amount: '48123' });
    await edit({ dealname: 'Told' }, 'AUTOMATION_PLATFORM');
    await portal.plugIn();
    await app.call(page, 'Sync.Now');

    const news = page.getByRole('region', { name: 'While you were away' });
    await expect(news.getByRole('button', { name: /Amount:.*48,123/ })).toBeVisible({
      timeout: 60_000,
    });
    await expect(nav).toContainText('2');
    await expect(news.getByRole('button', { name: /Amount:/ })).toContainText(other.name, {
      timeout: 30_000,
    });
    await expect(news.getByRole('button', { name: /Name:.*Told/ })).toContainText('By a workflow');

    await press(page, 'j Enter');
    const panel = page.locator('aside[data-record-id]');
    await expect(panel).toHaveAttribute('data-record-id', mine.id);
    await expect(panel).toContainText('48,123');
    await press(page, 'Escape');

    await press(page, 'Shift+D');
    await expect(page.getByText('You have seen everything')).toBeVisible();
    await expect(nav).not.toContainText('2');
    await press(page, 'Control+z');
    await expect(news).toContainText('48,123');
    await news.getByRole('button', { name: 'Mark Told as seen' }).click();
    await expect(page.getByText('You have seen everything')).toBeVisible();
  } finally {
    await app.end();
    await portal.stop();
  }
});
