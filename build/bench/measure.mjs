// What is measured in the window: from a key to the frame that shows what it
// did, as the rep's own keyboard would send it.

import { execFileSync } from 'node:child_process';

import { rowsShown, usable } from '../window/ui.mjs';
import { sleep } from './programs.mjs';

const xdotool = (...args) => execFileSync('xdotool', args.map(String), { encoding: 'utf8' }).trim();

/** The p-th percentile, by nearest rank. */
export function percentile(values, p) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((p / 100) * sorted.length) - 1)];
}

export const summary = (values) => ({ count: values.length, p50: percentile(values, 50), p95: percentile(values, 95), max: Math.max(...values) });

// A frame is over when a message posted inside of it arrives.
const probe = `
  window.__painted = (done) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = done;
    port2.postMessage(0);
  });
  window.__grid = () => document.querySelector('[role=grid]');
  window.__keys = [];
  addEventListener('keydown', () => {
    const start = performance.now();
    __painted(() => __keys.push(performance.now() - start));
  }, { capture: true });
`;

async function focused(page) {
  xdotool('windowfocus', '--sync', xdotool('search', '--onlyvisible', '--name', '^Satchel$').split('\n')[0]);
  await page.evaluate(`${probe} 0`);
}

/** Moves through the list with j and k, about 30 a second: key press to painted frame. */
export async function keys(page, presses = 300) {
  await focused(page);
  await page.evaluate('__grid().focus(); 0');
  const active = `Number(document.getElementById(__grid().getAttribute('aria-activedescendant'))?.dataset.index ?? -1)`;
  const before = await page.evaluate(active);
  xdotool('key', '--delay', 33, '--repeat', presses, 'j');
  await page.until(`__keys.length >= ${presses}`, 30000);
  const after = await page.evaluate(active);
  if (after - before < presses - 1) throw new Error(`${presses} presses of j moved from row ${before} to ${after}`);
  xdotool('key', '--delay', 33, '--repeat', presses, 'k');
  await page.until(`__keys.length >= ${2 * presses}`, 30000);
  return JSON.parse(await page.evaluate('JSON.stringify(__keys)'));
}

/** Types names into the list’s search: keystroke to results painted. */
export async function search(page, words = ['anna', 'smith', 'garcia', 'muller', 'chen', 'oliver', 'sofia', 'zielinski', 'tanaka', 'rosa', 'dubois', 'ivanov']) {
  await focused(page);
  const box = `document.querySelector('main [role=searchbox], [role=searchbox]')`;
  await page.evaluate(answered);
  for (const word of words) {
    await page.evaluate(`${box}.focus(); ${box}.select(); 0`);
    xdotool('key', 'BackSpace');
    await page.until(`${box}.value === '' && ${rowsShown} > 0`, 5000);
    await sleep(300);
    for (const letter of word) {
      const expected = (await page.evaluate('__answers.length')) + 1;
      xdotool('key', letter);
      await page.until(`__answers.length >= ${expected}`, 5000);
      await sleep(60);
    }
  }
  return JSON.parse(await page.evaluate('JSON.stringify(__answers)'));
}

// Results are painted by the first frame in which the list's first row is the
// answer's first: the call is wrapped, the clock runs from the keystroke. The
// frame is asked for before the page has taken the answer in, so that it is not
// missed; a frame that still shows other rows does not count.
const answered = `
  window.__answers = [];
  const list = window.go.desktop.Records.List;
  let pressed;
  addEventListener('keydown', () => { pressed = performance.now(); }, { capture: true });
  const shown = () => document.querySelector('[role=grid] [role=row][data-index="0"]')?.dataset.rowId;
  const frame = (first, done) => requestAnimationFrame(() => {
    if (shown() !== first) return frame(first, done);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = done;
    port2.postMessage(0);
  });
  window.go.desktop.Records.List = async (query) => {
    const start = pressed;
    const page = await list(query);
    if (start !== undefined && query.text !== '' && query.offset === 0) {
      if (pressed === start) pressed = undefined;
      frame(page.rows[0]?.id, () => __answers.push(performance.now() - start));
    }
    return page;
  };
  0`;

/** Milliseconds from the start of the process to a list with rows. */
export async function untilUsable(window) {
  await window.page.until(usable, 30000);
  return performance.now() - window.started;
}
