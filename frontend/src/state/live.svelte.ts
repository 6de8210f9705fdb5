import type { Fault } from '../model/wire';
import type { Changes } from './changes';
import { asFault } from './fault';
import { after } from './host';

/**
 * A store: a snapshot call plus the change event. `value` is the last snapshot;
 * it stays while a newer one is on its way, and when asking fails. At most one
 * call runs at a time; what happens meanwhile is asked for once more.
 */
export class Live<T> {
  value = $state.raw<T | undefined>(undefined);
  error = $state.raw<Fault | null>(null);
  #ask: () => Promise<T>;
  #off: () => void;
  #gap: number;
  #busy: Promise<void> | null = null;
  #again = false;
  #wait: (() => void) | null = null;
  #closed = false;

  /** gap: the least time between two asks that changes cause, in ms. */
  constructor(changes: Changes, topics: readonly string[], ask: () => Promise<T>, gap = 0) {
    this.#ask = ask;
    this.#gap = gap;
    this.#off = changes.on(topics, () => this.#touch());
  }

  /** Asks now and resolves when the answer is in `value` or `error`. */
  refresh(): Promise<void> {
    if (this.#busy !== null) {
      this.#again = true;
      return this.#busy;
    }
    this.#busy = this.#run().finally(() => (this.#busy = null));
    return this.#busy;
  }

  /** Takes a value that a call has just answered with. */
  set(value: T): void {
    this.value = value;
    this.error = null;
    if (this.#busy !== null) this.#again = true;
  }

  close(): void {
    this.#closed = true;
    this.#off();
    this.#wait?.();
  }

  async #run(): Promise<void> {
    do {
      this.#again = false;
      try {
        const value = await this.#ask();
        if (this.#closed) return;
        if (!this.#again) this.value = value;
        this.error = null;
      } catch (cause) {
        if (this.#closed) return;
        this.error = asFault(cause);
      }
    } while (this.#again);
  }

  #touch(): void {
    if (this.#gap === 0) {
      void this.refresh();
      return;
    }
    this.#wait ??= after(this.#gap, () => {
      this.#wait = null;
      void this.refresh();
    });
  }
}
