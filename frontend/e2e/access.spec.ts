// axe on every screen in both themes, with the rules of WCAG 2.2 AA.
import { findings } from './axe';
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
  test(`axe finds nothing on any screen, ${theme}`, async ({ app, page }) => {
    test.setTimeout(120_000);
    await page.emulateMedia({ colorScheme: theme });
    await page.goto(app.url);
    await expect(page.getByRole('button', { name: /Connect HubSpot/ })).toBeVisible();
    expect(await findings(page), 'welcome').toEqual([]);

    await app.openReady(page);
    const [deal] = (await app.list(page, 'deals', [], '', 1)).rows;
    const edit = { type: 'deals', id: deal?.id ?? '', values: { amount: '4711' } };
    await app.call(page, 'Sync.Pause', true);
    await app.call(page, 'Records.Edit', edit);
    for (const screen of screens) {
      await go(page, screen);
      await expect.soft(page.locator(`[data-screen="${screen}"] h1`)).toBeVisible();
      expect.soft(await findings(page), screen).toEqual([]);
    }

    await go(page, 'outbox');
    await expect(page.locator('[data-op]').first()).toBeVisible();
    await press(page, 'j');
    await expect(page.getByRole('complementary')).toBeVisible();
    expect.soft(await findings(page), 'an operation').toEqual([]);

    await go(page, 'deals');
    await page.locator('[data-row-id]').first().click();
    await expect(page.locator('aside[data-record-id]')).toBeVisible();
    expect.soft(await findings(page), 'record').toEqual([]);
    await press(page, 'n');
    await page.getByRole('textbox', { name: 'Note' }).fill('Wants two deliveries');
    await press(page, 'Control+Enter');
    await expect(page.locator('[data-activity]').first()).toBeVisible();
    for (const [key, field] of [
      ['l', 'What was said'],
      ['m', 'Subject'],
      ['y', 'Place'],
      ['t', 'What is to be done'],
    ] as const) {
      await press(page, key);
      await expect(page.getByRole('textbox', { name: field })).toBeVisible();
      expect.soft(await findings(page), field).toEqual([]);
      await press(page, 'Escape');
      await expect(page.getByRole('tabpanel')).toBeHidden();
    }

    for (const [keys, what] of [
      ['Control+k', 'palette'],
      ['?', 'keys'],
      ['c', 'new record'],
    ] as const) {
      await press(page, keys);
      await expect(page.getByRole('dialog')).toBeVisible();
      expect.soft(await findings(page), what).toEqual([]);
      await press(page, 'Escape');
      await expect(page.getByRole('dialog')).toBeHidden();
    }

    await go(page, 'tickets');
    await page.locator('[data-row-id]').first().click();
    await expect(page.locator('aside[data-record-id]')).toBeVisible();
    expect.soft(await findings(page), 'ticket').toEqual([]);

    await go(page, 'pipeline');
    await page.locator('[data-card] button').first().focus();
    await press(page, 'Shift+M');
    await expect(page.getByRole('menu')).toBeVisible();
    expect.soft(await findings(page), 'move menu').toEqual([]);
    await press(page, 'Escape');
  });
}
