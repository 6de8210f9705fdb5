// Measures Satchel beside HubSpot's own client for Node, on one sandbox, one
// after the other.

import path from 'node:path';

import { run, sleep } from './programs.mjs';

const script = path.join(import.meta.dirname, 'peer-hubspot.mjs');

// Longer than any window in which HubSpot counts calls.
const freshWindows = 11_000;

async function token(url) {
  const post = async (to, body) => (await fetch(url + to, { method: 'POST', body })).json();
  const grant = await post('/_sandbox/grant', '{}');
  const { client_id, client_secret, refresh_token } = grant;
  const form = new URLSearchParams({ grant_type: 'refresh_token', client_id, client_secret, refresh_token });
  return (await post('/oauth/2026-03/token', form)).access_token;
}

export const refused = (stats) => Object.values(stats.rejected).reduce((sum, n) => sum + n, 0);

/** Notes what the client's getAll takes for all contacts with their companies; ours is Satchel's rate, of records and of contacts. */
export async function peerFigures(sandbox, contacts, ours, note) {
  const access = await token(sandbox.url);
  await sleep(freshWindows);
  const before = refused(await sandbox.stats());
  const { answer, peak } = await run(process.execPath, [script, sandbox.url, access]);
  if (answer.contacts !== contacts || answer.linked === 0) throw new Error(`the client read ${answer.contacts} of ${contacts} contacts, ${answer.linked} with a company`);
  const theirs = answer.contacts / answer.seconds;
  note('HubSpot’s client for Node 13.5.0, getAll with companies', theirs, 'records/s');
  note('calls of that client refused with 429, counted by the sandbox', refused(await sandbox.stats()) - before, '');
  note('memory of that client (VmHWM)', peak, 'MB');
  note('satchel sync against that client, records', ours.rate / theirs, 'times', ['>=', 1]);
  note('satchel sync against that client, contacts alone, which came beside all the others', ours.contacts / theirs, 'times');
}
