// R27: what is personal or secret goes through all of Satchel, also where things
// go wrong, and is found nowhere but in its database; and after a wipe not there.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from '@playwright/test';
import config from '../playwright.config';
import { App } from './app';
import { below, findings, typed } from './leak';
import { Portal } from './portal';
import { expect, go, openFromList, press, test } from './test';

const email = 'canary.ghx4471@leak-canary.example';
const name = 'Ghxcanaryname';
const note = 'ghxcanarynote: she said yes to 12.500';

test('R27 canaries are in no log, output, bundle, temporary file or web storage, and after a wipe nowhere', async ({}) => {
  test.setTimeout(180_000);
  const profile = mkdtempSync(path.join(tmpdir(), 'satchel-e2e-browser-'));
  const portal = await Portal.start('--contacts', '30', '--limits', 'off');
  const app = await App.start(portal);
  for (const word of [name, note]) typed.add(word);
  const context = await chromium.launchPersistentContext(profile, {
    ...config.use?.launchOptions,
    viewport: { width: 1280, height: 800 },
  });
  const page = context.pages()[0] ?? (await context.newPage());
  try {
    await app.openReady(page);

    // A person, made and changed, and a note about her.
    const made = await app.call<{ id: string }>(page, 'Records.Create', {
      type: 'contacts',
      values: { email, lastname: name },
      links: [],
    });
    await go(page, 'contacts');
    const panel = await openFromList(page, name, made.id);
    await press(page, 'n');
    await page.keyboard.type(note);
    await press(page, 'Control+Enter');
    await expect(panel.locator('[data-activity]').filter({ hasText: note })).toBeVisible();
    await app.call(page, 'Sync.Now');
    await app.flushed(page);

    // HubSpot answers in every bad way, with her data in its answers.
    for (const fault of [
      { kind: 'status', status: 400 },
      { kind: 'status', status: 500 },
      { kind: 'html' },
      { kind: 'truncate' },
      { kind: 'drop_after_apply' },
    ]) {
      await portal.failNext(fault);
      await app.call(page, 'Records.Edit', {
        type: 'contacts',
        id: made.id,
        values: { jobtitle: `${name} ${fault.kind}`, email },
        seen: {},
      });
      await app.call(page, 'Sync.Now');
      await page.waitForTimeout(300);
    }
    await portal.plugIn();
    // Calls that are refused, and one that the page reports.
    for (const bad of [
      ['Records.Edit', { type: 'contacts', id: made.id, values: { amount: email } }],
      ['Records.Get', 'contacts', email],
      ['Records.Search', { text: note, type: email, limit: 3 }],
      ['App.Open', { kind: 'url', type: '', id: '', url: `smb://${email}/${name}` }],
      ['App.Report', { where: 'test', message: `Error: cannot show ${email}` }],
      ['Account.ConnectToken', portal.info.token + 'x'],
    ] as const) {
      await app.call(page, bad[0], ...bad.slice(1)).catch(() => undefined);
    }

    // The bundle, as it is shown and as it is saved.
    const words = [portal.info.token, portal.info.client_secret, email, name, note];
    const bundle = await app.call<{ id: string; parts: { text: string }[] }>(page, 'Data.Bundle');
    const text = bundle.parts.map((part) => part.text).join('\n');
    expect(text).toContain('"journal": "wal"');
    expect(findings('the bundle', text, words)).toEqual([]);

    // What the page keeps.
    const kept = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
    );
    expect(findings('web storage', kept, words)).toEqual([]);

    // A crash writes where it was, and nothing of what it held; its log is looked
    // at by App.end.
    await app.stop('SIGQUIT');
    expect(app.log()).toContain('goroutine');
    await app.run();
    await page.goto(app.url);
    expect((await app.account(page)).connected).toBe(true);
    expect(app.holds(name), 'the canary is in the database before the wipe').toBe(true);

    await app.call(page, 'Account.Disconnect', { discardEdits: true });
    await context.close();
    await app.stop();
    expect(app.everything(words), 'a wipe leaves nothing below the data directory').toEqual([]);
    const browser = below(profile).flatMap((file) =>
      findings(file, readFileSync(file, 'latin1'), words),
    );
    expect(browser, 'the browser keeps nothing on its disk').toEqual([]);
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
    await app.end();
    await portal.stop();
  }
});
