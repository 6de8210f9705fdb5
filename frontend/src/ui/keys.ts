// How keys are written on a key cap.

const mac = typeof navigator !== 'undefined' && /Mac|iP(hone|ad)/.test(navigator.platform);

const names: Readonly<Record<string, string>> = {
  enter: '↵',
  escape: 'Esc',
  arrowup: '↑',
  arrowdown: '↓',
  arrowleft: '←',
  arrowright: '→',
  backspace: '⌫',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  home: 'Home',
  end: 'End',
  space: 'Space',
  tab: 'Tab',
};

function cap(part: string): string {
  switch (part) {
    case 'mod':
      return mac ? '⌘' : 'Ctrl';
    case 'shift':
      return mac ? '⇧' : 'Shift';
    case 'alt':
      return mac ? '⌥' : 'Alt';
    default:
      return names[part] ?? (part.length === 1 || /^f\d+$/.test(part) ? part.toUpperCase() : part);
  }
}

/** "mod+k" and "g c" as the caps to draw: ["Ctrl", "K"], ["G", "C"]. */
export function caps(keys: string): string[] {
  return keys.split(' ').flatMap((press) => press.split('+').map(cap));
}

/** For aria-keyshortcuts: "Control+K"; sequences have no notation there. */
export function ariaKeys(keys: string): string | undefined {
  if (keys.includes(' ')) return undefined;
  const words = keys.split('+').map((part) => {
    if (part === 'mod') return mac ? 'Meta' : 'Control';
    return part.length === 1 ? part.toUpperCase() : part[0]?.toUpperCase() + part.slice(1);
  });
  return words.join('+');
}
