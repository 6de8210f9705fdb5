import type { Backend } from '../backend/port';

type Heard = (topics: readonly string[] | null) => void;

/**
 * Tells stores which topics changed. A gap in the sequence, or a stream that
 * was opened again, counts as "everything": listeners get null.
 */
export class Changes {
  #listeners = new Map<Heard, readonly string[]>();
  #seq = 0;
  #stop: () => void;

  constructor(backend: Pick<Backend, 'listen'>) {
    this.#stop = backend.listen({
      changed: ({ seq, topics }) => {
        const gap = this.#seq !== 0 && seq !== this.#seq + 1;
        this.#seq = seq;
        this.#tell(gap ? null : topics);
      },
      reset: () => {
        this.#seq = 0;
        this.#tell(null);
      },
    });
  }

  /**
   * Hear of the topics given, and of resets. "list:*" means every topic that
   * starts with "list:". Returns the way out.
   */
  on(topics: readonly string[], heard: Heard): () => void {
    this.#listeners.set(heard, topics);
    return () => this.#listeners.delete(heard);
  }

  close(): void {
    this.#stop();
    this.#listeners.clear();
  }

  #tell(topics: readonly string[] | null): void {
    for (const [heard, wanted] of [...this.#listeners]) {
      if (topics === null) heard(null);
      else {
        const hit = topics.filter((topic) => wanted.some((want) => matches(want, topic)));
        if (hit.length > 0) heard(hit);
      }
    }
  }
}

function matches(want: string, topic: string): boolean {
  return want.endsWith('*') ? topic.startsWith(want.slice(0, -1)) : want === topic;
}
