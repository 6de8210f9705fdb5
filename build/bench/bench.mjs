// Measures Satchel with a large portal: run by build/scripts/bench.sh inside a
// display and a session bus.
//
//   node bench.mjs HEADLESS_BINARY WINDOW_BINARY REPORT
//
// SATCHEL_BENCH_CONTACTS asks for another number of contacts than 100,000, for a
// quick look; then nothing is written.

import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { Window } from '../window/program.mjs';
import { usable } from '../window/ui.mjs';
import { deltaFigures, idleFigures } from './fresh.mjs';
import { keys, percentile, search, summary, untilUsable } from './measure.mjs';
import { peerFigures } from './peers.mjs';
import { forgetFiles, peakMemory, Sandbox, sleep } from './programs.mjs';
import { pullFigures, pullFlags } from './pull.mjs';
import { busy, Section } from './report.mjs';
import { sandboxFigures } from './sandbox.mjs';
import { scaleFigures } from './scale.mjs';
import { storeFigures } from './store.mjs';

const [, , headless, windowed, report] = process.argv;
const contacts = Number(process.env.SATCHEL_BENCH_CONTACTS ?? 100_000);
const flags = pullFlags(contacts);

const sections = [];
let note; // of the section that is being measured

function begin(title, about) {
  const section = new Section(title, about);
  sections.push(section);
  note = section.note;
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

const dataDir = mkdtempSync(path.join(os.tmpdir(), 'satchel-bench-'));
let sandbox;
let failed = false;
try {
  console.log(`a portal with ${contacts} contacts`);
  if (busy) console.log(`! ${busy}`);
  sandbox = await Sandbox.start(headless, flags);
  begin('A first pull, beside HubSpot’s own client', `100,000 contacts, one after the other from \`satchel sandbox ${flags.join(' ')}\`, a process of its own. The client is \`@hubspot/api-client\` 13.5.0 with the limiter of its README, \`crm.contacts.getAll\` with \`associations: ['companies']\`; Satchel reads companies, deals, activities and all other types with their associations besides.`);
  const { ours, env } = await pullFigures(headless, sandbox, dataDir, contacts, note);
  await peerFigures(sandbox, contacts, ours, note);
  begin('The window', 'With those contacts. Keys are pressed with xdotool, about 30 a second, in the real window on a display without a graphics card.');
  await starts(dataDir, env);
  await interaction(dataDir, env);
  begin('Keeping fresh', 'The same window and portal, on the list of contacts.');
  await idleFigures(windowed, dataDir, env, sandbox, note);
  await deltaFigures(headless, windowed, dataDir, env, sandbox, note);
  sandbox.stop();
  begin('Edits', 'Durable on the disk, in a store of 100,000 contacts, beside a row of a bare SQLite file.');
  storeFigures(note);
  begin('A store of 3,400,000 records', '1,000,000 contacts, 100,000 companies, 300,000 deals and 2,000,000 activities with bodies, made from a seed; the words of names and texts are as uneven as those of a language. Every figure is that of the store’s own call, with the records that it returns; where it says so the file was read from the disk, else it is in the file cache.');
  scaleFigures(note);
  begin('The sandbox', 'Its calls are those of one caller at a time.');
  await sandboxFigures(headless, note);
  if (contacts === 100_000) for (const section of sections) section.save(report);
} catch (cause) {
  failed = true;
  console.error(cause);
} finally {
  sandbox?.stop();
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
}
process.exit(failed || sections.some(({ holds }) => !holds) ? 1 : 0);
