// R29: what strangers write into a portal is shown in the window and does
// nothing. Every body of hostile.json goes through the portal, the program and
// its page; then each of the defences is tried without the others, and all of
// them are taken away, to see that the bodies are what they are said to be.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';
import type { ActivityBody, CrmRecord, EditResult, Timeline } from '../src/model/wire';
import { App } from './app';
import { findings } from './axe';
import { Listener } from './listener';
import { Portal } from './portal';
import { expect, go, test } from './test';

interface Hostile {
  readonly name: string;
  readonly kind: string;
  readonly html: string;
}
const file = path.join(import.meta.dirname, 'hostile.json');
const corpus = JSON.parse(readFileSync(file, 'utf8')) as Hostile[];

/** The bodies, with a server of this test where they name somebody's. */
function bodies(listener: Listener): Hostile[] {
  expect(corpus.length).toBeGreaterThanOrEqual(200);
  return corpus.map((one) => ({
    ...one,
    html: one.html.replaceAll('hostile.test', listener.host),
  }));
}

/** A body and the activity that it is the body of. */
interface Entry {
  readonly name: string;
  readonly html: string;
  readonly type: 'notes' | 'emails';
  readonly property: 'hs_note_body' | 'hs_email_html';
  id: string;
}

/**
 * Brings the bodies into the copy on this computer: each is logged here and sent;
 * then a colleague replaces its body in the portal, the rep edits it as well, and a
 * policy takes theirs: what HubSpot holds is read and becomes the copy's.
 */
async function bring(page: Page, app: App, portal: Portal, on: string[], all: Hostile[]) {
  const entries: Entry[] = all.map(({ name, html }, index) => ({
    name,
    html,
    type: index % 2 === 0 ? 'notes' : 'emails',
    property: index % 2 === 0 ? 'hs_note_body' : 'hs_email_html',
    id: '',
  }));
  const each = Math.ceil(entries.length / on.length);
  await app.call(page, 'Sync.Pause', true);
  for (const [index, entry] of entries.entries()) {
    const made = await app.call<EditResult>(page, 'Activities.Log', {
      kind: entry.type === 'notes' ? 'note' : 'email',
      type: 'contacts',
      id: on[Math.floor(index / each)],
      text: entry.type === 'notes' ? 'before' : '',
      values: {
        ...(entry.type === 'emails'
          ? { hs_email_subject: entry.name, hs_email_html: 'before' }
          : {}),
      },
      also: [],
    });
    entry.id = made.id;
  }
  await app.call(page, 'Sync.Pause', false);
  await app.flushed(page, 120_000);

  await app.call(page, 'Sync.Pause', true);
  for (const [type, name] of [
    ['notes', 'hs_note_body'],
    ['emails', 'hs_email_html'],
  ] as const) {
    const theirs = new Map<string, string>();
    for (const entry of entries.filter((one) => one.type === type)) {
      const { remoteId } = await app.call<CrmRecord>(page, 'Records.Get', type, entry.id);
      theirs.set(remoteId, entry.html);
      const values = { [name]: 'mine' };
      await app.call(page, 'Records.Edit', { type, id: entry.id, values, seen: {} });
    }
    await portal.editAll(type, name, theirs);
    await app.call(page, 'Outbox.SetPolicy', { type, name, label: '', policy: 'theirs' });
  }
  await app.call(page, 'Sync.Pause', false);
  await app.flushed(page, 120_000);
  for (const { type, id, property, html, name } of entries) {
    const { values } = await app.call<CrmRecord>(page, 'Records.Get', type, id);
    expect(values[property]?.trim(), name).toBe(html.trim());
  }
  return entries;
}

const quiet = (page: Page, ms = 1000) =>
  page.evaluate((ms) => new Promise((d) => setTimeout(d, ms)), ms);

