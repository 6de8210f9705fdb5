// What axe finds on a page, with the rules of WCAG 2.2 AA.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from '@playwright/test';
import type { AxeResults, RunOptions } from 'axe-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// The text in a property's button is its value; its label stands beside it, and
// is in the name ("Edit Amount").
function isValue(rule: string, html: string): boolean {
  return rule === 'label-content-name-mismatch' && /aria-describedby="[\w]+-now"/.test(html);
}

/** What axe finds, in a line each. It comes in through the debugger: the policy stays on. */
export async function findings(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const { axe: run } = window as unknown as {
      axe: { run: (where: Document, how: RunOptions) => Promise<AxeResults> };
    };
    const how: RunOptions = {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
      resultTypes: ['violations'],
    };
    return (await run.run(document, how)).violations;
  });
  return found.flatMap((one) =>
    one.nodes
      .filter((node) => !isValue(one.id, node.html))
      .map((node) => `${one.id}: ${node.target.join(' ')}: ${node.failureSummary ?? ''}`),
  );
}
