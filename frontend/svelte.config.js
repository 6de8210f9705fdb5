import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

/** @type {import('@sveltejs/vite-plugin-svelte').SvelteConfig} */
export default {
  preprocess: vitePreprocess({ script: false }),
  compilerOptions: { runes: true },
  vitePlugin: { dynamicCompileOptions: runesOnlyAtHome },
};

// Libraries may still be written the old way; our own files may not.
function runesOnlyAtHome({ filename }) {
  if (filename.includes('node_modules')) return { runes: undefined };
}
