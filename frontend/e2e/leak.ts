// What may be in no log, no temporary file and no bundle, and how it is found.
import { readdirSync } from 'node:fs';
import path from 'node:path';

/** Texts that a test has typed as a rep: notes, names. They are looked for from then on. */
export const typed = new Set<string>();

// People of the portals here live under .example. What the program says about
// itself may not look like a sign-in either.
const patterns: readonly RegExp[] = [
  /[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.example/g,
  /Bearer [\w.-]{8,}/g,
  /(?:refresh|access)_token["'=: ]+[\w.-]{8,}/g,
  /client_secret["'=: ]+[\w.-]{8,}/g,
];

/** Where a text says what it may not, with what is around it. */
export function findings(where: string, text: string, words: Iterable<string>): string[] {
  const found: string[] = [];
  const say = (at: number): void => {
    found.push(`${where}: ...${text.slice(Math.max(0, at - 80), at + 80)}...`);
  };
  for (const word of words) {
    const forms = [
      word,
      Buffer.from(word, 'utf8').toString('latin1'),
      JSON.stringify(word).slice(1, -1),
    ];
    const at = forms.map((form) => text.indexOf(form)).find((one) => one >= 0);
    if (word !== '' && at !== undefined) say(at);
  }
  for (const pattern of patterns) for (const hit of text.matchAll(pattern)) say(hit.index);
  return found.slice(0, 5);
}

/** Every file below a folder. */
export function below(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}
