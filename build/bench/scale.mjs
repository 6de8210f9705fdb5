// Measures the store with a portal of 1,000,000 contacts, 100,000 companies,
// 300,000 deals and 2,000,000 activities, which is made once and kept in the
// folder that SATCHEL_BENCH_CACHE names: see internal/store/portal_test.go.

import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import path from 'node:path';

import { forgetFiles } from './programs.mjs';

/** Notes the figures of the large store; see note in bench.mjs. */
export function scaleFigures(note) {
  run('size', '1x'); // makes it, where it is not there
  const cold = forgetFiles() ? parsed(run('search', '30x', 'names') + run('list', '30x') + run('filter', '30x', 'indexed')) : new Map();
  const cache = process.env.SATCHEL_BENCH_CACHE;
  for (const name of readdirSync(cache)) if (name.startsWith('portal-')) readThrough(path.join(cache, name, 'satchel.db'));
  const found = parsed(run('size|search|list|jump|board', '300x') + run('filter', '60x', '(indexed|broad)') + run('filter', '3x', 'scan'));
  const of = (name, unit) => {
    const value = found.get(name)?.get(unit);
    if (value === undefined) throw new Error(`no ${unit} of ${name} among ${[...found.keys()].join(', ')}`);
    return value;
  };
  const worst = (prefix, unit, all = found) => Math.max(...[...all].filter(([name]) => name.startsWith(prefix)).map(([, units]) => units.get(unit)));
  note('large store, records', of('size', 'records'), '');
  note('large store, file', of('size', 'MB'), 'MB');
  note('large store, bytes per record', of('size', 'bytes/record'), '');
  note('large store, search keystroke over contacts, companies and deals, p50', of('search/names', 'p50-ms'), 'ms');
  note('large store, search keystroke over contacts, companies and deals, p95', of('search/names', 'p95-ms'), 'ms', ['<=', 50]);
  if (cold.size > 0) note('large store, search keystroke over names, read from the disk, p95', cold.get('search/names').get('p95-ms'), 'ms');
  note('large store, search keystroke over activities, which are asked for after it, p95', of('search/activities', 'p95-ms'), 'ms');
  note('large store, page of a list, p95 of the slowest order', worst('list/', 'p95-ms'), 'ms', ['<=', 10]);
  if (cold.size > 0) note('large store, page of a list, read from the disk, p95 of the slowest order', worst('list/', 'p95-ms', cold), 'ms');
  note('large store, jump into the middle of a list, p95', worst('jump/', 'p95-ms'), 'ms');
  note('large store, filter of three conditions, the first one indexed, p95', of('filter/indexed', 'p95-ms'), 'ms', ['<=', 60]);
  if (cold.size > 0) note('large store, filter of three conditions, the first one indexed, read from the disk, p95', cold.get('filter/indexed').get('p95-ms'), 'ms');
  note('large store, filter of three conditions with a first one that 3 to 43 % of all meet, which says how far it is, p95', of('filter/broad', 'p95-ms'), 'ms', ['<=', 6000]);
  note('large store, filter that looks at every contact, slowest', of('filter/scan', 's'), 's', ['<=', 6]);
  note('large store, that filter, reports of progress', of('filter/scan', 'reports'), '', ['>=', 10]);
  note('large store, that filter, from cancel to end', of('filter/scan', 'cancel-ms'), 'ms', ['<=', 500]);
  note('large store, board of the largest pipeline, p95', of('board', 'p95-ms'), 'ms', ['<=', 80]);
}

// The figures that the lines of go test -bench report, by benchmark and unit.
function parsed(said) {
  const found = new Map();
  for (const [, name, line] of said.matchAll(/^BenchmarkLarge\/(\S+?)(?:-\d+)?\s+\d+\s(.*)$/gm)) {
    found.set(name, new Map([...line.matchAll(/([\d.e+]+) (\S+)/g)].map(([, value, unit]) => [unit, Number(value)])));
  }
  return found;
}

// Reads a file once, so that the system keeps what it has room for.
function readThrough(path) {
  const file = openSync(path, 'r');
  const part = Buffer.alloc(1 << 22);
  while (readSync(file, part) > 0);
  closeSync(file);
}

function run(which, times, below) {
  const bench = `^BenchmarkLarge$/^(${which})$${below === undefined ? '' : `/^${below}$`}`;
  const args = ['test', './internal/store', '-tags', 'headless', '-run', '^$', '-bench', bench, '-benchtime', times, '-timeout', '180m'];
  return execFileSync('go', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1 << 26 });
}
