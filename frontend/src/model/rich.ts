// A message whose values are drawn, not written: each value is handed to the
// catalogue as a mark, and the text comes back in pieces around the marks.

const first = 0xe000; // private use: no text of a catalogue has it

/** The mark for the value number n. */
export function slot(n: number): string {
  return String.fromCharCode(first + n);
}

/** The text in pieces; a number stands where that slot is. */
export function pieces(text: string): (string | number)[] {
  const found: (string | number)[] = [];
  for (const ch of text) {
    const n = ch.charCodeAt(0) - first;
    if (n >= 0 && n < 16) {
      found.push(n);
      continue;
    }
    const last = found[found.length - 1];
    if (typeof last === 'string') found[found.length - 1] = last + ch;
    else found.push(ch);
  }
  return found;
}
