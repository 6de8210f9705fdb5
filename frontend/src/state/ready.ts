import { frame } from './host';

/** Marks the document once the first usable screen is painted: tests and the cold-start figure wait for it. */
export function markReady(): void {
  if (document.documentElement.dataset.ready === '1') return;
  frame(() => frame(() => (document.documentElement.dataset.ready = '1')));
}
