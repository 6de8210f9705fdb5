// Runs dependency-cruiser over src and fails when it saw next to nothing: with
// a TypeScript it does not know, it cruises 0 modules and calls that success.
import { execFileSync } from 'node:child_process';

const out = execFileSync(
  'npx',
  ['depcruise', 'src', '--config', '.dependency-cruiser.cjs', '--output-type', 'json'],
  { encoding: 'utf8', maxBuffer: 1 << 28 },
);
const { summary, modules } = JSON.parse(out);
const ours = modules.filter((m) => m.source.startsWith('src/') && /\.(ts|svelte)$/.test(m.source));
for (const v of summary.violations) console.error(`${v.rule.name}: ${v.from} -> ${v.to}`);
console.log(`${ours.length} modules of src, ${summary.totalDependenciesCruised} dependencies`);
const svelte = ours.filter((m) => m.source.endsWith('.svelte'));
if (ours.length < 20 || svelte.length === 0 || !svelte.some((m) => m.dependencies.length > 0)) {
  console.error('dependency-cruiser did not read the sources');
  process.exit(1);
}
if (summary.error > 0) process.exit(1);