test('R29 hostile bodies in the timeline cause no script, no request and no navigation', async ({
  page,
  ears,
}) => {
  test.setTimeout(600_000);
  const [listener, stage] = [await Listener.start(), await Listener.start()];
  const portal = await Portal.start('--contacts', '50', '--limits', 'off');
  const app = await App.start(portal);
  const surprises: string[] = [];
  page.on('dialog', (dialog) => {
    surprises.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('popup', (popup) => surprises.push(`popup ${popup.url()}`));
  page.on('download', (download) => surprises.push(`download ${download.url()}`));
  page.on('framenavigated', (frame) => {
    const homes = frame === page.mainFrame() ? [app.origin] : ['about:srcdoc', 'about:blank'];
    if (!homes.some((home) => frame.url().startsWith(home)))
      surprises.push(`navigation to ${frame.url()}`);
  });
  await page.addInitScript(() => {
    const struck: string[] = [];
    Object.assign(window, { strikes: struck, struck: (name: string) => struck.push(name) });
  });
  try {
    await app.openReady(page);
    const contacts = (await app.list(page, 'contacts', [], '', 8)).rows.map((row) => row.id);
    let had = 0; // the portal's own
    for (const contact of contacts)
      had += (await app.call<Timeline>(page, 'Activities.Timeline', 'contacts', contact)).items
        .length;
    const entries = await bring(page, app, portal, contacts, bodies(listener));

    let frames = 0;
    let seen = 0;
    await go(page, 'contacts');
    for (const contact of contacts) {
      const line = await app.call<Timeline>(page, 'Activities.Timeline', 'contacts', contact);
      await page.locator(`[data-row-id="${contact}"]`).click();
      const panel = page.locator(`aside[data-record-id="${contact}"]`);
      const items = panel.locator('[data-activity]');
      await expect(items).toHaveCount(line.items.length);
      seen += line.items.length;
      const rich = line.items.filter((item) => item.rich).length;
      const open = panel.getByRole('button', { name: 'Show with formatting' });
      await expect(open).toHaveCount(rich);
      expect(await panel.locator('.said > *').count(), 'text is text').toBe(0);
      await open.evaluateAll((buttons) => buttons.forEach((one) => (one as HTMLElement).click()));
      await expect(panel.locator('iframe[sandbox=""][srcdoc]')).toHaveCount(rich);
      expect(await page.locator('iframe:not([sandbox=""])').count()).toBe(0);
      const away = () => page.frames().filter((one, i) => i > 0 && one.url() !== 'about:srcdoc');
      await expect.poll(() => away().length, 'frames that have not loaded').toBe(0);
      await quiet(page);
      expect(page.frames().length - 1).toBe(rich);
      for (const frame of page.frames().slice(1)) expect(frame.url()).toBe('about:srcdoc');
      frames += rich;
      if (contact === contacts[0]) expect(await findings(page)).toEqual([]);
    }
    expect(seen).toBe(had + entries.length);
    expect(frames).toBeGreaterThan(200);
    expect(listener.hits).toEqual([]);
    expect(listener.connections).toBe(0);
    expect(surprises).toEqual([]);
    expect(await page.evaluate(() => (window as unknown as { strikes: string[] }).strikes)).toEqual(
      [],
    );
    expect(ears.violations).toEqual([]);

    // The first cleaning by itself: what it made, where nothing else holds.
    const cleaned: Hostile[] = [];
    for (const { type, id, name } of entries) {
      const { html } = await app.call<ActivityBody>(page, 'Activities.Body', type, id);
      cleaned.push({ name, kind: type, html });
    }
    const unguarded = await page.context().newPage();
    const struck = await frameAll(unguarded, stage, listener, cleaned, {});
    expect(struck).toEqual([]);
    expect(listener.hits).toEqual([]);
  } finally {
    await app.end();
    await portal.stop();
    await stage.stop();
    await listener.stop();
  }
});

/** Shows every body in a frame of a page of the stage's; answers who struck. */
async function frameAll(
  page: Page,
  stage: Listener,
  listener: Listener,
  all: Hostile[],
  { policy = '', sandbox = 'allow-scripts allow-same-origin allow-forms', head = '' },
): Promise<string[]> {
  const at = `/page-${Math.random().toString(36).slice(2)}`;
  await page.goto(stage.serve(at, '<!doctype html><title>control</title>', policy));
  await page.evaluate(() => {
    const struck = new Set<string>();
    Object.assign(window, { strikes: struck, struck: (name: string) => struck.add(name) });
  });
  for (let from = 0; from < all.length; from += 80) {
    await page.evaluate(
      ({ some, sandbox, head }) => {
        for (const html of some) {
          const frame = document.createElement('iframe');
          frame.setAttribute('sandbox', sandbox);
          frame.srcdoc = head === '' ? html : head + html + '</body></html>';
          document.body.append(frame);
        }
      },
      { some: all.slice(from, from + 80).map((one) => one.html), sandbox, head },
    );
    let before: number;
    do {
      before = listener.hits.length + stage.hits.length;
      await quiet(page, 600);
    } while (listener.hits.length + stage.hits.length > before);
    await page.evaluate(() => document.body.replaceChildren());
  }
  return page.evaluate(() => [...(window as unknown as { strikes: Set<string> }).strikes]);
}

test('R29 the same bodies strike where nothing holds, and the frame alone holds them', async ({
  app,
  page,
  ears,
}) => {
  test.setTimeout(600_000);
  const [listener, stage] = [await Listener.start(), await Listener.start()];
  await app.openReady(page);
  const header =
    (await page.request.get(app.origin + '/')).headers()['content-security-policy'] ?? '';
  // Trusted Types would keep this test from writing raw bodies into a frame.
  const policy = header
    .split('; ')
    .filter((one) => !one.includes('trusted-types') && !one.startsWith('script-src'))
    .join('; ');
  const inside = (
    JSON.parse(readFileSync(path.join(import.meta.dirname, '../policy.json'), 'utf8')) as {
      frame: Record<string, string>;
    }
  ).frame;
  const rules = Object.entries(inside).map(([name, value]) => `${name} ${value}`);
  const head = `<!doctype html><html><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${rules.join('; ')}"></head><body>`;
  ears.expectTrouble();
  const all = bodies(listener);

  const struck = await frameAll(page, stage, listener, all, {});
  test.info().annotations.push({
    type: 'without any defence',
    description: `${struck.length} scripts, ${new Set(listener.hits).size} addresses`,
  });
  const kinds = (names: Iterable<string>): Set<string> =>
    new Set([...names].map((one) => one.replace(/-.*$/, '')));
  const asked = new Set(listener.hits.filter((hit) => all.some((one) => hit.startsWith(one.name))));
  expect(struck.length, 'scripts run without any defence').toBeGreaterThan(60);
  expect(asked.size, 'requests are made without any defence').toBeGreaterThan(100);
  for (const kind of ['script', 'handler', 'svg', 'mxss', 'odd'])
    expect(kinds(struck), 'scripts').toContain(kind);
  for (const kind of ['script', 'fetch', 'css', 'svg', 'navigate', 'odd', 'deep'])
    expect(kinds(asked), 'requests').toContain(kind);

  // A policy keeps a document from loading, not from going: that is the page's
  // policy for its frames, and the sandbox.
  const alone: [string, Parameters<typeof frameAll>[4], RegExp | null][] = [
    ['the sandbox and both policies', { policy, sandbox: '', head }, null],
    ['the policy of the page', { policy }, null],
    ['the policy of the frame', { head }, /^navigate-/],
  ];
  for (const [name, how, through] of alone) {
    listener.forget();
    expect(await frameAll(page, stage, listener, all, how), name).toEqual([]);
    const came = [...new Set(listener.hits)];
    if (through === null) expect(came, name).toEqual([]);
    else
      expect(
        came.filter((hit) => !through.test(hit)),
        name,
      ).toEqual([]);
  }
  listener.forget();
  expect(
    await frameAll(page, stage, listener, all, { sandbox: '' }),
    'the sandbox: no script',
  ).toEqual([]);
  expect(listener.hits.length, 'but pictures are asked for').toBeGreaterThan(50);
  await stage.stop();
  await listener.stop();
});
