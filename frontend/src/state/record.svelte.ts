import type { CrmRecord, Fault } from '../model/wire';
import type { Session } from './session.svelte';
import { asFault } from './fault';
import { Latest } from './latest';

/**
 * The record on screen. While the next one is on its way the last one stays;
 * of several asked for in a row only the newest is fetched.
 */
export class OpenRecord {
  value = $state.raw<CrmRecord | null>(null);
  error = $state.raw<Fault | null>(null);
  #session: Session;
  #latest = new Latest();
  #wanted = '';
  #type = '';
  #off: () => void;

  constructor(session: Session) {
    this.#session = session;
    this.#off = session.changes.on(['record:*'], (topics) => {
      if (this.#wanted !== '' && (topics === null || topics.includes(`record:${this.#wanted}`))) {
        this.show(this.#type, this.#wanted);
      }
    });
  }

  show(type: string, id: string): void {
    this.#type = type;
    this.#wanted = id;
    this.#latest.run(async () => {
      try {
        const value = await this.#session.backend.records.get(type, id);
        if (this.#wanted !== id) return;
        this.value = value;
        this.error = null;
      } catch (cause) {
        if (this.#wanted === id) this.error = asFault(cause);
      }
    });
  }

  close(): void {
    this.#wanted = '';
    this.#off();
  }
}
