import { SvelteMap } from 'svelte/reactivity';

/** Text that was typed and not yet saved, by a key of whoever typed it. */
export class Drafts {
  #texts = new SvelteMap<string, string>();

  read(key: string): string | undefined {
    return this.#texts.get(key);
  }

  write(key: string, text: string): void {
    this.#texts.set(key, text);
  }

  drop(key: string): void {
    this.#texts.delete(key);
  }
}
