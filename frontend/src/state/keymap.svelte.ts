import { untrack } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import { command, commands, type Command, type CommandId } from './commands';
import { after } from './host';

export type Handlers = Partial<Record<CommandId, () => void>>;

export interface Action {
  readonly id: CommandId;
  readonly command: Command;
}

const mac = typeof navigator !== 'undefined' && /Mac|iP(hone|ad)/.test(navigator.platform);
const sequenceGap = 1200;

/** A pressed key in the table's words, "" for a bare modifier. */
export function keyName(event: KeyboardEvent, onMac = mac): string {
  const { key } = event;
  if (key === 'Shift' || key === 'Control' || key === 'Alt' || key === 'Meta' || key === 'Dead')
    return '';
  const name = key === ' ' ? 'space' : key.toLowerCase();
  const letterOrNamed = name.length > 1 || name !== name.toUpperCase();
  const parts: string[] = [];
  if (onMac ? event.metaKey : event.ctrlKey) parts.push('mod');
  if (onMac ? event.ctrlKey : event.metaKey) parts.push('meta');
  if (event.altKey) parts.push('alt');
  if (event.shiftKey && letterOrNamed) parts.push('shift'); // "?" already has it
  return [...parts, name].join('+');
}

/** Whether the event's target takes text, so that plain keys are its own. */
export function takesText(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.getAttribute('contenteditable') === 'true') return true;
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return (
    target instanceof HTMLInputElement &&
    !['button', 'checkbox', 'radio', 'submit', 'reset', 'range'].includes(target.type)
  );
}

/** Overlays have keys of their own. */
function inOverlay(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest('[role="dialog"],[role="alertdialog"],[role="menu"],[role="listbox"]') !== null
  );
}

/** Which commands mean something now, and the handler of all keys. */
export class Keymap {
  /** Off: keys without Ctrl or Cmd do nothing (WCAG 2.1.4). */
  singleKeys = $state(true);
  #handlers = new SvelteMap<CommandId, readonly (() => void)[]>();
  #prefix = '';
  #stopWaiting: (() => void) | null = null;

  /** Gives commands their meaning until the returned function is called; the last one given counts. */
  on(handlers: Handlers): () => void {
    const given = Object.entries(handlers) as [CommandId, () => void][];
    // untracked: an effect that gives commands must not depend on them
    untrack(() => {
      for (const [id, run] of given) this.#handlers.set(id, [...this.#of(id), run]);
    });
    return () =>
      untrack(() => {
        for (const [id, run] of given) {
          const left = this.#of(id).filter((one) => one !== run);
          if (left.length > 0) this.#handlers.set(id, left);
          else this.#handlers.delete(id);
        }
      });
  }

  #of(id: CommandId): readonly (() => void)[] {
    return this.#handlers.get(id) ?? [];
  }

  /** Whether the command can be given now. */
  can(id: CommandId): boolean {
    return this.#handlers.has(id);
  }

  run(id: CommandId): void {
    this.#handlers.get(id)?.at(-1)?.();
  }

  /** What can be done now, for the palette. */
  get actions(): Action[] {
    return [...this.#handlers.keys()].map((id) => ({ id, command: command(id) }));
  }

  /** The handler: put it on the window. */
  press(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
    const name = keyName(event);
    if (name === '' || inOverlay(event.target)) return;
    const typing = takesText(event.target);
    const keys = this.#prefix === '' ? name : `${this.#prefix} ${name}`;
    this.#forget();
    const id = this.#find(keys, typing) ?? this.#find(name, typing);
    if (id !== undefined) {
      event.preventDefault();
      this.run(id);
    } else if (!typing && this.singleKeys && isPrefix(name)) {
      this.#prefix = name;
      this.#stopWaiting = after(sequenceGap, () => this.#forget());
    }
  }

  #find(keys: string, typing: boolean): CommandId | undefined {
    const found = new Map<CommandId, string | undefined>();
    for (const id of this.#handlers.keys()) {
      const one = command(id);
      if (one.local === true || !one.keys.includes(keys)) continue;
      if (typing && one.typing !== true) continue;
      if (typing && !isChord(keys)) continue;
      if (!this.singleKeys && isSingle(keys)) continue;
      found.set(id, one.over);
    }
    const beaten = new Set(found.values());
    return [...found.keys()].find((id) => !beaten.has(id));
  }

  #forget(): void {
    this.#prefix = '';
    this.#stopWaiting?.();
    this.#stopWaiting = null;
  }
}

/** With Ctrl or Cmd, or a function key: never text. */
function isChord(keys: string): boolean {
  return keys.startsWith('mod+') || /^f\d+$/.test(keys);
}

/** A printable key on its own, or a sequence of such. */
function isSingle(keys: string): boolean {
  const last = keys.split(' ').at(-1) ?? '';
  return !keys.startsWith('mod+') && last.replace('shift+', '').length === 1;
}

const prefixes: ReadonlySet<string> = new Set(
  Object.values(commands).flatMap((one) =>
    one.keys.filter((keys) => keys.includes(' ')).map((keys) => keys.split(' ')[0] ?? ''),
  ),
);

function isPrefix(name: string): boolean {
  return prefixes.has(name);
}
