// The content policy: sent with everything, held by the page, and nothing on any
// screen needs more. That no other test breaks it either is seen to in test.ts.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { Listener } from './listener';
import { expect, go, press, test, type ScreenName } from './test';

test('R28 a walk through every screen breaks no rule of the policy', async ({
  app,
  page,
  ears,
}) => {
  await app.openReady(page);
  const answer = await page.request.get(app.origin + '/');
  const policy = answer.headers()['content-security-policy'] ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toMatch(/script-src 'self'(;|$)/);
  expect(policy).not.toContain('unsafe');

  const screens: ScreenName[] = [
    'today',
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

  expect(ears.violations).toEqual([]);
});

test('R28 every answer carries the policy, a file, a call and a refusal alike', async ({
  app,
  page,
}) => {
  await app.openReady(page);
  const dist = path.resolve(import.meta.dirname, '../dist');
  const files = readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => '/' + path.relative(dist, path.join(one.parentPath, one.name)));
  expect(files.length).toBeGreaterThan(10);
  const policy = (await page.request.get(app.origin + '/')).headers()['content-security-policy'];
  expect(policy).toContain("connect-src 'self'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).toContain("require-trusted-types-for 'script'");
  for (const file of [...files, '/nothing', '/rpc/App.Info', '/rpc/Nobody.Nothing']) {
    const { headers } = { headers: (await page.request.get(app.origin + file)).headers() };
    expect(headers['content-security-policy'], file).toBe(policy);
    expect(headers['x-content-type-options'], file).toBe('nosniff');
  }
  const meta = await page
    .locator('meta[http-equiv="Content-Security-Policy"]')
    .getAttribute('content');
  const parts = (text = ''): string[] => text.split('; ').sort();
  expect([...parts(meta ?? ''), "frame-ancestors 'none'"].sort()).toEqual(parts(policy));
});

test('R28 inline script, eval, a remote picture, frame and fetch are blocked', async ({
  app,
  page,
  ears,
}) => {
  const listener = await Listener.start();
  await app.openReady(page);
  ears.expectTrouble();
  const ran = await page.evaluate(async (remote) => {
    const found: string[] = [];
    const strike = (name: string) => `window.struck = (window.struck ?? '') + ' ${name}'`;
    const tried = (name: string, act: () => unknown) => {
      try {
        act();
      } catch (cause) {
        found.push(`${name}: ${(cause as Error).name}`);
      }
    };
    const put = (name: string, set: (node: HTMLElement) => void) =>
      tried(name, () => {
        const node = document.createElement(name);
        set(node);
        document.body.append(node);
      });
    put('script', (node) => (node.textContent = strike('inline')));
    put('script', (node) => node.append(strike('appended')));
    put('script', (node) => node.setAttribute('src', `${remote}/script`));
    put('img', (node) => node.setAttribute('src', `${remote}/picture`));
    put('img', (node) => node.setAttribute('srcset', `${remote}/pictures 1x`));
    put('link', (node) => Object.assign(node, { rel: 'stylesheet', href: `${remote}/style` }));
    put('iframe', (node) => node.setAttribute('src', `${remote}/frame`));
    put('object', (node) => node.setAttribute('data', `${remote}/object`));
    put('video', (node) => node.setAttribute('src', `${remote}/video`));
    put('style', (node) => (node.textContent = `body { background: url(${remote}/background) }`));
    tried('frame', () => {
      const frame = document.createElement('iframe');
      frame.srcdoc = '<p>x</p>';
    });
    tried('policy', () => {
      const { trustedTypes } = window as unknown as {
        trustedTypes: { createPolicy(name: string, rules: object): void };
      };
      trustedTypes.createPolicy('mine', {});
    });
    // Later, since what the debugger runs itself may do more.
    await new Promise((done) => setTimeout(done, 50));
    await new Promise<void>((done) => {
      setTimeout(() => {
        tried('eval', () => (0, eval)(strike('eval')));
        tried('Function', () => new Function(strike('function'))());
        tried('timer', () => setTimeout(strike('timer')));
        tried('beacon', () => navigator.sendBeacon(`${remote}/beacon`));
        tried('socket', () => new WebSocket(remote.replace('http', 'ws')));
        tried('worker', () => new Worker(`${remote}/worker`));
        fetch(`${remote}/fetch`)
          .then(() => found.push('fetched'))
          .catch(() => undefined)
          .finally(done);
      });
    });
    await new Promise((done) => setTimeout(done, 500));
    return { struck: (window as unknown as { struck?: string }).struck, found };
  }, listener.origin);
  expect(ran.struck).toBeUndefined();
  expect(ran.found).not.toContain('fetched');
  for (const refused of ['frame: TypeError', 'policy: TypeError', 'eval: EvalError'])
    expect(ran.found.join('\n')).toContain(refused);
  expect(listener.hits).toEqual([]);
  const broken = ears.violations.join('\n');
  const rules = ['require-trusted-types-for', 'trusted-types', 'img-src', 'style-src', 'frame-src'];
  for (const rule of [...rules, 'media-src', 'connect-src']) expect(broken).toContain(rule);

  // Trusted Types know nothing of what the parser finds: that is script-src's.
  const policy = (await page.request.get(app.origin + '/')).headers()['content-security-policy'];
  const written =
    '<!doctype html><script>window.struck = 1</script><p onclick="window.struck = 2">x</p>' +
    `<script src="//localhost:${listener.port}/script"></script><img src="x" onerror="window.struck = 3">`;
  for (const [at, rule, struck] of [
    ['/without', '', 3],
    ['/with', policy, undefined],
  ] as const) {
    listener.forget();
    await page.goto(listener.serve(at, written, rule), { waitUntil: 'load' });
    await page.locator('p').click();
    const seen = await page.evaluate(() => (window as unknown as { struck?: number }).struck);
    expect(seen === undefined, at).toBe(struck === undefined);
    expect(listener.hits.includes('script'), at).toBe(struck !== undefined);
  }
  expect(ears.violations.join('\n')).toContain('script-src');
  await listener.stop();
});
