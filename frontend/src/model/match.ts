// Where a typed text is found in a title: what the palette sets in bold, and
// how well an action matches.

export interface MatchPart {
  readonly hit: boolean;
  readonly text: string;
}

// Folding may change a text's length (ﬁ, İ), so it is done one character at a
// time and offsets stay those of the original.
function fold(text: string): { folded: string; from: number[] } {
  let folded = '';
  const from: number[] = [];
  let at = 0;
  for (const ch of text) {
    const plain = ch.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
    for (let i = 0; i < plain.length; i++) from.push(at);
    folded += plain;
    at += ch.length;
  }
  from.push(at);
  return { folded, from };
}

/** The title in parts; hits are where a word of the text begins a word of the title. */
export function markParts(title: string, text: string): MatchPart[] {
  const { folded, from } = fold(title);
  const hit = new Array<boolean>(title.length).fill(false);
  for (const word of wordsOf(text)) {
    for (let at = folded.indexOf(word); at >= 0; at = folded.indexOf(word, at + 1)) {
      if (at > 0 && /[\p{L}\p{N}]/u.test(folded.charAt(at - 1))) continue;
      hit.fill(true, from[at], from[at + word.length]);
      break;
    }
  }
  const parts: MatchPart[] = [];
  for (let i = 0; i < title.length; i++) {
    const last = parts[parts.length - 1];
    const now = hit[i] ?? false;
    if (last?.hit === now)
      parts[parts.length - 1] = { hit: now, text: last.text + title.charAt(i) };
    else parts.push({ hit: now, text: title.charAt(i) });
  }
  return parts;
}

/** 0 for no match; every word of the text must begin a word of the title. More is better. */
export function score(title: string, text: string): number {
  const wanted = wordsOf(text);
  if (wanted.length === 0) return 1;
  const { folded } = fold(title);
  const have = folded.split(/[^\p{L}\p{N}]+/u).filter((w) => w !== '');
  let sum = 0;
  for (const word of wanted) {
    const at = have.findIndex((w) => w.startsWith(word));
    if (at < 0) return 0;
    sum += 10 - Math.min(9, at) + (have[at] === word ? 5 : 0);
  }
  return sum;
}

function wordsOf(text: string): string[] {
  return fold(text)
    .folded.split(/\s+/u)
    .filter((w) => w !== '');
}
