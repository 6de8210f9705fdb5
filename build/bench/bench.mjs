// Measures Satchel with a large portal: run by build/scripts/bench.sh inside a
// display and a session bus.
//
//   node bench.mjs HEADLESS_BINARY WINDOW_BINARY REPORT
//
// SATCHEL_BENCH_CONTACTS asks for another number of contacts than 100,000, for a
// quick look; then nothing is written.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { Window } from '../window/program.mjs';
import { usable } from '../window/ui.mjs';
import { keys, percentile, search, summary, untilUsable } from './measure.mjs';
import { peakMemory, run, Sandbox, sleep } from './programs.mjs';
import { sandboxFigures } from './sandbox.mjs';
import { storeFigures } from './store.mjs';

const [, , headless, windowed, report] = process.argv;
const contacts = Number(process.env.SATCHEL_BENCH_CONTACTS ?? 100_000);
const flags = ['--contacts', String(contacts), '--latency', '150ms', '--limits', 'oauth'];

// HubSpot's list endpoint gives 100 records a call, and an OAuth app has 110
// calls in 10 seconds.
const ceiling = 1100;

const figures = [];
const [load] = os.loadavg();
const round = (value) => (value >= 100 ? Math.round(value) : Math.round(value * 10) / 10).toLocaleString('en');

/** Notes a figure; bound is what it must hold, as [comparison, value]. */
function note(what, value, unit, bound) {
  const good = bound === undefined || (bound[0] === '<=' ? value <= bound[1] : value >= bound[1]);
  const limit = bound === undefined ? '' : `${bound[0] === '<=' ? 'at most' : 'at least'} ${round(bound[1])} ${unit}`.trim();
  figures.push({ what, value: `${round(value)} ${unit}`.trim(), limit, good });
  console.log(`${good ? '  ' : '! '}${what}: ${round(value)} ${unit}${limit === '' ? '' : `, ${limit}`}`);
}

async function backfill(sandbox, dataDir) {
  const env = { SATCHEL_DATA_DIR: dataDir, SATCHEL_BASE_URL: sandbox.url, SATCHEL_BROWSER: 'none' };
  await run(headless, ['connect', '--sandbox'], env); // an OAuth sign-in, granted without the page
  const { answer, seconds, peak } = await run(headless, ['sync', '--once'], env);
  const stats = await sandbox.stats();
  const pulled = Object.values(answer.pulled).reduce((sum, n) => sum + n, 0);
  if (answer.pulled.contacts !== contacts) throw new Error(`${answer.pulled.contacts} of ${contacts} contacts were pulled`);
  note('first pull, contacts', contacts / answer.seconds, 'records/s', ['>=', ceiling / 2]);
  note('first pull, records of all types', pulled / answer.seconds, 'records/s');
  note('first pull, whole command', seconds, 's');
  note('calls', answer.requests, '');
  note('calls refused with 429, seen by the app', answer.rate_limited, '', ['<=', 0]);
  note('calls refused with 429, counted by the sandbox', Object.values(stats.rejected).reduce((sum, n) => sum + n, 0), '', ['<=', 0]);
  note('most calls in a window of 10 s', stats.max_in_window.burst, '', ['<=', 110]);
  note('memory of satchel sync (VmHWM)', peak, 'MB', ['<=', 300]);
  return env;
}

/** Forgets what the system has read from the disk, where it lets us. */
function forgetFiles() {
  try {
    execFileSync('sync');
    writeFileSync('/proc/sys/vm/drop_caches', '3');
    return true;
  } catch {
    return false;
  }
}

async function starts(dataDir, env) {
  const open = async () => {
    const window = await Window.open(windowed, dataDir, { env });
    const took = await untilUsable(window);
    await window.close();
    await sleep(500);
    return took;
  };
  if (forgetFiles()) note('start to usable list, nothing in the file cache', await open(), 'ms');
  const took = [];
  for (let i = 0; i < 7; i++) took.push(await open());
  note('start to usable list, median of 7', percentile(took, 50), 'ms', ['<=', 1500]);
  note('start to usable list, slowest of 7', Math.max(...took), 'ms');
}

async function interaction(dataDir, env) {
  const window = await Window.open(windowed, dataDir, { env });
  try {
    await window.page.until(usable, 30000);
    await sleep(2000); // what starts with the window has settled
    const moved = summary(await keys(window.page));
    note(`key press to painted frame, p50 of ${moved.count}`, moved.p50, 'ms');
    note('key press to painted frame, p95', moved.p95, 'ms', ['<=', 50]);
    note('key press to painted frame, slowest', moved.max, 'ms');
    const found = summary(await search(window.page));
    note(`search keystroke to results, p50 of ${found.count}`, found.p50, 'ms');
    note('search keystroke to results, p95', found.p95, 'ms', ['<=', 80]);
    note('search keystroke to results, slowest', found.max, 'ms');
    note('memory of the window’s own process (VmHWM)', peakMemory(window.pid), 'MB');
    note('elements in the page', await window.page.evaluate('document.querySelectorAll("*").length'), '', ['<=', 1500]);
  } finally {
    await window.close();
  }
}

function write() {
  const model = os.cpus()[0]?.model ?? 'unknown';
  const rows = figures.map(({ what, value, limit, good }) => `| ${what} | ${value} | ${limit} | ${limit === '' ? '' : good ? 'yes' : '**no**'} |`);
  const text = `# Measured

By \`make bench\` on ${new Date().toISOString().slice(0, 10)}: ${contacts.toLocaleString('en')} contacts in the sandbox, which is a process of its own and was
started with \`satchel sandbox ${flags.join(' ')}\`. Keys are pressed with xdotool, about 30 a second, in the real
window on a display without a graphics card. The sandbox's own calls are those of one caller at a time. The machine: ${os.cpus().length} cores (${model}), ${Math.round(os.totalmem() / 2 ** 30)} GB of memory, ${os.type()} ${os.release()}, with a load of ${load.toFixed(1)} when it began.

| what | measured | bound | holds |
|---|---|---|---|
${rows.join('\n')}
`;
  writeFileSync(report, text);
}

const dataDir = mkdtempSync(path.join(os.tmpdir(), 'satchel-bench-'));
let sandbox;
let failed = false;
try {
  console.log(`a portal with ${contacts} contacts`);
  if (load > 0.5) console.log(`! the machine is busy (load ${load.toFixed(1)}): the times below will be too long`);
  sandbox = await Sandbox.start(headless, flags);
  const env = await backfill(sandbox, dataDir);
  await starts(dataDir, env);
  await interaction(dataDir, env);
  sandbox.stop();
  storeFigures(note);
  await sandboxFigures(headless, note);
  if (contacts === 100_000) write();
} catch (cause) {
  failed = true;
  console.error(cause);
} finally {
  sandbox?.stop();
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
}
process.exit(failed || figures.some(({ good }) => !good) ? 1 : 0);
