import { after } from './host';

export interface Toast {
  id: number;
  text: string;
  /** What the toast is about, for its icon. */
  tone: 'done' | 'bad' | 'note';
  action: { label: string; run: () => void; hint?: string } | null;
}

const shownFor = 8000;

/** The toasts on screen. They wait while they are pointed at or hold the focus. */
export class Toasts {
  list = $state.raw<readonly Toast[]>([]);
  #timers = new Map<number, () => void>();
  #last = 0;

  show(toast: Omit<Toast, 'id'>): number {
    const id = ++this.#last;
    for (const old of this.list.slice(0, -1)) this.drop(old.id); // two at most
    this.list = [...this.list, { ...toast, id }];
    this.release(id);
    return id;
  }

  drop(id: number): void {
    this.hold(id);
    this.list = this.list.filter((toast) => toast.id !== id);
  }

  /** Stops the clock of a toast. */
  hold(id: number): void {
    this.#timers.get(id)?.();
    this.#timers.delete(id);
  }

  /** Starts the clock anew. */
  release(id: number): void {
    this.hold(id);
    this.#timers.set(
      id,
      after(shownFor, () => this.drop(id)),
    );
  }
}
