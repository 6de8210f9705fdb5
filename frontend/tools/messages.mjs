// Keeps messages/en.json sorted by key, so that builders who add to it at the
// same time meet in different places. `node tools/messages.mjs [more.json]`
// merges another file into it.
import { readFileSync, writeFileSync } from 'node:fs';

const path = 'messages/en.json';
const all = JSON.parse(readFileSync(path, 'utf8'));
if (process.argv[2]) Object.assign(all, JSON.parse(readFileSync(process.argv[2], 'utf8')));
const { $schema, ...texts } = all;
const sorted = Object.fromEntries(Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(path, `${JSON.stringify({ $schema, ...sorted }, null, 2)}\n`);
