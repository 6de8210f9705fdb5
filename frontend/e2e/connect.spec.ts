// Every way a sign-in can end has a page of its own, in words of its own, that
// is reached through HubSpot's page and leads on.
import path from 'node:path';
import type { Page } from '@playwright/test';
import type { ConnectFlow } from '../src/model/wire';
import { App } from './app';
import { findings } from './axe';
import { Portal } from './portal';
import { artifacts } from './program';
import { expect, go, test } from './test';

/** Presses the button that connects and answers the flow that begins. */
async function begin(page: Page, button: RegExp = /Connect HubSpot/): Promise<ConnectFlow> {
  const answer = page.waitForResponse('**/rpc/Account.Connect');
  await page.getByRole('button', { name: button }).click();
  return (await (await answer).json()) as ConnectFlow;
}

/** What the person does in the system's browser. */
async function inBrowser(page: Page, url: string, act: (browser: Page) => Promise<void>) {
  const browser = await page.context().newPage();
  await browser.goto(url);
  await act(browser);
  await browser.waitForURL(/^http:\/\/localhost:4761\d\//);
  await browser.close();
}

const allow = (browser: Page) => browser.locator('#authorize').click();
const redirectOf = (flow: ConnectFlow) => {
  const query = new URL(flow.url).searchParams;
  return { redirect: query.get('redirect_uri') ?? '', state: query.get('state') ?? '' };
};

/** The page, clean in both themes, with a picture of each. */
async function clean(page: Page, name: string): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme });
    expect(await findings(page), `${name}, ${theme}`).toEqual([]);
    await page.screenshot({ path: path.join(artifacts, `connect-${name}-${theme}.png`) });
  }
}

interface Case {
  outcome: string;
  title: string;
  says: RegExp;
  /** What goes wrong at HubSpot. */
  fault?: [string, Record<string, unknown>];
  act: (browser: Page, flow: ConnectFlow) => Promise<unknown>;
}

const cases: Case[] = [
  {
    outcome: 'user_denied',
    title: 'Access was not given',
    says: /did not allow the connection/,
    act: (browser) => browser.locator('#deny').click(),
  },
  {
    outcome: 'not_permitted',
    title: 'Your user may not connect apps',
    says: /App Marketplace access/,
    act: (browser, flow) => {
      const { redirect, state } = redirectOf(flow);
      return browser.goto(`${redirect}?error=insufficient_permissions&state=${state}`);
    },
  },
  {
    outcome: 'missing_scopes',
    title: 'Permissions are missing',
    says: /crm\.objects\.deals\.write/,
    act: async (browser) => {
      await browser.locator('input[name="scope"]').evaluate((input: HTMLInputElement) => {
        input.value = input.value.replace('crm.objects.deals.write', '');
      });
      await allow(browser);
    },
  },
  {
    outcome: 'blocked',
    title: 'HubSpot refuses your user',
    says: /Users & Teams/,
    fault: [
      '/account-info/**',
      { kind: 'status', status: 403, error: 'USER_DOES_NOT_HAVE_PERMISSIONS' },
    ],
    act: allow,
  },
  {
    outcome: 'wrong_app',
    title: 'HubSpot does not accept this app',
    says: /client secret is wrong/,
    fault: ['/oauth/*/token', { kind: 'token_error', error: 'BAD_CLIENT_SECRET' }],
    act: allow,
  },
  {
    outcome: 'hubspot_down',
    title: 'HubSpot has a problem',
    says: /problem at the moment/,
    fault: ['/oauth/*/token', { kind: 'status', status: 503 }],
    act: allow,
  },
  {
    outcome: 'offline',
    title: 'HubSpot cannot be reached',
    says: /cannot be reached/,
    fault: ['/oauth/*/token', { kind: 'drop_before_apply' }],
    act: allow,
  },
];

