import type { Backend } from '../backend/port';
import type { Density, Settings, Theme } from '../model/wire';
import { asFault, faultText } from './fault';
import { keep, kept } from './host';
import type { Toasts } from './toasts.svelte';

const first: Settings = {
  theme: 'system',
  density: 'regular',
  singleKeys: true,
  started: false,
  diskSeen: false,
};

/** The rep's choices. Theme and density are laid on <html> as they change. */
export class SettingsStore {
  value = $state.raw<Settings>(first);
  /** The backend has answered: value is what was saved. */
  loaded = $state(false);
  /** The theme in force, the system's choice included. */
  dark = $state(false);
  #backend: Backend;
  #toasts: Toasts;
  #system = matchMedia('(prefers-color-scheme: dark)');

  constructor(backend: Backend, toasts: Toasts) {
    this.#backend = backend;
    this.#toasts = toasts;
    const theme = kept('theme'); // before the backend answers, so that nothing flashes
    if (theme === 'light' || theme === 'dark') this.value = { ...first, theme };
    this.#system.addEventListener('change', () => this.#lay());
    this.#lay();
  }

  async load(): Promise<void> {
    this.#take(await this.#backend.app.settings());
    this.loaded = true;
  }

  /** Shows the change at once and saves it; a refusal is said in a toast. */
  async save(part: Partial<Settings>): Promise<void> {
    const before = this.value;
    this.#take({ ...before, ...part });
    try {
      this.#take(await this.#backend.app.saveSettings(this.value));
    } catch (cause) {
      this.#take(before);
      this.#toasts.show({ text: faultText(asFault(cause)), tone: 'bad', action: null });
    }
  }

  theme(theme: Theme): Promise<void> {
    return this.save({ theme });
  }

  density(density: Density): Promise<void> {
    return this.save({ density });
  }

  /** Light or dark, whichever it is not now. */
  flip(): Promise<void> {
    return this.theme(this.dark ? 'light' : 'dark');
  }

  #take(value: Settings): void {
    this.value = value;
    keep('theme', value.theme);
    this.#lay();
  }

  #lay(): void {
    const { theme, density } = this.value;
    this.dark = theme === 'dark' || (theme === 'system' && this.#system.matches);
    const { dataset } = document.documentElement;
    dataset.theme = this.dark ? 'dark' : 'light';
    dataset.density = density;
  }
}
