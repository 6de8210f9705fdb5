// The test everything here is written with: a portal for each worker, an app
// with a data directory of its own for each test, and ears for what a page may
// never say.
import { existsSync } from 'node:fs';
import { test as base, expect, type Page } from '@playwright/test';
import { App, ended } from './app';
import { Portal } from './portal';
import { binary } from './program';

interface Ears {
  /** Errors of the console and of the page. */
  readonly errors: string[];
  /** What the content policy refused, in every document that the page has been. */
  readonly violations: string[];
  /** From now on this test makes the page do what it must not, and looks for itself. */
  expectTrouble(): void;
}

export const test = base.extend<{ app: App; ears: Ears }, { portal: Portal }>({
  portal: [
    async ({}, use) => {
      if (!existsSync(binary)) throw new Error(`${binary} is not there: run make build first`);
      const portal = await Portal.start('--contacts', '300', '--limits', 'off');
      await use(portal);
      await portal.stop();
    },
    { scope: 'worker' },
  ],

  app: async ({ portal }, use, info) => {
    const app = await App.start(portal);
    await use(app);
    await app.end();
    if (info.status !== info.expectedStatus) {
      await info.attach('log', { body: app.log(), contentType: 'text/plain' });
    }
  },

  ears: [
    async ({ page }, use) => {
      const errors: string[] = [];
      const violations: string[] = [];
      let expected = false;
      page.on('console', (message) => {
        if (message.type() !== 'error') return;
        // The program ends before its page does, and the page goes on asking.
        const { url } = message.location();
        const gone = URL.canParse(url) && ended.has(new URL(url).origin);
        if (!gone || !message.text().includes('ERR_CONNECTION_REFUSED')) {
          errors.push(`${message.text()} ${url}`);
        }
      });
      // What the app itself caught and reports, when a screen could not be drawn.
      page.on('request', (request) => {
        if (request.url().endsWith('/rpc/App.Report')) errors.push(request.postData() ?? '');
      });
      page.on('pageerror', (error) => errors.push(String(error)));
      // Told at once: a document that is left takes what it knows along.
      await page.exposeBinding('policyBroken', (_, what: string) => violations.push(what));
      await page.addInitScript(() => {
        const { policyBroken } = window as unknown as { policyBroken: (what: string) => void };
        document.addEventListener('securitypolicyviolation', (event) => {
          policyBroken(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`);
        });
      });
      await use({ errors, violations, expectTrouble: () => (expected = true) });
      if (expected) return;
      expect(errors, 'the console stays silent').toEqual([]);
      expect(violations, 'R28 nothing breaks the content policy').toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

/** Presses keys one after the other: "g p". */
export async function press(page: Page, keys: string): Promise<void> {
  for (const key of keys.split(' ')) await page.keyboard.press(key);
}

export type ScreenName =
  'today' | 'contacts' | 'companies' | 'deals' | 'tickets' | 'pipeline' | 'outbox' | 'settings';

const leads: Record<ScreenName, string> = {
  today: 'g t',
  contacts: 'g c',
  companies: 'g o',
  deals: 'g d',
  tickets: 'g i',
  pipeline: 'g p',
  outbox: 'g x',
  settings: 'g s',
};

/** Goes to a screen by its key and waits until it is drawn. */
export async function go(page: Page, screen: ScreenName): Promise<void> {
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await press(page, leads[screen]);
  await expect(page.locator(`[data-screen="${screen}"]`)).toBeVisible();
  // Keys mean something once there is something to mean.
  if (screen === 'pipeline') await expect(page.locator('[data-card]').first()).toBeVisible();
}

/** Looks a record up in its list and opens it; answers its panel. */
export async function openFromList(page: Page, text: string, id: string) {
  await page.getByRole('searchbox').fill(text);
  await page.locator(`[data-row-id="${id}"]`).click();
  const panel = page.locator('aside[data-record-id]');
  await expect(panel).toHaveAttribute('data-record-id', id);
  return panel;
}
