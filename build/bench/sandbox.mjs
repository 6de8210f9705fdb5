// Measures the sandbox by itself: how long a large portal takes to start and
// what memory it needs, and how many calls a second it answers over TCP, beside
// a bare HTTP server of the same language that answers the same bytes.

import { execFileSync } from 'node:child_process';

import { peakMemory, Sandbox } from './programs.mjs';

const large = 1_000_000;

/** Notes the sandbox's figures; see note in bench.mjs. */
export async function sandboxFigures(binary, note) {
  const begun = performance.now();
  const sandbox = await Sandbox.start(binary, ['--contacts', String(large), '--limits', 'off']);
  try {
    note('sandbox with 1,000,000 contacts, start', (performance.now() - begun) / 1000, 's', ['<=', 60]);
    note('sandbox with 1,000,000 contacts, memory (VmHWM)', peakMemory(sandbox.process.pid), 'MB', ['<=', 3000]);
  } finally {
    sandbox.stop();
  }
  const perSecond = benchmarks();
  note('sandbox, get by id', perSecond.get, 'calls/s', ['>=', 3000]);
  note('sandbox, patch', perSecond.patch, 'calls/s', ['>=', 3000]);
  note('sandbox, list page of 100 with associations', perSecond.list100, 'calls/s', ['>=', 100]);
  note('sandbox, search by id with total', perSecond.search_id, 'calls/s');
  note('sandbox, search by modified stamp with total', perSecond.search_modified, 'calls/s');
  note('bare server in the same run, the bytes of a get', perSecond.bare, 'calls/s');
  note('sandbox, get against the bare server', (100 * perSecond.get) / perSecond.bare, '%');
}

// What one caller at a time gets, from the lines of go test -bench.
function benchmarks() {
  const args = ['test', './internal/sandbox', '-run', '^$', '-bench', '^BenchmarkAPI$', '-benchtime', '2s'];
  const said = execFileSync('go', args, { encoding: 'utf8' });
  const found = [...said.matchAll(/^BenchmarkAPI\/(\w+?)(?:-\d+)?\s+\d+\s+(\d+(?:\.\d+)?) ns\/op/gm)];
  const perSecond = Object.fromEntries(found.map(([, name, ns]) => [name, 1e9 / Number(ns)]));
  for (const name of ['get', 'patch', 'list100', 'bare', 'search_id', 'search_modified']) {
    if (perSecond[name] === undefined) throw new Error(`no figure for ${name} in:\n${said}`);
  }
  return perSecond;
}
