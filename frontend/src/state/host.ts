// The one place outside backend/ that touches the host's timers and its small
// storage. Everything else takes these functions, so that tests can see time.

/** Calls once after ms; the returned function calls it off. */
export function after(ms: number, run: () => void): () => void {
  const id = setTimeout(run, ms);
  return () => clearTimeout(id);
}

/** Calls every ms. Never faster than once a second: an idle app is idle. */
export function every(ms: number, run: () => void): () => void {
  const id = setInterval(run, Math.max(1000, ms));
  return () => clearInterval(id);
}

/** Calls before the next frame is painted. */
export function frame(run: () => void): () => void {
  const id = requestAnimationFrame(run);
  return () => cancelAnimationFrame(id);
}

/** A small preference of this window, such as a width; null when there is none. */
export function kept(name: string): string | null {
  try {
    return localStorage.getItem(`satchel.${name}`);
  } catch {
    return null; // storage may be off
  }
}

export function keep(name: string, value: string): void {
  try {
    localStorage.setItem(`satchel.${name}`, value);
  } catch {
    // storage may be off: the preference lasts as long as the window
  }
}
