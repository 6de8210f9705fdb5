// axe on every screen in both themes, with the rules of WCAG 2.2 AA.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from '@playwright/test';
import type { AxeResults, RunOptions } from 'axe-core';
import { expect, go, press, test, type ScreenName } from './test';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// The text in a property's button is its value; its label stands beside it, and
// is in the name ("Edit Amount").
function isValue(rule: string, html: string): boolean {
  return rule === 'label-content-name-mismatch' && /aria-describedby="[\w]+-now"/.test(html);
}

/** What axe finds, in a line each. It comes in through the debugger: the policy stays on. */
async function findings(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const { axe: run } = window as unknown as {
      axe: { run: (where: Document, how: RunOptions) => Promise<AxeResults> };
    };
    const how: RunOptions = {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
      resultTypes: ['violations'],
    };
    return (await run.run(document, how)).violations;
  });
  return found.flatMap((one) =>
    one.nodes
      .filter((node) => !isValue(one.id, node.html))
      .map((node) => `${one.id}: ${node.target.join(' ')}: ${node.failureSummary ?? ''}`),
  );
}

const screens: ScreenName[] = ['contacts', 'companies', 'deals', 'pipeline', 'outbox', 'settings'];

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

    await go(page, 'pipeline');
    await page.locator('[data-card] button').first().focus();
    await press(page, 'Shift+M');
    await expect(page.getByRole('menu')).toBeVisible();
    expect.soft(await findings(page), 'move menu').toEqual([]);
    await press(page, 'Escape');
  });
}
