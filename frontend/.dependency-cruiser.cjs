// The floor plan of frontend/src. A folder may import the folders named after
// it and itself; everything else is an error. main.ts may import anything.
// paraglide/ is the compiled message catalogue: text, and nothing that decides.
const floors = {
  paraglide: [],
  model: ['paraglide'],
  ui: ['paraglide'],
  backend: ['model'],
  state: ['backend', 'model', 'paraglide'],
  features: ['state', 'model', 'ui', 'paraglide'],
  app: ['features', 'state', 'model', 'ui', 'paraglide'],
};
const within = (names) => `^src/(${names.join('|')})/`;

module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'not-on-the-plan',
      severity: 'error',
      comment: 'give a new folder a floor here before importing it',
      from: {},
      to: { path: '^src/[^/]+/', pathNot: within(Object.keys(floors)) },
    },
    {
      name: 'wails-only-in-backend',
      severity: 'error',
      comment: 'wailsjs/ is generated; src/backend/wails.ts is its only reader',
      from: { path: '^src/', pathNot: '^src/backend/wails\\.ts$' },
      to: { path: '^wailsjs/' },
    },
    {
      name: 'features-are-strangers',
      severity: 'error',
      from: { path: '^src/features/([^/]+)/' },
      to: { path: '^src/features/', pathNot: '^src/features/$1/' },
    },
    ...Object.entries(floors).map(([name, below]) => ({
      name: `floor-${name}`,
      severity: 'error',
      from: { path: `^src/${name}/`, pathNot: '\\.test\\.ts$' },
      to: { path: '^src/', pathNot: within([name, ...below]) },
    })),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true, // type-only imports count too
    doNotFollow: { path: 'node_modules' },
  },
};
