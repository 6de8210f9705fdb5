// The content policy: sent as a header, and nothing on any screen needs more.
import { expect, go, press, test, type ScreenName } from './test';

test('a walk through every screen breaks no rule of the policy', async ({ app, page, ears }) => {
  await app.openReady(page);
  const answer = await page.request.get(app.origin + '/');
  const policy = answer.headers()['content-security-policy'] ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toMatch(/script-src 'self'(;|$)/);
  expect(policy).not.toContain('unsafe');

  const screens: ScreenName[] = [
    'companies',
    'deals',
    'pipeline',
    'outbox',
    'settings',
    'contacts',
  ];
  for (const screen of screens) await go(page, screen);

  await page.locator('[data-row-id]').first().click();
  await expect(page.locator('aside[data-record-id]')).toBeVisible();
  await press(page, 'e');
  await press(page, 'Escape Escape');
  await press(page, 'Control+k');
  await page.getByRole('combobox').fill('a');
  await press(page, 'ArrowDown Escape');
  await press(page, '?');
  await expect(page.getByRole('searchbox', { name: 'Find a key' })).toBeVisible();
  await press(page, 'Escape');
  await press(page, 'c');
  await expect(page.getByRole('dialog')).toBeVisible();
  await press(page, 'Escape');

  await go(page, 'pipeline');
  await page.locator('[data-card] button').first().focus();
  await press(page, 'Shift+M');
  await expect(page.getByRole('menu')).toBeVisible();
  await press(page, 'Escape');

  expect(await ears.violations()).toEqual([]);
});
