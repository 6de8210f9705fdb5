// Measures the first pull of a portal of 1,000,000 contacts, and a window on it:
// run by build/scripts/long.sh inside a display and a session bus, about 25 minutes.
//
//   node million.mjs HEADLESS_BINARY WINDOW_BINARY REPORT

import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { deltaFigures, idleFigures } from './fresh.mjs';
import { Sandbox } from './programs.mjs';
import { pullFigures, pullFlags } from './pull.mjs';
import { busy, Section } from './report.mjs';

const [, , binary, windowed, report] = process.argv;
const contacts = Number(process.env.SATCHEL_BENCH_CONTACTS ?? 1_000_000);
const flags = pullFlags(contacts);
const dataDir = mkdtempSync(path.join(os.tmpdir(), 'satchel-million-'));
const section = new Section('A first pull of 1,000,000 contacts', `By \`make long\`, from \`satchel sandbox ${flags.join(' ')}\`, which is a process of its own.`);
if (busy) console.log(`! ${busy}`);
const sandbox = await Sandbox.start(binary, flags);
try {
  const { env } = await pullFigures(binary, sandbox, dataDir, contacts, section.note);
  await idleFigures(windowed, dataDir, env, sandbox, section.note);
  await deltaFigures(binary, windowed, dataDir, env, sandbox, section.note);
  if (contacts === 1_000_000) section.save(report);
} finally {
  sandbox.stop();
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
}
process.exit(section.holds ? 0 : 1);
