// Measures the first pull of a portal by satchel sync, under the limits of an
// OAuth app and 150 ms away.

import { run } from './programs.mjs';
import { refused } from './peers.mjs';

// HubSpot's list endpoint gives 100 records a call, and an OAuth app has 110 calls
// in 10 seconds; search gives 200 a call, five times a second.
const ceiling = 1100 + 1000;

export const pullFlags = (contacts) => ['--contacts', String(contacts), '--latency', '150ms', '--limits', 'oauth'];

/** Pulls a sandbox's portal into dataDir and notes the figures; its rates, and the environment. */
export async function pullFigures(binary, sandbox, dataDir, contacts, note) {
  const env = { SATCHEL_DATA_DIR: dataDir, SATCHEL_BASE_URL: sandbox.url, SATCHEL_BROWSER: 'none' };
  await run(binary, ['connect', '--sandbox'], env); // an OAuth sign-in, granted without the page
  const { answer, seconds, peak } = await run(binary, ['sync', '--once'], env);
  const stats = await sandbox.stats();
  const pulled = Object.values(answer.pulled).reduce((sum, n) => sum + n, 0);
  if (answer.pulled.contacts !== contacts) throw new Error(`${answer.pulled.contacts} of ${contacts} contacts were pulled`);
  note('first pull, records of all types with their associations', pulled / answer.pull_seconds, 'records/s', ['>=', ceiling / 1.2]);
  note('the same, contacts alone', contacts / answer.pull_seconds, 'records/s');
  note('records', pulled, '');
  note('time of the pull', answer.pull_seconds, 's');
  note('time of the whole command, with the schema, a delta and the search index', seconds, 's');
  note('calls', answer.requests, '');
  note('calls refused with 429, seen by the app', answer.rate_limited, '', ['<=', 0]);
  note('calls refused with 429, counted by the sandbox', refused(stats), '', ['<=', 0]);
  note('most calls in a window of 10 s', stats.max_in_window.burst, '', ['<=', 110]);
  note('memory of satchel sync (VmHWM)', peak, 'MB', ['<=', 300]);
  return { ours: { rate: pulled / answer.pull_seconds, contacts: contacts / answer.pull_seconds }, env };
}
