// Two portals in two profiles, at once: each has its own window, colour and
// data, and neither has anything of the other.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { EditResult, Profiles } from '../src/model/wire';
import { App } from './app';
import { findings } from './axe';
import { Portal } from './portal';
import { expect, go, test } from './test';

function files(dir: string): string[] {
  return readdirSync(dir).flatMap((name) => {
    const file = path.join(dir, name);
    return statSync(file).isDirectory() ? files(file) : [file];
  });
}

test('two portals run side by side and are never mixed', async ({ app, portal, page }) => {
  test.setTimeout(120_000);
  const otherPortal = await Portal.start('--contacts', '40', '--limits', 'off', '--portal', '2');
  expect(otherPortal.info.portal_id).not.toBe(portal.info.portal_id);
  let other: App | undefined;
  try {
    await app.openReady(page);
    await expect(page).toHaveTitle('Satchel');
    await expect(page.locator('[data-edge]')).toHaveCount(0);

    // A profile is made in the settings; a browser is told how to open it.
    await go(page, 'settings');
    const part = page.getByRole('region', { name: 'Portals' });
    await part.getByRole('button', { name: 'Add a portal' }).click();
    await page.getByLabel('Name', { exact: true }).fill('second');
    await page.keyboard.press('Enter');
    await expect(part.getByText('satchel serve --profile second')).toBeVisible();
    await expect(page.locator('[data-edge="blue"]')).toBeVisible();
    await expect(page).toHaveTitle(/Main – Satchel$/);

    other = await App.startProfile(otherPortal, app.dataDir, 'second');
    const window = await page.context().newPage();
    await other.openReady(window);
    await expect(window.locator('[data-edge="orange"]')).toBeVisible();
    await expect(window.locator('[data-profile]')).toHaveText('second');
    await expect(window).toHaveTitle(/second – Satchel$/);
    const ids = [(await app.account(page)).portalId, (await other.account(window)).portalId];
    expect(ids).toEqual([String(portal.info.portal_id), String(otherPortal.info.portal_id)]);

    const list = await app.call<Profiles>(page, 'Profiles.List');
    expect(list.items.map((one) => [one.name, one.portalId, one.running])).toEqual([
      ['', ids[0], true],
      ['second', ids[1], true],
    ]);

    // What is written in one is in no file and in no portal of the other.
    const canary = 'Zanzibarina Quux';
    const made = await other.call<EditResult>(window, 'Records.Create', {
      type: 'companies',
      values: { name: canary },
      links: [],
    });
    expect(made.id).not.toBe('');
    await other.flushed(window);
    await expect
      .poll(async () => (await otherPortal.find('companies', 'name', canary)).length)
      .toBe(1);
    expect(await portal.find('companies', 'name', canary)).toEqual([]);
    expect((await app.list(page, 'companies', ['name'], canary)).total).toBe(0);
    await other.stop();
    const found = files(app.dataDir).filter((file) => readFileSync(file).includes(canary));
    expect(found.length).toBeGreaterThan(0);
    const below = path.join(app.dataDir, 'profiles', 'second');
    expect(found.filter((file) => !file.startsWith(below))).toEqual([]);
    await window.close();

    for (const theme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: theme });
      await go(page, 'settings');
      await part.scrollIntoViewIfNeeded();
      await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
      expect(await findings(page)).toEqual([]);
    }
  } finally {
    await other?.stop();
    await otherPortal.stop();
  }
});

test('another colour shows at once, also where it was given elsewhere', async ({ app, page }) => {
  await app.openReady(page);
  await app.call(page, 'Profiles.Add', { name: 'acme', colour: '' });
  await go(page, 'settings');
  await page.getByRole('combobox', { name: 'Colour of Main' }).selectOption('Teal');
  await expect(page.locator('[data-edge="teal"]')).toBeVisible();
});
