// The page stays where it is. Links that lead elsewhere go through the backend,
// which opens them outside of the window when they may be opened; what is dropped
// on the page is not followed, and no window is opened by it.

/** The part of the Navigation API that is used; not every engine has it. */
interface Navigating extends Event {
  readonly destination: { readonly url: string };
}

// The window's own scheme has no origin by the letter of the URL standard.
function leaves(url: string): boolean {
  if (!URL.canParse(url, location.href)) return true;
  const { protocol, host } = new URL(url, location.href);
  return protocol !== location.protocol || host !== location.host;
}

/** Keeps the page here until the returned function is called. */
export function stay(open: (url: string) => void): () => void {
  const onClick = (event: MouseEvent): void => {
    const link = (event.target as Element | null)?.closest?.('a[href], area[href]');
    const href = link?.getAttribute('href') ?? '';
    if (link === null || link === undefined || href.startsWith('#')) return;
    event.preventDefault();
    if (leaves(href)) open(href);
  };
  const onDrop = (event: DragEvent): void => {
    if (!(event.target as Element | null)?.closest?.('input, textarea')) event.preventDefault();
  };
  const onNavigate = (event: Event): void => {
    if (event.cancelable && leaves((event as Navigating).destination.url)) event.preventDefault();
  };
  const navigation = (window as { navigation?: EventTarget }).navigation;
  const opened = window.open;
  document.addEventListener('click', onClick, true);
  document.addEventListener('auxclick', onClick, true);
  document.addEventListener('dragover', onDrop);
  document.addEventListener('drop', onDrop);
  navigation?.addEventListener('navigate', onNavigate);
  window.open = () => null;
  return () => {
    document.removeEventListener('click', onClick, true);
    document.removeEventListener('auxclick', onClick, true);
    document.removeEventListener('dragover', onDrop);
    document.removeEventListener('drop', onDrop);
    navigation?.removeEventListener('navigate', onNavigate);
    window.open = opened;
  };
}
