// The first page, and every way a sign-in can end.
import type { ConnectFlow } from '../src/model/wire';
import { App } from './app';
import { Portal } from './portal';
import { expect, test } from './test';

test.describe('signing in', () => {
  let app: App;
  test.beforeEach(async ({ portal }) => {
    app = await App.start(portal, { withApp: true });
  });
  test.afterEach(() => app.end());

  test('can be denied', async ({ page }) => {
    await page.goto(app.url);
    const answer = page.waitForResponse('**/rpc/Account.Connect');
    await page.getByRole('button', { name: /Connect HubSpot/ }).click();
    const flow = (await (await answer).json()) as ConnectFlow;
    const browser = await page.context().newPage();
    await browser.goto(flow.url);
    await browser.locator('#deny, button:has-text("Cancel"), a:has-text("Cancel")').first().click();
    await browser.waitForURL(/^http:\/\/localhost:4761\d\//);
    await browser.close();
    await expect(page.getByText('Access was not given')).toBeVisible();
    expect((await app.account(page)).connected).toBe(false);
  });

  test('can be canceled and begun again', async ({ page }) => {
    await page.goto(app.url);
    await page.getByRole('button', { name: /Connect HubSpot/ }).click();
    await expect(page.getByText('Waiting for your browser')).toBeVisible();
    await expect(page.getByRole('button', { name: /Copy link/ })).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.getByText('Waiting for your browser')).toBeHidden();
    const again = page.getByRole('button', { name: /Connect HubSpot|Try again/ }).first();
    await again.click();
    await expect(page.getByText('Waiting for your browser')).toBeVisible();
    await page.getByRole('button', { name: /^Cancel/ }).click();
    await expect(page.getByText('Waiting for your browser')).toBeHidden();
  });
});

test('a token asks who you are, once', async ({ app, portal, page, ears }) => {
  await page.goto(app.url);
  await page.getByRole('button', { name: 'Paste a token instead' }).click();
  await page.getByLabel('Access token').fill('pat-na1-00000000-0000-0000-0000-000000000000');
  await page.keyboard.press('Enter');
  await expect(page.locator('form .hint, form [role="alert"]').first()).toContainText(/\S/);
  expect((await app.account(page)).connected).toBe(false);
  ears.errors.length = 0; // the browser reports the refused call by itself

  await page.getByLabel('Access token').fill(portal.info.token);
  await page.keyboard.press('Enter');
  await expect(page.getByText('Which of these is you?')).toBeVisible();
  const owners = await app.call<{ id: string; name: string }[]>(page, 'Account.Owners');
  const me = owners[1] ?? owners[0];
  await page.getByRole('combobox', { name: 'Find your name' }).fill(me?.name ?? '');
  await page
    .getByRole('option')
    .filter({ hasText: me?.name ?? '' })
    .first()
    .click();
  await page.getByRole('button', { name: 'This is me' }).click();
  await expect(page.getByText('Which of these is you?')).toBeHidden();
  expect((await app.account(page)).ownerId).toBe(me?.id);
});

test('a portal that cannot be reached is said so, and nothing is lost', async ({ page, ears }) => {
  const portal = await Portal.start('--contacts', '10', '--limits', 'off');
  const app = await App.start(portal);
  try {
    await portal.stop();
    await page.goto(app.url);
    await page.getByRole('button', { name: 'Paste a token instead' }).click();
    await page.getByLabel('Access token').fill(portal.info.token);
    await page.keyboard.press('Enter');
    await expect(page.locator('form .hint, form [role="alert"]').first()).toContainText(
      /reach|connect|answer|network|online/i,
    );
    ears.errors.length = 0; // the browser reports the refused call by itself
  } finally {
    await app.end();
  }
});
