// Picks the backend and mounts the app.

import { mount } from 'svelte';
import App from './app/App.svelte';
import { httpBackend } from './backend/http';
import type { Backend } from './backend/port';
import { inWindow, wailsBackend } from './backend/wails';
import { Session } from './state/session.svelte';
import './ui/base.css';

declare const __FAKE__: boolean;

async function pickBackend(): Promise<Backend> {
  if (__FAKE__) {
    const { demoBackend } = await import('./backend/demo');
    return demoBackend(new URLSearchParams(location.search));
  }
  return inWindow() ? wailsBackend() : httpBackend();
}

const target = document.getElementById('app');
if (target === null) throw new Error('no #app in the page');
const session = new Session(await pickBackend());
mount(App, { target, props: { session } });
