// The real window, from the start to a list of records: run by
// build/scripts/window-test.sh inside a display and a session bus.
//
//   node test.mjs BINARY PRODUCT PICTURE
//
// BINARY is the program with WebKit's inspector let in, PRODUCT the one that is
// given out.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { freePort, sleep } from './inspector.mjs';
import { colours } from './png.mjs';
import { environment, Window } from './program.mjs';
import { click, complaints, messages, trySampleData, usable, watched } from './ui.mjs';

const [, , binary, product, picture] = process.argv;
const dataDir = mkdtempSync(path.join(tmpdir(), 'satchel-window-'));
const size = async (page) => JSON.parse(await page.evaluate('JSON.stringify([innerWidth, innerHeight])'));
mkdirSync(path.dirname(picture), { recursive: true });
const xdotool = (...args) => execFileSync('xdotool', args, { encoding: 'utf8' }).trim();
const visible = () => xdotool('search', '--onlyvisible', '--name', 'Satchel$').split('\n')[0];

/** Every file below a folder. */
const below = (folder) => readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile()).map((one) => path.join(one.parentPath, one.name));

async function check(name, body) {
  const start = performance.now();
  await body();
  console.log(`  ok ${name} (${Math.round(performance.now() - start)} ms)`);
}

/** Keeps what there is to see of a failure beside the picture, and says what the page and the log say. */
async function explain(page) {
  try {
    writeFileSync(picture.replace('.png', '-failed.png'), await page.picture());
    console.error(`the page says:\n${(await page.evaluate('document.body.innerText')).slice(0, 2000)}`);
    console.error(`the page complains: ${JSON.stringify(await complaints(page), null, 2)}`);
    console.error(`the log ends with:\n${readFileSync(path.join(dataDir, 'logs/satchel.log'), 'utf8').split('\n').slice(-20).join('\n')}`);
  } catch (cause) {
    console.error(`and no more can be said: ${cause.message}`);
  }
}

/** Calls a facade and answers its error's envelope. */
async function refusal(page, call) {
  try {
    await page.promised(call);
  } catch (cause) {
    return JSON.parse(cause.message);
  }
  throw new Error(`${call} was not refused`);
}

/** The methods in frontend/wailsjs. */
function generated() {
  const dir = new URL('../../frontend/wailsjs/go/desktop/', import.meta.url);
  return readdirSync(dir)
    .filter((file) => file.endsWith('.d.ts'))
    .flatMap((file) => [...readFileSync(new URL(file, dir), 'utf8').matchAll(/^export function (\w+)/gm)].map(([, method]) => `desktop/${file.replace('.d.ts', '')}.${method}`))
    .sort();
}

/** Shows an e-mail whose body would script, fetch and go away. */
async function hostileBody(page) {
  let hits = 0;
  const elsewhere = createServer((_, answer) => {
    hits++;
    answer.writeHead(204).end();
  });
  await new Promise((ready) => elsewhere.listen(0, '127.0.0.1', ready));
  try {
    const remote = `http://127.0.0.1:${elsewhere.address().port}/x`;
    const body = `<h2>Offer</h2><p>So <b>bold</b> <a href="https://example.com/offer">the offer</a></p><ul><li>One<li>Two</ul><script>top.struck = 1</script><img src="${remote}" onerror="top.struck = 2"><svg onload="top.struck = 3"><image href="${remote}"/></svg><meta http-equiv="refresh" content="0;url=${remote}"><p style="background:url(${remote})">x</p><style>@import url(${remote});</style><iframe src="${remote}"></iframe>`;
    const id = await page.evaluate(`document.querySelector('[data-row-id]').dataset.rowId`);
    const log = { kind: 'email', type: 'contacts', id, text: '', values: { hs_email_subject: 'Offer', hs_email_html: body }, also: [] };
    await page.promised(`window.go.desktop.Activities.Log(${JSON.stringify(log)})`);
    await page.evaluate(`document.querySelector('[data-row-id]').click()`);
    await click(page, messages.timeline_rich);
    await page.until(`document.querySelector('[data-activity] iframe[sandbox=""]')?.srcdoc?.includes('<b>bold</b>')`);
    assert.match(await page.evaluate(`document.querySelector('[data-activity]').innerText`), /remote picture/);
    await sleep(1000);
    writeFileSync(picture.replace('.png', '-body.png'), await page.picture());
    assert.equal(await page.evaluate('window.struck ?? null'), null);
    assert.match(await page.evaluate('location.href'), /^wails:/);
    assert.equal(hits, 0);
    await click(page, messages.timeline_plain);
    await page.evaluate(`document.activeElement?.blur(); window.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true })); 0`);
  } finally {
    elsewhere.closeAllConnections();
    await new Promise((done) => elsewhere.close(done));
  }
}

