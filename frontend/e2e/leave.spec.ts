import { App } from './app';
import { Portal } from './portal';
import { expect, openFromList, test } from './test';

// Satchel is told to end while an edit waits and the portal is slow.
test('what waits is sent before the end, and the page shows it', async ({ page }) => {
  const portal = await Portal.start('--contacts', '20', '--limits', 'off');
  const app = await App.start(portal);
  try {
    await app.openReady(page);
    const contact = (await app.list(page, 'contacts', ['city'])).rows[0];
    await openFromList(page, contact?.title ?? '', contact?.id ?? '');
    await portal.slow(2500);
    await app.call(page, 'Records.Edit', {
      type: 'contacts',
      id: contact?.id,
      values: { city: 'Narvik' },
      seen: {},
    });
    const gone = app.stop();
    const dialog = page.getByRole('dialog', { name: 'Sending before Satchel quits' });
    await expect(dialog).toBeVisible();
    await expect(dialog).toContainText('1 change is on its way');
    await page.screenshot({ path: 'test-results/leave.png' });
    await gone;
    await portal.plugIn();
    const there = await portal.get('contacts', contact?.remoteId ?? '', ['city']);
    expect(there.properties.city).toBe('Narvik');
  } finally {
    await app.end();
    await portal.stop();
  }
});
