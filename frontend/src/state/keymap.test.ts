import { describe, expect, it, vi } from 'vitest';
import { clashes, commands } from './commands';
import { Keymap, keyName } from './keymap.svelte';

function press(keymap: Keymap, key: string, more: KeyboardEventInit & { on?: Element } = {}): void {
  const target = more.on ?? document.body;
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more });
  const heard = (e: Event) => keymap.press(e as KeyboardEvent);
  window.addEventListener('keydown', heard, { once: true });
  target.dispatchEvent(event);
}

describe('the key table', () => {
  it('has no two commands for one press', () => {
    expect(clashes()).toEqual([]);
  });

  it('finds a clash when there is one', () => {
    const title = () => '';
    const found = clashes({
      ...commands,
      'x.one': { keys: ['j'], when: 'record', title }, // the list has J
      'x.two': { keys: ['g'], when: 'board', title }, // the app has G C
    });
    expect(found.some((one) => one.includes('x.one'))).toBe(true);
    expect(found.some((one) => one.includes('x.two'))).toBe(true);
  });
});

describe('the handler', () => {
  it('runs a command, and a sequence', () => {
    const keymap = new Keymap();
    const undo = vi.fn();
    const go = vi.fn();
    keymap.on({ 'app.undo': undo, 'go.deals': go });
    press(keymap, 'z', { ctrlKey: true });
    expect(undo).toHaveBeenCalledOnce();
    press(keymap, 'g');
    press(keymap, 'd');
    expect(go).toHaveBeenCalledOnce();
  });

  it('leaves single keys to whoever types', () => {
    const keymap = new Keymap();
    const create = vi.fn();
    const palette = vi.fn();
    const undo = vi.fn();
    keymap.on({ 'app.create': create, 'app.palette': palette, 'app.undo': undo });
    for (const tag of ['input', 'textarea']) {
      const field = document.body.appendChild(document.createElement(tag));
      press(keymap, 'c', { on: field });
      press(keymap, 'z', { on: field, ctrlKey: true }); // the field's own undo
      press(keymap, 'k', { on: field, ctrlKey: true });
      field.remove();
    }
    expect(create).not.toHaveBeenCalled();
    expect(undo).not.toHaveBeenCalled();
    expect(palette).toHaveBeenCalledTimes(2);
  });

  it('does nothing while text is being composed', () => {
    const keymap = new Keymap();
    const create = vi.fn();
    keymap.on({ 'app.create': create });
    press(keymap, 'c', { isComposing: true });
    expect(create).not.toHaveBeenCalled();
  });

  it('does nothing inside a dialog', () => {
    const keymap = new Keymap();
    const create = vi.fn();
    keymap.on({ 'app.create': create });
    const dialog = document.body.appendChild(document.createElement('div'));
    dialog.setAttribute('role', 'dialog');
    press(keymap, 'c', { on: dialog });
    dialog.remove();
    expect(create).not.toHaveBeenCalled();
  });

  it('can have its single keys switched off', () => {
    const keymap = new Keymap();
    const create = vi.fn();
    const undo = vi.fn();
    keymap.on({ 'app.create': create, 'app.undo': undo });
    keymap.singleKeys = false;
    press(keymap, 'c');
    press(keymap, 'z', { ctrlKey: true });
    expect(create).not.toHaveBeenCalled();
    expect(undo).toHaveBeenCalledOnce();
  });

  it('gives a command to the last one that asked, and back', () => {
    const keymap = new Keymap();
    const [list, board] = [vi.fn(), vi.fn()];
    keymap.on({ 'app.search': list });
    const off = keymap.on({ 'app.search': board });
    press(keymap, '/');
    off();
    press(keymap, '/');
    expect([list.mock.calls.length, board.mock.calls.length]).toEqual([1, 1]);
  });

  it('prefers the command that the other gives way to', () => {
    const keymap = new Keymap();
    const [right, call] = [vi.fn(), vi.fn()];
    keymap.on({ 'board.right': right });
    const off = keymap.on({ 'record.call': call });
    press(keymap, 'l');
    press(keymap, 'ArrowRight');
    off();
    press(keymap, 'l');
    expect([right.mock.calls.length, call.mock.calls.length]).toEqual([2, 1]);
  });

  it('names a key by what it means', () => {
    const name = (init: KeyboardEventInit, mac = false) =>
      keyName(new KeyboardEvent('keydown', init), mac);
    expect(name({ key: '?', shiftKey: true })).toBe('?');
    expect(name({ key: 'M', shiftKey: true })).toBe('shift+m');
    expect(name({ key: 'k', metaKey: true }, true)).toBe('mod+k');
    expect(name({ key: 'Shift', shiftKey: true })).toBe('');
  });
});
