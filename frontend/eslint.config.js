import { defineConfig, globalIgnores } from 'eslint/config';
import svelte from 'eslint-plugin-svelte';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

const hosts = (names) =>
  names.map((name) => ({ name, message: 'only in backend/ and in state/host.ts' }));

export default defineConfig(
  globalIgnores([
    'dist/',
    '.fake/',
    'playwright-report/',
    'src/paraglide/',
    'wailsjs/',
    'test-results/',
  ]),
  ts.configs.recommended,
  svelte.configs.recommended,
  {
    files: ['**/*.ts', '**/*.svelte'],
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.svelte'],
      },
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: {
      parserOptions: {
        parser: ts.parser,
        svelteConfig: { compilerOptions: svelteConfig.compilerOptions },
      },
    },
  },
  {
    files: ['src/**/*.ts', 'src/**/*.svelte'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      'svelte/require-each-key': 'error',
      'svelte/no-at-html-tags': 'error',
      'svelte/prefer-svelte-reactivity': 'off', // $state.raw with plain maps is meant
      'no-restricted-globals': [
        'error',
        ...hosts(['fetch', 'EventSource', 'setTimeout', 'setInterval', 'localStorage']),
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'named exports only' },
        {
          selector: "SvelteAttribute[key.name='style']",
          message: 'the content policy refuses style attributes: use a style: directive',
        },
        { selector: 'ExportAllDeclaration', message: 'no barrels' },
        { selector: 'ExportNamedDeclaration[source]', message: 'no barrels' },
      ],
      'max-lines': ['error', 400],
      eqeqeq: 'error',
    },
  },
  {
    files: ['src/backend/**', 'src/state/host.ts', '**/*.test.ts'],
    rules: { 'no-restricted-globals': 'off' },
  },
  {
    files: ['src/model/wire.ts', 'src/backend/fake.ts', 'src/**/*.test.ts'],
    rules: { 'max-lines': 'off' },
  },
);
