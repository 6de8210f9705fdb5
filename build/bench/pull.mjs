// Measures the first pull of a portal by satchel sync, under the limits of an
// OAuth app and 150 ms away.

import { run } from './programs.mjs';
import { refused } from './peers.mjs';

// HubSpot's list endpoint gives 100 records a call, and an OAuth app has 110 calls
// in 10 seconds; search gives 200 a call, five times a second.
const ceiling = 1100 + 1000;

export const pullFlags = (contacts) => ['--contacts', String(contacts), '--latency', '150ms', '--limits', 'oauth'];

/** Pulls a sandbox's portal into dataDir and notes the figures; how many contacts a second, and the environment. */
export async function pullFigures(binary, sandbox, dataDir, contacts, note) {
  const env = { SATCHEL_DATA_DIR: dataDir, SATCHEL_BASE_URL: sandbox.url, SATCHEL_BROWSER: 'none' };
  await run(binary, ['connect', '--sandbox'], env); // an OAuth sign-in, granted without the page
  const { answer, seconds, peak } = await run(binary, ['sync', '--once'], env);
  const stats = await sandbox.stats();
  const pulled = Object.values(answer.pulled).reduce((sum, n) => sum + n, 0);
  if (answer.pulled.contacts !== contacts) throw new Error(`${answer.pulled.contacts} of ${contacts} contacts were pulled`);
  note('first pull, contacts with their companies and deals', contacts / answer.seconds, 'records/s');
  note('first pull, records of all types', pulled / answer.seconds, 'records/s', ['>=', ceiling / 1.2]);
  note('first pull, whole command', seconds, 's');
  note('calls', answer.requests, '');
  note('calls refused with 429, seen by the app', answer.rate_limited, '', ['<=', 0]);
  note('calls refused with 429, counted by the sandbox', refused(stats), '', ['<=', 0]);
  note('most calls in a window of 10 s', stats.max_in_window.burst, '', ['<=', 110]);
  note('memory of satchel sync (VmHWM)', peak, 'MB', ['<=', 300]);
  return { rate: contacts / answer.seconds, env };
}