test.describe('R5 a sign-in that ends as', () => {
  let portal: Portal;
  let app: App;
  test.beforeEach(async () => {
    portal = await Portal.start('--contacts', '10', '--limits', 'off');
    app = await App.start(portal, { withApp: true });
  });
  test.afterEach(async () => {
    await app.end();
    await portal.stop();
  });

  for (const one of cases) {
    test(`${one.outcome} says so, and leads on`, async ({ page }) => {
      await page.goto(app.url);
      const flow = await begin(page);
      if (one.fault) await portal.fail(...one.fault);
      await inBrowser(page, flow.url, async (browser) => void (await one.act(browser, flow)));
      await expect(page.getByRole('heading', { name: one.title })).toBeVisible();
      await expect(page.getByRole('alert').filter({ hasText: one.says })).toBeVisible();
      await clean(page, one.outcome);
      expect((await app.account(page)).connected).toBe(false);
      await portal.plugIn();

      if (one.outcome === 'wrong_app') {
        await page.getByRole('button', { name: 'Enter the app again' }).click();
        await expect(page.getByLabel('Client ID')).toHaveValue(portal.info.client_id);
        await page.getByLabel('Client secret').fill(portal.info.client_secret);
      }
      if (one.outcome === 'not_permitted') {
        await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
        await page.getByRole('button', { name: 'Copy a message for your admin' }).click();
        await expect(page.getByText('Message copied')).toBeVisible();
      }
      const next = await begin(page, /Try again|Allow it in HubSpot|Connect HubSpot/);
      await inBrowser(page, next.url, allow);
      await expect.poll(async () => (await app.account(page)).connected).toBe(true);
    });
  }

  test('expired says so, and leads on', async ({ page }) => {
    await page.goto(app.url);
    const flow = await begin(page);
    // Five minutes are too long for a test: only their end is told ahead of time.
    await page.route('**/rpc/Account.Flow', (route) =>
      route.fulfill({ json: { ...flow, phase: 'expired', outcome: 'expired' } }),
    );
    await expect(page.getByRole('heading', { name: 'The sign-in took too long' })).toBeVisible();
    await clean(page, 'expired');
    await page.unroute('**/rpc/Account.Flow');
    const next = await begin(page, /Try again/);
    await inBrowser(page, next.url, allow);
    await expect.poll(async () => (await app.account(page)).connected).toBe(true);
  });

  test('wrong_portal says so, and the records stay', async ({ page }) => {
    await app.openReady(page);
    const before = (await app.list(page, 'contacts', [])).total;
    await app.stop();
    const other = await Portal.start('--contacts', '20', '--limits', 'off', '--portal', '2');
    try {
      app.know(other);
      await app.run(other);
      await page.goto(app.url);
      const answer = page.waitForResponse('**/rpc/Account.Connect');
      await page.getByRole('button', { name: 'Reconnect' }).first().click();
      const flow = (await (await answer).json()) as ConnectFlow;
      await inBrowser(page, flow.url, allow);
      await expect(page.getByRole('heading', { name: 'That is another portal' })).toBeVisible();
      await clean(page, 'wrong_portal');
      await page.getByRole('button', { name: 'Back to my records' }).click();
      await go(page, 'contacts');
      expect((await app.list(page, 'contacts', [])).total).toBe(before);
    } finally {
      await app.stop();
      await other.stop();
    }
  });

  test('a page that cannot be reached goes on with its address pasted', async ({ page, ears }) => {
    await page.goto(app.url);
    const flow = await begin(page);
    // The person's browser is on another computer: its last page does not open.
    const browser = await page.context().newPage();
    await browser.goto(flow.url);
    const fields = await browser.locator('form').evaluate((form: HTMLFormElement) => {
      return [...new FormData(form).entries()].map(([name, value]) => [name, String(value)]);
    });
    await browser.close();
    const answered = await page.request.post(`${portal.url}/oauth/authorize`, {
      form: { ...(Object.fromEntries(fields) as Record<string, string>), decision: 'allow' },
      maxRedirects: 0,
    });
    const address = answered.headers().location ?? '';
    expect(address).toContain('code=');
    await page.getByRole('button', { name: 'Paste its address' }).click();
    const field = page.getByLabel('Address of the page on which the browser ended');
    await field.fill('http://localhost:47611/callback?code=x&state=y');
    await page.getByRole('button', { name: 'Go on with this address' }).click();
    await expect(page.getByText('This is not the address of the page')).toBeVisible();
    ears.errors.length = 0; // the browser reports the refused call by itself
    await clean(page, 'paste');
    await field.fill(address);
    await page.getByRole('button', { name: 'Go on with this address' }).click();
    await expect.poll(async () => (await app.account(page)).connected).toBe(true);
  });
});

test('R8 without a keychain the rep is asked, and the file opens with its passphrase', async ({
  page,
  ears,
}) => {
  const portal = await Portal.start('--contacts', '10', '--limits', 'off');
  const env = { SATCHEL_KEEP_IN: '', DBUS_SESSION_BUS_ADDRESS: '', XDG_RUNTIME_DIR: '/nowhere' };
  const app = await App.start(portal, { withApp: true, env });
  try {
    await page.goto(app.url);
    await page.getByRole('button', { name: /Connect HubSpot/ }).click();
    await expect(page.getByRole('heading', { name: 'The keychain cannot be used' })).toBeVisible();
    ears.errors.length = 0; // the browser reports the refused call by itself
    await clean(page, 'no-keychain');
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByRole('alert')).toContainText('Nothing was put elsewhere');
    ears.errors.length = 0;
    await page.getByRole('radio', { name: /An encrypted file/ }).check();
    await page.getByLabel('New passphrase').fill('correct horse');
    await page.getByLabel('The same once more').fill('correct hose');
    await page.getByRole('button', { name: 'Keep it there' }).click();
    await expect(page.getByRole('alert')).toContainText('not the same');
    await page.getByLabel('The same once more').fill('correct horse');
    const answer = page.waitForResponse('**/rpc/Account.Connect');
    await page.getByRole('button', { name: 'Keep it there' }).click();
    const flow = (await (await answer).json()) as ConnectFlow;
    await inBrowser(page, flow.url, allow);
    await expect.poll(async () => (await app.account(page)).keptIn).toBe('file');
    await page.getByRole('button', { name: /Start using Satchel/ }).click();
    await go(page, 'settings');
    await expect(page.getByText('In a file that your passphrase encrypts')).toBeVisible();
    await expect(page.getByText(/crm\.objects\.deals\.write/)).toBeVisible();

    await page.waitForLoadState('networkidle');
    await page.goto('about:blank');
    await app.stop();
    await app.run();
    await page.goto(app.url);
    await page.getByRole('button', { name: 'Open it' }).click();
    await expect(page.getByRole('heading', { name: 'The sign-in is locked' })).toBeVisible();
    await clean(page, 'locked');
    await page.getByLabel('Passphrase', { exact: true }).fill('wrong');
    await page.getByRole('button', { name: 'Open the file' }).click();
    await expect(page.getByRole('alert')).toContainText('does not open the file');
    ears.errors.length = 0;
    await page.getByLabel('Passphrase', { exact: true }).fill('correct horse');
    await page.getByRole('button', { name: 'Open the file' }).click();
    await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
    expect((await app.account(page)).keepState).toBe('');
    expect((await app.account(page)).keptIn).toBe('file');
  } finally {
    await app.end();
    await portal.stop();
  }
});
