// What HubSpot would refuse of values, asked while they are typed. Nothing is
// decided here: a sentence is shown as it comes.

import type { Checked } from '../model/wire';
import { after } from './host';

type Sentences = Readonly<Record<string, string>>;

/** How long nothing was typed before it is asked. */
export const pause = 250;

export class Preflight {
  /** By property: what cannot be saved like this. */
  wrong = $state.raw<Sentences>({});
  /** By property: what can be saved, and will be asked about or refused. */
  warn = $state.raw<Sentences>({});

  #check: (values: Record<string, string>) => Promise<Checked>;
  #turns = new Map<string, number>();
  #timers = new Map<string, () => void>();

  constructor(check: (values: Record<string, string>) => Promise<Checked>) {
    this.#check = check;
  }

  /** Asks about a value in a moment; a later one of the property takes its place. */
  ask(name: string, value: string): void {
    const turn = this.#next(name);
    this.#timers.set(
      name,
      after(pause, () => {
        this.#check({ [name]: value }).then(
          ({ wrong, warn }) => {
            if (this.#turns.get(name) === turn) this.#tell(name, wrong[name], warn[name]);
          },
          () => undefined, // saving tells
        );
      }),
    );
  }

  /** Takes the sentences of a property away, and does not hear late answers. */
  forget(name: string): void {
    this.#next(name);
    this.#tell(name, undefined, undefined);
  }

  #next(name: string): number {
    this.#timers.get(name)?.();
    const turn = (this.#turns.get(name) ?? 0) + 1;
    this.#turns.set(name, turn);
    return turn;
  }

  #tell(name: string, wrong = '', warn = ''): void {
    if ((this.wrong[name] ?? '') !== wrong) this.wrong = { ...this.wrong, [name]: wrong };
    if ((this.warn[name] ?? '') !== warn) this.warn = { ...this.warn, [name]: warn };
  }
}
