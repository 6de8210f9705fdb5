// Which rows of a virtual list stand in the document.

/** Rows drawn beyond the edges, so that scrolling meets painted rows. */
export const overscan = 6;
/** Rows come and go in steps, so that not every pixel changes the document. */
const step = 4;
const most = 60;

export interface Window {
  /** Index of the first row drawn. */
  readonly first: number;
  /** Index after the last row drawn. */
  readonly end: number;
}

/** The window over `total` rows of height `row`, scrolled down by `top` px. */
export function windowOf(top: number, height: number, row: number, total: number): Window {
  if (total <= 0 || height <= 0 || row <= 0) return { first: 0, end: 0 };
  const above = Math.floor(Math.max(0, top) / row) - overscan;
  const first = Math.max(0, Math.min(Math.floor(above / step) * step, total - 1));
  const shown = Math.ceil(height / row) + 2 * overscan + step;
  return { first, end: Math.min(total, first + Math.min(shown, most)) };
}

/** The indices to draw: the window, and the active row wherever it is, because it holds the focus. */
export function drawn({ first, end }: Window, active: number, total: number): number[] {
  const list: number[] = [];
  if (active >= 0 && active < first) list.push(active);
  for (let index = first; index < end; index++) list.push(index);
  if (active >= end && active < total) list.push(active);
  return list;
}

/** How far to scroll so that a row is in sight; the same when it is. */
export function revealed(index: number, top: number, height: number, row: number): number {
  const start = index * row;
  if (start < top) return start;
  if (start + row > top + height) return start + row - height;
  return top;
}

/** Where a key leads in a list; null when it leads nowhere. */
export function stepFor(key: string, active: number, total: number, page: number): number | null {
  if (total === 0) return null;
  const clamp = (index: number) => Math.max(0, Math.min(total - 1, index));
  switch (key) {
    case 'ArrowDown':
      return clamp(active + 1);
    case 'ArrowUp':
      return clamp(active - 1);
    case 'PageDown':
      return clamp(active + page);
    case 'PageUp':
      return clamp(active - page);
    case 'Home':
      return 0;
    case 'End':
      return total - 1;
    default:
      return null;
  }
}
