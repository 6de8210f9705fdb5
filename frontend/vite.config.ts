import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import policies from './policy.json' with { type: 'json' };

// The headers are the law, from the same file (internal/csp); this is the second
// lock. What only counts in a header is left out.
const policy = Object.entries(policies.page)
  .map(([name, value]) => `${name} ${value}`)
  .join('; ');

function contentPolicy(): Plugin {
  return {
    name: 'content-policy',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: policy },
        injectTo: 'head-prepend',
      },
    ],
  };
}

// Mode "fake" is the same UI over the in-memory backend, for the eye and for
// measuring; nothing of it reaches frontend/dist.
export default defineConfig(({ mode }) => ({
  plugins: [svelte(), svelteTesting(), contentPolicy()],
  define: { __FAKE__: JSON.stringify(mode === 'fake') },
  build: {
    target: ['safari17', 'chrome120'],
    outDir: mode === 'fake' ? '.fake' : 'dist',
    emptyOutDir: true, // public/placeholder.html is copied back
    assetsInlineLimit: 0, // fonts are files: the policy allows no data: fonts
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { host: '127.0.0.1' },
  preview: { host: '127.0.0.1' },
  test: {
    environment: 'jsdom',
    setupFiles: ['./tools/vitest.setup.ts'],
    include: ['src/**/*.test.ts'],
    css: { include: [/foreign\.css/] }, // whose text is what counts
    restoreMocks: true,
    testTimeout: 30_000, // the machine may be busy with other work
  },
}));
