// The parts that are not needed for the first paint come when they are.

export const loadBoard = () => import('../features/board/Board.svelte');
export const loadToday = () => import('../features/today/Today.svelte');
export const loadOutbox = () => import('../features/outbox/Outbox.svelte');
export const loadPalette = () => import('../features/palette/Palette.svelte');
export const loadSettings = () => import('../features/settings/Settings.svelte');
export const loadShortcuts = () => import('../features/settings/Shortcuts.svelte');
export const loadPanel = () => import('../features/records/RecordPanel.svelte');
export const loadCreate = () => import('../features/records/CreateDialog.svelte');
export const loadLimits = () => import('../features/limits/Limits.svelte');
export const loadLeaving = () => import('./Leaving.svelte');
export const loadAssociate = () => import('../features/records/AssociateDialog.svelte');

/** Fetches all of them, one after the other, once the first screen is there. */
export async function warmUp(): Promise<void> {
  for (const load of [
    loadPanel,
    loadPalette,
    loadToday,
    loadBoard,
    loadCreate,
    loadOutbox,
    loadSettings,
  ]) {
    await load().catch(() => undefined); // it is asked for again when it is shown
  }
}
