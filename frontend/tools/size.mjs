// The JavaScript that the first page needs, gzipped, against its budget: the
// entry and what it imports statically. Lazy chunks are listed, not counted.
import { readFileSync, readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const budget = 120_000;
const dir = 'dist/assets/';
const html = readFileSync('dist/index.html', 'utf8');
const entry = [...html.matchAll(/(?:src|href)="\/?(?:\.\/)?assets\/([^"]+\.js)"/g)].map(
  (m) => m[1],
);
const initial = new Set();
const visit = (name) => {
  if (initial.has(name)) return;
  initial.add(name);
  const code = readFileSync(dir + name, 'utf8');
  for (const m of code.matchAll(
    /(?:^|[;}\s])(?:import|export)\b[^;'"()]*?from\s*["']\.\/([^"']+\.js)["']/g,
  ))
    visit(m[1]);
  for (const m of code.matchAll(/(?:^|[;}\s])import\s*["']\.\/([^"']+\.js)["']/g)) visit(m[1]);
};
entry.forEach(visit);
const gz = (name) => gzipSync(readFileSync(dir + name)).length;
let total = 0;
for (const name of initial) total += gz(name);
let lazy = 0;
for (const name of readdirSync(dir))
  if (name.endsWith('.js') && !initial.has(name)) lazy += gz(name);
console.log(
  `initial JS ${(total / 1000).toFixed(1)} kB gz of ${budget / 1000}; lazy ${(lazy / 1000).toFixed(1)} kB gz`,
);
if (initial.size === 0) throw new Error('no entry found in dist/index.html');
if (total > budget) process.exit(1);
