// The whole job: sign in, work offline, come back, and HubSpot has it once.
import type { BrowserContext, Page } from '@playwright/test';
import type { ConnectFlow, Row } from '../src/model/wire';
import { App } from './app';
import { Portal } from './portal';
import { expect, go, openFromList, press, test } from './test';

/** What the system's browser would do: open the page, allow, come back. */
async function authorize(context: BrowserContext, url: string): Promise<void> {
  const browser = await context.newPage();
  await browser.goto(url);
  await browser.locator('#authorize').click();
  await browser.waitForURL(/^http:\/\/localhost:4761\d\//);
  await browser.close();
}

async function signIn(page: Page, button: string): Promise<void> {
  const answer = page.waitForResponse('**/rpc/Account.Connect');
  await page.getByRole('button', { name: button }).click();
  const flow = (await (await answer).json()) as ConnectFlow;
  await authorize(page.context(), flow.url);
}

async function someOpenDeal(app: App, page: Page): Promise<{ deal: Row; next: string }> {
  const [pipeline] = await app.pipelines(page);
  const stages = pipeline?.stages.filter((stage) => !stage.closed) ?? [];
  const rows = (await app.list(page, 'deals', ['amount', 'dealstage', 'pipeline'], '', 500)).rows;
  const deal = rows.find(
    (row) =>
      row.remoteId !== '' &&
      row.values.pipeline === pipeline?.id &&
      row.values.dealstage === stages[0]?.id,
  );
  const next = stages[1]?.id;
  if (!deal || !next) throw new Error('the portal has no open deal in its first stage');
  return { deal, next };
}

test('connect by OAuth, work offline across a restart, and arrive once', async ({ page }) => {
  test.setTimeout(120_000);
  const portal = await Portal.start('--contacts', '300');
  const app = await App.start(portal, { withApp: true });
  try {
    // Sign in. No browser opens; this test is the browser.
    await page.goto(app.url);
    await signIn(page, 'Connect HubSpot');
    const start = page.getByRole('button', { name: 'Start using Satchel' });
    await expect(start.or(page.getByRole('navigation', { name: 'Main' }))).toBeVisible();
    if (await start.isVisible()) await start.click();
    await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
    await app.pulled(page);

    const { deal, next } = await someOpenDeal(app, page);
    const company = (await app.list(page, 'companies', [])).rows.find((row) => row.remoteId !== '');
    if (!company) throw new Error('the portal has no company');

    const before = await portal.get('deals', deal.remoteId, ['amount', 'dealstage']);
    expect(before.properties.dealstage).not.toBe(next);

    // Offline from here on.
    await portal.unplug();

    await go(page, 'deals');
    const panel = await openFromList(page, deal.title, deal.id);
    await panel.getByRole('button', { name: 'Edit Amount', exact: true }).click();
    await panel.getByRole('textbox', { name: 'Amount', exact: true }).fill('54,321.5');
    await page.keyboard.press('Enter');
    await expect(panel.getByText('54,321.50').first()).toBeVisible();
    await expect(page.getByText("You're offline", { exact: false }).first()).toBeVisible({
      timeout: 20_000,
    });

    await go(page, 'pipeline');
    await press(page, '/');
    await page.getByRole('searchbox', { name: 'Search this pipeline' }).fill(deal.title);
    const card = page.locator(`[data-card="${deal.id}"]`);
    await card.locator('button').first().focus();
    await press(page, 'Shift+ArrowRight');
    await expect(page.locator(`[data-drop="${next}"] [data-card="${deal.id}"]`)).toBeVisible();

    await go(page, 'contacts');
    await press(page, 'c');
    const form = page.getByRole('dialog', { name: 'New contact' });
    const email = `edda.${Date.now()}@offline.example`;
    await form.getByLabel('First name', { exact: false }).fill('Edda');
    await form.getByLabel('Last name', { exact: false }).fill('Óðinsdóttir');
    await form.getByLabel('Email', { exact: false }).fill(email);
    await press(page, 'Control+Enter');
    await expect(form).toBeHidden();
    const made = (await app.list(page, 'contacts', ['email'], 'Edda')).rows.find(
      (row) => row.values.email === email,
    );
    if (!made) throw new Error('the new contact is not in the list');
    await openFromList(page, email, made.id);
    await page.getByRole('button', { name: 'Associate a company' }).click();
    const find = page.getByRole('combobox', { name: 'Find a company' });
    await find.fill(company.title);
    await page.locator('[role="option"]').filter({ hasText: company.title }).first().click();
    await expect(page.getByRole('region', { name: 'Companies' })).toContainText(company.title);

    // All of it is waiting.
    const waiting = await app.outbox(page);
    expect(waiting.waiting.length + waiting.sending.length).toBeGreaterThanOrEqual(3);
    expect(waiting.needs).toEqual([]);
    await go(page, 'outbox');
    await expect(page.getByText('New contact').first()).toBeVisible();

    // The app ends and starts again on the same data.
    await app.stop();
    await page.goto('about:blank');
    await app.run();
    await page.goto(app.url);
    await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
    expect((await app.outbox(page)).waiting.length).toBe(waiting.waiting.length);

    // Back online. Without a keychain the sign-in went with the process.
    await portal.plugIn();
    if ((await app.account(page)).needsSignIn) await signIn(page, 'Reconnect');
    await app.flushed(page, 60_000);

    const after = await portal.get('deals', deal.remoteId, ['amount', 'dealstage']);
    expect(Number(after.properties.amount)).toBe(54321.5);
    expect(after.properties.dealstage).toBe(next);
    const contacts = await portal.find('contacts', 'email', email);
    expect(contacts.length, 'the contact is in HubSpot once').toBe(1);
    expect(await portal.linked('contacts', contacts[0]?.id ?? '', 'companies')).toContain(
      company.remoteId,
    );
    await go(page, 'outbox');
    await expect(page.getByText('Everything is in HubSpot')).toBeVisible();
  } finally {
    await app.end();
    await portal.stop();
  }
});
