/** Fixed-height windowing: which of n items of one height to draw. */
export function windowOf(
  n: number,
  height: number,
  top: number,
  view: number,
  over = 4,
): { from: number; to: number } {
  if (n === 0 || height <= 0) return { from: 0, to: 0 };
  const from = Math.max(0, Math.floor(top / height) - over);
  const to = Math.min(n, Math.ceil((top + view) / height) + over);
  return { from: Math.min(from, n), to: Math.max(to, Math.min(from, n)) };
}
