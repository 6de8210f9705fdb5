// Finds its way in Satchel's page by what a person reads and a screen reader is
// told: the texts of the message catalogue, and roles.

import { readFileSync } from 'node:fs';

export const messages = JSON.parse(readFileSync(new URL('../../frontend/messages/en.json', import.meta.url), 'utf8'));

// Runs before the page's own scripts and notes what must not happen.
const watch = `
  window.__violations = [];
  window.__errors = [];
  document.addEventListener('securitypolicyviolation', (event) => __violations.push(event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sourceFile));
  window.addEventListener('error', (event) => __errors.push(String(event.message) + ' ' + event.filename + ':' + event.lineno));
  window.addEventListener('unhandledrejection', (event) => __errors.push('unhandled: ' + String(event.reason)));
`;

export const rowsShown = `document.querySelectorAll('[role=grid] [role=row][data-row-id]').length`;
export const usable = `document.documentElement.dataset.ready === '1' && ${rowsShown} > 0`;

/** Loads the page again with an eye on errors and on the content policy. */
export async function watched(page) {
  await page.send('Page.enable');
  await page.send('Page.setBootstrapScript', { source: watch });
  await page.send('Page.reload');
  await page.until(`Array.isArray(window.__violations) && document.documentElement.dataset.ready === '1'`, 15000);
}

/** What went wrong in the page since it was loaded. */
export async function complaints(page) {
  const noted = JSON.parse(await page.evaluate('JSON.stringify([...__violations, ...__errors])'));
  const written = page.console.filter(({ level, source }) => level === 'error' || source === 'security');
  return [...noted, ...written.map(({ source, text }) => `${source}: ${text}`)];
}

// A button may show its key after its text.
const button = (text) =>
  `[...document.querySelectorAll('button, [role=button], a')].find((e) => e.textContent.trim().startsWith(${JSON.stringify(text)}) && !e.disabled)`;

/** Clicks the button with this text when it is there. */
export async function click(page, text, patience = 15000) {
  await page.until(`${button(text)} !== undefined`, patience);
  await page.evaluate(`${button(text)}.click()`);
}

/** From the first page to a list with rows. */
export async function trySampleData(page) {
  await click(page, messages.onboarding_sample);
  await click(page, messages.onboarding_start, 60000);
  await page.until(usable, 30000);
}
