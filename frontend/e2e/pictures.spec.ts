// Pictures of every screen in both themes, for the eye. Nothing is compared.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { App } from './app';
import { Portal } from './portal';
import { artifacts } from './program';
import { expect, go, press, test, type ScreenName } from './test';

const screens: ScreenName[] = [
  'today',
  'contacts',
  'companies',
  'deals',
  'tickets',
  'pipeline',
  'outbox',
  'settings',
];

for (const theme of ['light', 'dark'] as const) {
  test(`pictures, ${theme}`, async ({ page }) => {
    test.setTimeout(90_000);
    mkdirSync(artifacts, { recursive: true });
    const portal = await Portal.start('--contacts', '400', '--limits', 'off');
    const app = await App.start(portal, { withApp: true });
    const take = (name: string) =>
      page.screenshot({ path: path.join(artifacts, `${name}-${theme}.png`) });
    try {
      await page.emulateMedia({ colorScheme: theme });
      await page.goto(app.url);
      await expect(page.getByRole('button', { name: /Connect HubSpot/ })).toBeVisible();
      await take('welcome');
      await app.openReady(page);
      await app.call(page, 'Sync.Pause', true);
      const rows = (await app.list(page, 'deals', ['amount'], '', 6)).rows;
      for (const [i, row] of rows.entries()) {
        const values = { amount: String(12000 + 1500 * i) };
        await app.call(page, 'Records.Edit', { type: 'deals', id: row.id, values });
      }
      for (const screen of screens) {
        await go(page, screen);
        await page.waitForTimeout(300);
        await take(screen);
      }
      await go(page, 'outbox');
      await expect(page.locator('[data-op]').first()).toBeVisible();
      await press(page, 'j');
      await expect(page.getByRole('complementary')).toBeVisible();
      await take('outbox-open');
      await go(page, 'deals');
      await page.locator('[data-row-id]').first().click();
      await expect(page.locator('aside[data-record-id]')).toBeVisible();
      await page.waitForTimeout(300);
      await take('record');
      await press(page, 'n');
      await page.keyboard.type('Two deliveries: 120 units in week 4, the rest after the board.');
      await press(page, 'Control+Enter');
      await expect(page.locator('[data-activity]').first()).toBeVisible();
      await press(page, 'l');
      await page.keyboard.type('Budget is approved for the first 120 units.');
      await page.waitForTimeout(300);
      await take('composer');
      await press(page, 'Control+Enter');
      await expect(page.locator('[data-activity]')).toHaveCount(2);
      await page.locator('[data-activity]').last().scrollIntoViewIfNeeded();
      await take('timeline');
      await press(page, 'Shift+Enter');
      await press(page, 'y');
      await page.waitForTimeout(300);
      await take('record-wide');
      await press(page, 'Escape');
      await press(page, 'Shift+Enter');
      await go(page, 'companies');
      await page.locator('[data-row-id]').first().click();
      await expect(page.getByRole('region', { name: 'Deals' })).toBeVisible();
      await page.waitForTimeout(300);
      await take('company');
      await press(page, 'Control+k');
      await page.getByRole('combobox').fill('a');
      await page.waitForTimeout(300);
      await take('palette');
      await page.getByRole('combobox').fill('quote');
      const said = page.getByRole('group', { name: /In notes/ }).getByRole('option');
      await expect(said.first()).toBeVisible();
      await take('palette-activities');
      await said.first().click();
      await expect(page.locator('[data-activity][aria-current]')).toBeInViewport();
      await page.waitForTimeout(300);
      await take('found');
      await press(page, '?');
      await page.waitForTimeout(300);
      await take('keys');
    } finally {
      await app.end();
      await portal.stop();
    }
  });
}
