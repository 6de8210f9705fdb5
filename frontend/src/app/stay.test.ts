import { afterEach, describe, expect, it, vi } from 'vitest';
import { stay } from './stay';

let off: (() => void) | undefined;
afterEach(() => {
  off?.();
  document.body.replaceChildren();
});

function guarded() {
  const open = vi.fn<(url: string) => void>();
  off = stay(open);
  return open;
}

function click(html: string): boolean {
  document.body.innerHTML = html;
  const event = new MouseEvent('click', { bubbles: true, cancelable: true });
  document.querySelector('a, area')?.dispatchEvent(event);
  return event.defaultPrevented;
}

describe('R30 the page stays where it is', () => {
  it('a link that leads elsewhere goes through the backend', () => {
    const open = guarded();
    for (const url of ['https://evil.example/', 'mailto:a@b.example', 'javascript:alert(1)']) {
      expect(click(`<a href="${url}">x</a>`)).toBe(true);
      expect(open).toHaveBeenLastCalledWith(url);
    }
    expect(click('<a href="//evil.example/x" target="_blank"><b>x</b></a>')).toBe(true);
    expect(open).toHaveBeenLastCalledWith('//evil.example/x');
  });

  it('a link of our own loads nothing', () => {
    const open = guarded();
    expect(click('<a href="/other">x</a>')).toBe(true);
    expect(click('<a href="#part">x</a>')).toBe(false);
    expect(open).not.toHaveBeenCalled();
  });

  it('no window is opened, and what is dropped is not followed', () => {
    guarded();
    expect(window.open('https://evil.example/')).toBeNull();
    document.body.innerHTML = '<p>x</p><input />';
    const drop = (where: string): boolean => {
      const event = new Event('drop', { bubbles: true, cancelable: true });
      document.querySelector(where)?.dispatchEvent(event);
      return event.defaultPrevented;
    };
    expect(drop('p')).toBe(true);
    expect(drop('input')).toBe(false);
  });
});
