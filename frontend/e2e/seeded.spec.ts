// A portal with 8,800 deals: every record is here, and the board counts them.
import { App } from './app';
import { Portal } from './portal';
import { seedFolder } from './program';
import { expect, go, test } from './test';

const seed = seedFolder();

test('a seeded portal is here in full', async ({ page }) => {
  if (seed === undefined) {
    const reason = 'skipped: no data/crm-sales-opportunities/portal in SATCHEL_SHARED';
    console.log(reason);
    test.skip(true, reason);
    return;
  }
  test.setTimeout(120_000);
  const portal = await Portal.start('--seed', seed, '--limits', 'off');
  const app = await App.start(portal);
  try {
    await app.openReady(page);
    const nav = page.getByRole('navigation', { name: 'Main' });
    await expect(nav.getByRole('button', { name: /Companies/ })).toContainText('85');
    await expect(nav.getByRole('button', { name: /Deals/ })).toContainText('8,800');
    expect(await app.call<unknown[]>(page, 'Account.Owners')).toHaveLength(35);

    await go(page, 'pipeline');
    await expect(page.getByText('2,089 open')).toBeVisible();
    const heads = page.locator('[data-drop] h2');
    await expect(heads.filter({ hasText: /\b500\b/ })).toHaveCount(1);
    await expect(heads.filter({ hasText: /1,589/ })).toHaveCount(1);
    const won = page.getByRole('button', { name: /4,238/ });
    await expect(won).toContainText('10,005,534');
    await expect(page.getByRole('button', { name: /2,473/ })).toBeVisible();

    // A closed stage opens as a column; only what is in sight is in the document.
    await won.click();
    await expect(page.locator('[data-drop] h2').filter({ hasText: '4,238' })).toBeVisible();
    await expect(page.getByRole('list', { name: /4,238 deals/ })).toBeVisible();
    expect(await page.locator('[data-card]').count()).toBeLessThan(80);
    expect(await page.evaluate(() => document.querySelectorAll('*').length)).toBeLessThan(1500);

    // Scrolling asks for more.
    const column = page.getByRole('list', { name: /1,589 deals/ });
    const scroller = column.locator('xpath=..');
    const posinset = () => column.locator('[aria-posinset]').last().getAttribute('aria-posinset');
    for (const least of [30, 60, 100]) {
      await expect
        .poll(async () => {
          await scroller.evaluate((node) => (node.scrollTop = node.scrollHeight));
          return Number(await posinset());
        })
        .toBeGreaterThan(least);
    }
    expect(await page.locator('[data-card]').count()).toBeLessThan(80);
  } finally {
    await app.end();
    await portal.stop();
  }
});
