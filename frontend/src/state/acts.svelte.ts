import type { Backend } from '../backend/port';
import type {
  ActivityRequest,
  CreateRequest,
  EditRequest,
  EditResult,
  LinkRequest,
  SeenRequest,
} from '../model/wire';
import { m } from '../paraglide/messages.js';
import { asFault, faultText } from './fault';
import type { Toasts } from './toasts.svelte';

interface Done {
  back: () => Promise<unknown>;
  text: string;
  toast: number;
}

const remembered = 100;

/**
 * Every local write of the rep. Each returns at once with what the backend
 * wrote, remembers how to take it back and says so in a toast. A fault is
 * thrown to the caller, who has the field to show it at.
 */
export class Acts {
  /** What can be taken back, the newest last. */
  done = $state.raw<readonly Done[]>([]);
  #backend: Backend;
  #toasts: Toasts;

  constructor(backend: Backend, toasts: Toasts) {
    this.#backend = backend;
    this.#toasts = toasts;
  }

  edit(request: EditRequest, text: string): Promise<EditResult> {
    return this.#write(this.#backend.records.edit(request), text);
  }

  create(request: CreateRequest, text: string): Promise<EditResult> {
    return this.#write(this.#backend.records.create(request), text);
  }

  archive(type: string, id: string, text: string): Promise<EditResult> {
    return this.#write(this.#backend.records.archive(type, id), text);
  }

  associate(request: LinkRequest, text: string): Promise<EditResult> {
    return this.#write(this.#backend.records.associate(request), text);
  }

  detach(request: LinkRequest, text: string): Promise<EditResult> {
    return this.#write(this.#backend.records.detach(request), text);
  }

  log(request: ActivityRequest, text: string): Promise<EditResult> {
    return this.#write(this.#backend.activities.log(request), text);
  }

  /** Marks news as seen; answers how many there were. */
  async seen(request: SeenRequest, text: (count: number) => string): Promise<number> {
    const { news } = this.#backend;
    const { undo, count } = await news.seen(request);
    if (count > 0) this.#did(() => news.unseen(undo), text(count));
    return count;
  }

  /** Takes back the last act, or the one given. */
  async undo(which = this.done[this.done.length - 1]): Promise<void> {
    if (which === undefined) {
      this.#toasts.show({ text: m.app_undo_nothing(), tone: 'note', action: null });
      return;
    }
    this.done = this.done.filter((one) => one !== which);
    this.#toasts.drop(which.toast);
    try {
      await which.back();
      this.#toasts.show({
        text: m.app_undo_done({ what: which.text }),
        tone: 'done',
        action: null,
      });
    } catch (cause) {
      this.#toasts.show({ text: faultText(asFault(cause)), tone: 'bad', action: null });
    }
  }

  async #write(call: Promise<EditResult>, text: string): Promise<EditResult> {
    const result = await call;
    if (result.state === 'unchanged') return result;
    if (result.undo === '') {
      this.#toasts.show({ text, tone: 'done', action: null });
      return result;
    }
    this.#did(() => this.#backend.records.undo(result.undo), text);
    return result;
  }

  #did(back: () => Promise<unknown>, text: string): void {
    const one: Done = { back, text, toast: 0 };
    one.toast = this.#toasts.show({
      text,
      tone: 'done',
      action: { label: m.app_undo(), hint: 'mod+z', run: () => void this.undo(one) },
    });
    this.done = [...this.done.slice(1 - remembered), one];
  }
}
