// Measures what keeping a copy fresh costs and how soon it is: the calls of a
// window that has nothing to do, and the time until a change in HubSpot is in it.

import { execFileSync } from 'node:child_process';

import { Window } from '../window/program.mjs';
import { usable } from '../window/ui.mjs';
import { refused } from './peers.mjs';
import { sleep } from './programs.mjs';

const lag = 5000; // of the search index, in ms
const changed = 1000;
const word = 'Zephyrine'; // a last name that nobody has

const calls = ({ requests }) => Object.values(requests).reduce((sum, n) => sum + n, 0);

// The calls of the busiest minute, of those that the sandbox has listed.
function busiest(listed) {
  const minutes = listed.map(({ at: from }) => listed.filter(({ at }) => at >= from && at < from + 60_000));
  return minutes.reduce((most, minute) => (minute.length > most.length ? minute : most), []);
}

/** The last calls that have arrived, at most 500, with their times in ms. */
async function arrived(sandbox) {
  const answer = await fetch(`${sandbox.url}/_sandbox/requests`);
  const { requests } = await answer.json();
  return requests.map((request) => ({ ...request, at: Date.parse(request.at) })).toSorted((a, b) => a.at - b.at);
}

/** Notes how many calls an open window makes in its busiest minute while nobody does anything. */
export async function idleFigures(binary, dataDir, env, sandbox, note, seconds = 300) {
  const window = await Window.open(binary, dataDir, { env });
  try {
    await window.page.until(usable, 30000);
    await sleep(120_000); // what starts with the window is over
    const before = Math.max(0, ...(await arrived(sandbox)).map(({ at }) => at));
    await sleep(seconds * 1000);
    const all = (await arrived(sandbox)).filter(({ at }) => at > before);
    if (all.length >= 500) throw new Error('more calls than the sandbox lists');
    const most = busiest(all);
    if (most.length > 12) for (const { at, method, path } of most) console.log(new Date(at).toISOString(), method, path);
    note('idle window, calls in the busiest minute', most.length, '', ['<=', 12]);
    note('idle window, searches in the minute with most', busiest(all.filter(({ bucket }) => bucket === 'search')).length, '', ['<=', 8]);
    note('idle window, calls a minute on average', (60 * all.length) / seconds, '');
  } finally {
    await window.close();
  }
}

/** Notes how soon 1,000 contacts that a colleague has changed are in the window. */
export async function deltaFigures(headless, windowed, dataDir, env, sandbox, note) {
  const lines = execFileSync(headless, ['list', 'contacts', '--limit', String(changed), '--json'], { env: { ...process.env, ...env }, encoding: 'utf8', maxBuffer: 1 << 28 });
  const ids = lines.trim().split('\n').map((line) => JSON.parse(line).remote_id);
  if (ids.length !== changed) throw new Error(`${ids.length} contacts instead of ${changed}`);
  await post(sandbox, 'settings', { index_lag_ms: lag });
  const window = await Window.open(windowed, dataDir, { env });
  try {
    await window.page.until(usable, 60000);
    const shown = `Number(document.querySelector('[role=grid]')?.getAttribute('aria-rowcount') ?? 1) - 1`;
    const box = `document.querySelector('main [role=searchbox], [role=searchbox]')`;
    await window.page.evaluate(`${box}.focus(); document.execCommand('insertText', false, ${JSON.stringify(word)}); 0`);
    await window.page.until(`${box}.value === ${JSON.stringify(word)} && (${shown}) <= 0`, 10000);
    await sleep(120_000); // what starts with the window is over
    const before = await sandbox.stats();
    for (const id of ids) await post(sandbox, 'edit', { type: 'contacts', id, properties: { lastname: word } });
    const indexed = performance.now() + lag;
    await window.page.until(`(${shown}) === ${changed}`, 120_000);
    const took = (performance.now() - indexed) / 1000;
    const after = await sandbox.stats();
    note('1,000 changed contacts, from the search index to the window', took, 's', ['<=', 12]);
    note('calls from the first change until all are shown', calls(after) - calls(before), '', ['<=', 20]);
    note('of them refused with 429', refused(after) - refused(before), '', ['<=', 0]);
  } finally {
    await window.close();
    await post(sandbox, 'settings', { index_lag_ms: 0 });
  }
}

async function post(sandbox, what, body) {
  const answer = await fetch(`${sandbox.url}/_sandbox/${what}`, { method: 'POST', body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${what}: ${answer.status} ${await answer.text()}`);
}
