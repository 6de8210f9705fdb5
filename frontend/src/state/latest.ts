/**
 * Runs one task at a time and remembers only the newest that waits: holding a
 * key down asks for the record you stop at, not for each one passed.
 */
export class Latest {
  #busy = false;
  #next: (() => Promise<void>) | null = null;

  run(task: () => Promise<void>): void {
    if (this.#busy) {
      this.#next = task;
      return;
    }
    this.#busy = true;
    void this.#drain(task);
  }

  async #drain(first: () => Promise<void>): Promise<void> {
    let task: (() => Promise<void>) | null = first;
    while (task !== null) {
      this.#next = null;
      try {
        await task();
      } catch {
        // a task reports its own faults
      }
      task = this.#next;
    }
    this.#busy = false;
  }
}
