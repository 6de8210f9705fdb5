// Initials and a hue for a name: what stands in the round or square face
// beside a record.

// One character says who it is in these scripts; two would be half a word or
// would join into a ligature.
const single =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Arabic}\p{Script=Hebrew}]/u;
const letter = /[\p{L}\p{N}]/u;

/** At most two characters; one for CJK, Arabic, Hebrew and Hangul names; "?" for none. */
export function initials(name: string): string {
  const words = name.split(/[\s,]+/u).filter((w) => letter.test(w));
  const first = words[0];
  if (first === undefined) return '?';
  const a = firstLetter(first);
  if (single.test(a)) return a;
  const last = words.length > 1 ? words[words.length - 1] : undefined;
  const b = last === undefined ? '' : firstLetter(last);
  return upper(a) + (single.test(b) ? '' : upper(b));
}

/** One character, for firms and deals. */
export function initial(name: string): string {
  return name.match(letter) ? upper(firstLetter(name)) : '?';
}

function firstLetter(word: string): string {
  return word.match(/[\p{L}\p{N}]\p{M}*/u)?.[0] ?? '';
}

// "ß" would become two letters, and so would a letter with an iota below it.
function upper(ch: string): string {
  const up = ch.toLocaleUpperCase();
  return letters(up) > letters(ch) ? ch : up;
}

function letters(text: string): number {
  return [...text.replace(/\p{M}/gu, '')].length;
}

const hues = [25, 70, 130, 175, 230, 285, 330] as const;

/** One of seven hues, always the same for the same key. */
export function hue(key: string): number {
  let h = 2166136261;
  for (let i = 0; i < key.length; i++) h = Math.imul(h ^ key.charCodeAt(i), 16777619);
  return hues[(h >>> 0) % hues.length] ?? hues[0];
}
