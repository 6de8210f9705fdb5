// Writes src/ui/tokens.css from src/ui/tokens.json. A test holds the two
// together and computes the contrast of every pair the design allows.
import { readFileSync, writeFileSync } from 'node:fs';

export function css(tokens) {
  const colours = (theme, pad) =>
    Object.entries(tokens.colour)
      .map(([name, value]) => `${pad}--${name}: ${value[theme]};`)
      .join('\n');
  const shared = Object.entries(tokens.shared)
    .map(([name, value]) => `  --${name}: ${value};`)
    .join('\n');
  return `/* Written by tools/tokens.mjs from tokens.json. Do not edit. */
:root {
  color-scheme: light;
${colours('light', '  ')}

${shared}
}
@media (prefers-color-scheme: dark) {
  :root:not([data-theme='light']) {
    color-scheme: dark;
${colours('dark', '    ')}
  }
}
:root[data-theme='dark'] {
  color-scheme: dark;
${colours('dark', '  ')}
}
:root[data-density='compact'] {
  --row: 32px;
}
:root[data-density='relaxed'] {
  --row: 44px;
}
@media (prefers-contrast: more) {
  :root:root {
    --text-3: var(--text-2);
    --border: var(--border-strong);
  }
}
@media (prefers-reduced-motion: reduce) {
  :root {
    --fast: 0ms;
    --pop: 0ms;
    --slide: 0ms;
  }
}
@media (forced-colors: active) {
  :root:root {
    --border: CanvasText;
    --focus: Highlight;
    --bg-selected: Highlight;
  }
}
@media (max-width: 1020px) {
  :root {
    --nav: 52px;
    --panel: 420px;
  }
}
`;
}

if (process.argv[1]?.endsWith('tokens.mjs')) {
  const tokens = JSON.parse(readFileSync('src/ui/tokens.json', 'utf8'));
  writeFileSync('src/ui/tokens.css', css(tokens));
}
