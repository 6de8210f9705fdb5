// Measures the rep's edit, durable on disk, in a store of 100,000 contacts,
// beside one row committed to a bare SQLite file in the same run.

import { execFileSync } from 'node:child_process';

/** Notes the store's figures; see note in bench.mjs. */
export function storeFigures(note) {
  const took = benchmarks();
  note('bare one-row SQLite commit, p50', took.bare.p50, 'ms');
  note('edit of a field that is not searched, p50', took.plain.p50, 'ms');
  note('edit of a field that is not searched, against the bare commit', took.plain.p50 / took.bare.p50, '', ['<=', 2]);
  note('edit of a searched field, one after another, p50', took.searched.p50, 'ms', ['<=', 5]);
  note('edit of a searched field, one after another, p99', took.searched.p99, 'ms', ['<=', 25]);
  note('edit of a searched field, every 0.3 s on average, p50', took.paced.p50, 'ms', ['<=', 5]);
  note('edit of a searched field, every 0.3 s on average, p99', took.paced.p99, 'ms', ['<=', 25]);
}

// The percentiles that the lines of go test -bench report.
function benchmarks() {
  const said = run('bare|plain|searched', '300x') + run('paced', '300x');
  const found = [...said.matchAll(/^BenchmarkWrite\/(\w+?)(?:-\d+)?\s.*?([\d.]+) p50-ms\s+([\d.]+) p99-ms/gm)];
  const took = Object.fromEntries(found.map(([, name, p50, p99]) => [name, { p50: Number(p50), p99: Number(p99) }]));
  for (const name of ['bare', 'plain', 'searched', 'paced']) {
    if (took[name] === undefined) throw new Error(`no figure for ${name} in:\n${said}`);
  }
  return took;
}

function run(which, times) {
  const args = ['test', './internal/store', '-tags', 'headless', '-run', '^$', '-bench', `^BenchmarkWrite$/^(${which})$`, '-benchtime', times];
  return execFileSync('go', args, { encoding: 'utf8' });
}
