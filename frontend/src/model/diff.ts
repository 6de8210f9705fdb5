// What changed between two texts, word by word.

export interface DiffPart {
  readonly kind: 'same' | 'gone' | 'new';
  readonly text: string;
}

const longest = 400; // words a side; beyond it the two texts are shown whole

/**
 * The parts of `to`, with what was taken out of `from` in its place. The same
 * and new parts together are `to`; the same and gone parts are `from`.
 */
export function diffWords(from: string, to: string): DiffPart[] {
  const a = words(from);
  const b = words(to);
  if (a.length > longest || b.length > longest) return whole(from, to);
  const table = lengths(a, b);
  const parts: DiffPart[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      push(parts, 'same', a[i++] ?? '');
      j++;
    } else if (i < a.length && (j === b.length || at(table, i + 1, j) >= at(table, i, j + 1))) {
      push(parts, 'gone', a[i++] ?? '');
    } else {
      push(parts, 'new', b[j++] ?? '');
    }
  }
  return joined(parts);
}

// Words changed side by side read as one change: a blank between two changes
// belongs to both.
function joined(parts: readonly DiffPart[]): DiffPart[] {
  const out: DiffPart[] = [];
  let gone = '';
  let fresh = '';
  const flush = (): void => {
    push(out, 'gone', gone);
    push(out, 'new', fresh);
    gone = '';
    fresh = '';
  };
  for (const [i, part] of parts.entries()) {
    const blank = part.kind === 'same' && part.text.trim() === '';
    const inside = blank && gone + fresh !== '' && parts[i + 1] !== undefined;
    if (part.kind === 'same' && !inside) {
      flush();
      push(out, 'same', part.text);
      continue;
    }
    if (part.kind !== 'new') gone += part.text;
    if (part.kind !== 'gone') fresh += part.text;
  }
  flush();
  return out;
}

function whole(from: string, to: string): DiffPart[] {
  const parts: DiffPart[] = [];
  push(parts, 'gone', from);
  push(parts, 'new', to);
  return parts;
}

function words(text: string): string[] {
  return text.match(/\s+|[^\s\p{P}]+|\p{P}/gu) ?? [];
}

function at(table: Uint16Array[], i: number, j: number): number {
  return table[i]?.[j] ?? 0;
}

// lengths[i][j] is the longest common run of a from i on and b from j on.
function lengths(a: readonly string[], b: readonly string[]): Uint16Array[] {
  const table = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    const row = table[i];
    if (!row) continue;
    for (let j = b.length - 1; j >= 0; j--) {
      row[j] =
        a[i] === b[j]
          ? at(table, i + 1, j + 1) + 1
          : Math.max(at(table, i + 1, j), at(table, i, j + 1));
    }
  }
  return table;
}

function push(parts: DiffPart[], kind: DiffPart['kind'], text: string): void {
  if (text === '') return;
  const last = parts[parts.length - 1];
  if (last?.kind === kind) parts[parts.length - 1] = { kind, text: last.text + text };
  else parts.push({ kind, text });
}
