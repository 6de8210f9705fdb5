// Two people change one field: nothing is overwritten, the rep decides.
import { App } from './app';
import { Portal } from './portal';
import { expect, go, press, test } from './test';

test('a conflict is decided field by field', async ({ page }) => {
  test.setTimeout(90_000);
  const portal = await Portal.start('--contacts', '50', '--limits', 'off');
  const app = await App.start(portal);
  try {
    await app.openReady(page);
    const rows = (await app.list(page, 'deals', ['amount', 'dealname'], '', 20)).rows;
    const deal = rows.find((row) => row.remoteId !== '');
    if (!deal) throw new Error('the portal has no deal');

    await app.call(page, 'Sync.Pause', true);
    const mine = { amount: '11111', dealname: 'My name for it' };
    await app.call(page, 'Records.Edit', { type: 'deals', id: deal.id, values: mine });
    await portal.edit('deals', deal.remoteId, { amount: '22222', dealname: 'Their name for it' });
    await app.call(page, 'Sync.Pause', false);
    await expect
      .poll(async () => (await app.outbox(page)).needs.length, { timeout: 30_000 })
      .toBe(1);

    await go(page, 'outbox');
    await expect(page.locator('[data-op]').first()).toBeVisible();
    await press(page, 'j');
    const panel = page.getByRole('complementary', { name: /^Conflict/ });
    const amount = panel.getByRole('radiogroup', { name: 'Amount' });
    await expect(amount.getByRole('radio')).toHaveCount(2);
    await expect(amount.getByRole('radio', { checked: true })).toHaveCount(0);
    await expect(amount).toContainText('11,111');
    await expect(amount).toContainText('22,222');
    const apply = panel.getByRole('button', { name: /Apply/ });
    await expect(apply).toContainText('0 of 2');
    await expect(apply).toBeDisabled();

    const name = panel.getByRole('radiogroup', { name: /name/i });
    await amount.getByRole('radio').first().focus();
    await press(page, '1');
    await expect(amount.getByRole('radio').first()).toBeChecked();
    await name.getByRole('radio').nth(1).click();
    await expect(apply).toBeEnabled();
    await press(page, 'Control+Enter');
    await app.flushed(page);

    const after = await portal.get('deals', deal.remoteId, ['amount', 'dealname']);
    expect(Number(after.properties.amount)).toBe(11111);
    expect(after.properties.dealname).toBe('Their name for it');
  } finally {
    await app.end();
    await portal.stop();
  }
});