async function firstStart() {
  const window = await Window.open(binary, dataDir);
  const { page } = window;
  try {
    await check('the page is ready and the window can be seen', async () => {
      await watched(page);
      assert.deepEqual(await size(page), [1280, 800]);
      assert.match(visible(), /^\d+$/);
    });
    await check('one click on "Try with sample data" leads to a list', () => trySampleData(page));
    await check('the first pull ends', async () => {
      const until = Date.now() + 60000;
      while ((await page.promised('window.go.desktop.Sync.Status()')).firstPull) {
        assert.ok(Date.now() < until, 'it is not over after a minute');
        await sleep(100);
      }
    });
    await check('a picture of it shows something', async () => {
      const png = await page.picture();
      writeFileSync(picture, png);
      const seen = colours(png);
      assert.ok(seen.count > 64 && seen.commonest < 0.98, `the picture is blank: ${JSON.stringify(seen)}`);
    });
    await check('the page can call what was generated, and nothing else', async () => {
      const bound = await page.evaluate('JSON.stringify(Object.entries(window.go).flatMap(([room, facades]) => Object.entries(facades).flatMap(([facade, methods]) => Object.keys(methods).map((method) => `${room}/${facade}.${method}`))))');
      assert.deepEqual(JSON.parse(bound).sort(), generated());
    });
    await check('a refused call answers the envelope of an error', async () => {
      const error = await refusal(page, `window.go.desktop.Records.Schema('no such type')`);
      assert.deepEqual(Object.keys(error).sort(), ['code', 'fields', 'message']);
      assert.notEqual(error.message, '');
    });
    await check('R29 a hostile body is shown in its frame and does nothing', () => hostileBody(page));
    await check('nothing broke the content policy, and nothing failed', async () => {
      assert.deepEqual(await complaints(page), []);
    });
    await check('the content policy is in force', async () => {
      await page.evaluate(`try { const s = document.createElement('script'); s.textContent = 'window.__inline = 1'; document.head.append(s); } catch {} 0`);
      assert.equal(await page.evaluate('window.__inline'), undefined);
      await assert.rejects(page.promised(`fetch('https://127.0.0.1:1/')`));
      await assert.rejects(page.promised(`fetch('/', { method: 'POST', body: new Blob(['x']) })`));
      const broken = JSON.parse(await page.evaluate('JSON.stringify(__violations)')).join('\n');
      for (const target of [/^(script-src|require-trusted-types-for)/m, /^connect-src https:/m, /^connect-src wails:/m]) assert.match(broken, target);
    });
    await check('a message that Wails cannot read is logged without what is in it', async () => {
      for (const message of [
        `C{"name":"desktop.Records.Get","args":["contacts","Windowcanary"],"callbackID":"x"`,
        `C{"name":"desktop.Records.None","args":["Windowcanary"],"callbackID":"x"}`,
        `C{"name":"desktop.Records.Get","args":["Windowcanary"],"callbackID":"x"}`,
        `Windowcanary`,
      ]) {
        await page.evaluate(`window.WailsInvoke(${JSON.stringify(message)}); 0`);
      }
      const log = () => readFileSync(path.join(dataDir, 'logs/satchel.log'), 'utf8');
      for (const until = Date.now() + 5000; !log().includes('"wails"') && Date.now() < until; ) await sleep(50);
      assert.match(log(), /"msg":"wails"/);
    });
    await check('R30 the window stays on its page, whatever leads elsewhere', async () => {
      let hits = 0;
      const server = createServer((_, answer) => {
        hits++;
        answer.setHeader('Content-Type', 'text/html').end('<title>gone</title>gone');
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const away = `http://127.0.0.1:${server.address().port}/`;
      const home = await page.evaluate('location.href');
      await page.evaluate('window.__stayed = 1');
      for (const way of [
        `location.href = '${away}'`,
        `location.assign('${away}')`,
        `location.replace('file:///etc/passwd')`,
        `location.href = 'data:text/html,gone'`,
        `window.open('${away}')`,
        `Window.prototype.open.call(window, '${away}', '_self')`,
        `document.body.insertAdjacentElement('beforeend', Object.assign(document.createElement('a'), { href: '${away}', target: '_top' })).click()`,
        `document.head.append(Object.assign(document.createElement('meta'), { httpEquiv: 'refresh', content: '0; url=${away}' }))`,
        `Object.assign(document.body.appendChild(document.createElement('form')), { action: '${away}' }).submit()`,
      ]) {
        await page.evaluate(`try { ${way} } catch {} 0`);
        await sleep(150);
        assert.equal(await page.evaluate('`${location.href} ${window.__stayed}`'), `${home} 1`, way);
      }
      server.close();
      assert.equal(hits, 0);
      assert.match(visible(), /^\d+$/); // and no other window has opened
    });
    await check('it closes when asked to, after it has sent what waits', async () => {
      await page.promised(`(async () => {
        const { Records, Sync } = window.go.desktop;
        const { rows } = await Records.List({ token: 1, type: 'contacts', text: '', filters: [], sort: { prop: '', desc: false }, columns: [], mine: false, offset: 0, limit: 1 });
        await Sync.Pause(true);
        await Records.Edit({ type: 'contacts', id: rows[0].id, values: { jobtitle: 'Windowcanary' }, seen: {} });
        await Sync.Pause(false);
      })()`);
      xdotool('windowsize', '--sync', visible(), '1000', '700');
      await page.until('innerWidth === 1000');
      assert.equal(await window.close(), 0, window.said);
    });
  } catch (cause) {
    await explain(page);
    throw cause;
  } finally {
    await window.kill();
  }
}

async function secondStart() {
  const started = Date.now();
  const window = await Window.open(binary, dataDir);
  try {
    await check('the next start shows the list at once, where the window was', async () => {
      await window.page.until(usable, 15000);
      assert.deepEqual(await size(window.page), [1000, 700]);
      const place = JSON.parse(readFileSync(path.join(dataDir, 'window.json'), 'utf8'));
      assert.equal(place.width, 1000);
    });
    await check('another start brings the window to the front and ends', async () => {
      const again = spawn(binary, [], { env: environment(dataDir, await freePort(), {}), stdio: ['ignore', 'ignore', 'pipe'] });
      let said = '';
      again.stderr.setEncoding('utf8').on('data', (text) => (said += text));
      // Wails ends it with 1 when it has told the other one.
      const code = await Promise.race([once(again, 'close').then(([code]) => code), sleep(10000)]);
      again.kill('SIGKILL');
      assert.equal(code, 1);
      assert.doesNotMatch(said, /already running/);
    });
    await check('what waited when it was closed had been sent', async () => {
      const box = await window.page.promised('window.go.desktop.Outbox.View()');
      assert.deepEqual([box.waiting, box.sending, box.needs], [[], [], []]);
      assert.ok(box.receipts[0].fields.some((field) => field.to === 'Windowcanary') && box.receipts[0].finished < started, JSON.stringify(box.receipts[0]));
    });
    assert.equal(await window.close(), 0, window.said);
  } catch (cause) {
    await explain(window.page);
    throw cause;
  } finally {
    await window.kill();
  }
}

/** The program as it is given out, with the inspector asked for. */
async function givenOut() {
  const port = await freePort();
  const child = spawn(product, [], { env: { ...environment(dataDir, port, {}) }, stdio: 'ignore' });
  const ended = once(child, 'exit');
  try {
    await check('the program as it is given out lets no inspector in', async () => {
      for (const until = Date.now() + 20000; ; await sleep(100)) {
        try {
          if (visible() !== '') break;
        } catch {
          assert.ok(Date.now() < until, 'its window was not seen');
        }
      }
      await sleep(1000);
      const targets = await fetch(`http://127.0.0.1:${port}/`).then((answer) => answer.text(), () => '');
      assert.doesNotMatch(targets, /Satchel|wails/i);
    });
  } finally {
    child.kill('SIGTERM');
    await Promise.race([ended, sleep(15000)]);
    child.kill('SIGKILL');
  }
}

// The web view's own processes end a moment after the window, and take files with
// them: everything is looked at once nothing goes meanwhile.
async function eachFile(look) {
  for (const until = Date.now() + 15000; ; await sleep(100)) {
    try {
      for (const file of [...below(dataDir), ...below(process.env.XDG_DATA_HOME)]) look(file);
      return;
    } catch (cause) {
      if (cause.code !== 'ENOENT' || Date.now() > until) throw cause;
    }
  }
}

let failed = false;
try {
  await firstStart();
  await secondStart();
  await givenOut();
  await check('R27 nothing personal is outside of the database: log, cache, the web view and its storage', () =>
    eachFile((file) => {
      if (/satchel\.db|sample-portal|[\\/]backup[\\/]/.test(file)) return;
      const hit = readFileSync(file, 'latin1').match(/.{0,40}(?:Windowcanary|@[\w.-]+\.example\b).{0,40}/);
      assert.ok(hit === null, `${file}: ${hit?.[0]}`);
    }));
} catch (cause) {
  failed = true;
  console.error(cause);
} finally {
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
}
process.exit(failed ? 1 : 0);
