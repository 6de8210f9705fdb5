// Completes frontend/package-lock.json after `npm install`: npm leaves out the
// optional packages of other platforms that its registry could not name, and
// `npm ci` then refuses the file. They are added with the version that is asked
// for; nothing but their own platform ever fetches them.

import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('../../frontend/package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));
const { packages } = lock;
const added = [];

for (const [path, entry] of Object.entries(packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (packages[`node_modules/${name}`] || packages[`${path}/node_modules/${name}`]) continue;
    const platform = name.match(/(darwin|linux|win32)-(arm64|x64)(?:-(gnu|musl|msvc))?$/);
    if (!platform) throw new Error(`${name} is missing and names no platform`);
    const [, os, cpu, libc] = platform;
    packages[`node_modules/${name}`] = {
      version,
      cpu: [cpu],
      ...(entry.dev ? { dev: true } : {}),
      ...(os === 'linux' && libc ? { libc: [libc === 'gnu' ? 'glibc' : libc] } : {}),
      optional: true,
      os: [os],
    };
    added.push(`${name}@${version}`);
  }
}

lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(file, JSON.stringify(lock, null, 2) + '\n');
console.log(added.length === 0 ? 'nothing was missing' : `added ${added.join(', ')}`);
