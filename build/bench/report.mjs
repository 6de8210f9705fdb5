// The figures of a run, by section of docs/performance.md. A section is written
// anew by the run that measures it, and the others stay as they are.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';

const round = (value) => (value >= 100 ? Math.round(value) : Math.round(value * 10) / 10).toLocaleString('en');

const [load] = os.loadavg(); // when the run began

/** What a busy machine does to the figures; undefined when it is quiet. */
export const busy = load > 0.5 ? `the machine is busy (load ${load.toFixed(1)}): the times below will be too long` : undefined;

export class Section {
  #figures = [];
  #about;

  constructor(title, about) {
    this.title = title;
    this.#about = about;
  }

  /** Notes a figure; bound is what it must hold, as [comparison, value]. */
  note = (what, value, unit, bound) => {
    const good = bound === undefined || (bound[0] === '<=' ? value <= bound[1] : value >= bound[1]);
    const limit = bound === undefined ? '' : `${bound[0] === '<=' ? 'at most' : 'at least'} ${round(bound[1])} ${unit}`.trim();
    this.#figures.push({ what, value: `${round(value)} ${unit}`.trim(), limit, good });
    console.log(`${good ? '  ' : '! '}${what}: ${round(value)} ${unit}${limit === '' ? '' : `, ${limit}`}`);
  };

  get holds() {
    return this.#figures.every(({ good }) => good);
  }

  get #text() {
    const rows = this.#figures.map(({ what, value, limit, good }) => `| ${what} | ${value} | ${limit} | ${limit === '' ? '' : good ? 'yes' : '**no**'} |`);
    const model = os.cpus()[0]?.model ?? 'unknown';
    const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
    return `## ${this.title}

${this.#about} On ${new Date().toISOString().slice(0, 10)} at ${commit}: ${os.cpus().length} cores (${model}), ${Math.round(os.totalmem() / 2 ** 30)} GB of memory, ${os.type()} ${os.release()}, with a load of ${load.toFixed(1)} when it began.

| what | measured | bound | holds |
|---|---|---|---|
${rows.join('\n')}
`;
  }

  /** Puts the section into the file, in its own place or behind the others. */
  save(file) {
    const [intro, ...sections] = readFileSync(file, 'utf8').split(/^(?=## )/m);
    const at = sections.findIndex((text) => text.startsWith(`## ${this.title}\n`));
    sections.splice(at < 0 ? sections.length : at, at < 0 ? 0 : 1, this.#text);
    writeFileSync(file, [intro, ...sections].map((text) => text.trimEnd()).join('\n\n') + '\n');
  }
}
