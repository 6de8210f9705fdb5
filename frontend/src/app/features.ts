// The screens that are not needed for the first paint come when they are.

import type { Component } from 'svelte';

const parts = import.meta.glob<{ default: Component }>(
  '../features/{board,outbox,palette,settings}/{Board,Outbox,Palette,Settings,Shortcuts}.svelte',
);

function part(name: string): () => Promise<{ default: Component }> {
  const load = parts[`../features/${name}.svelte`];
  return load ?? (() => Promise.reject(new Error(`no ${name}`)));
}

export const loadBoard = part('board/Board');
export const loadOutbox = part('outbox/Outbox');
export const loadPalette = part('palette/Palette');
export const loadSettings = part('settings/Settings');
export const loadShortcuts = part('settings/Shortcuts');
export const loadCreate = () => import('../features/records/CreateDialog.svelte');
export const loadAssociate = () => import('../features/records/AssociateDialog.svelte');
