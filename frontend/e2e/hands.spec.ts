// Everything by keyboard, and the board by pointer as well.
import type { Locator, Page } from '@playwright/test';
import type { Stage } from '../src/model/wire';
import type { App } from './app';
import { expect, go, press, test } from './test';

async function openStages(app: App, page: Page): Promise<Stage[]> {
  const [pipeline] = await app.pipelines(page);
  return pipeline?.stages.filter((stage) => !stage.closed) ?? [];
}

function lane(page: Page, stage: Stage | undefined): Locator {
  return page.locator(`section[data-drop="${stage?.id ?? ''}"]`);
}

async function countIn(column: Locator): Promise<number> {
  const text = await column.locator('h2 .num').innerText();
  return Number(text.replace(/\D/g, ''));
}

test('a card is moved by keys, said aloud, and taken back', async ({ app, page }) => {
  await app.openReady(page);
  await app.call(page, 'Sync.Pause', true); // stay in the outbox, where undo is exact
  await go(page, 'pipeline');
  const stages = await openStages(app, page);
  const [from, to] = [lane(page, stages[0]), lane(page, stages[1])];
  const before = [await countIn(from), await countIn(to)] as const;

  await press(page, 'j');
  const focused = page.locator('[data-card]:has(button:focus)');
  await expect(focused).toHaveCount(1);
  const id = await focused.getAttribute('data-card');
  await press(page, 'j k l h');
  await expect(page.locator(`[data-card="${id}"] button:focus`)).toHaveCount(1);

  await press(page, 'Shift+ArrowRight');
  await expect(to.locator(`[data-card="${id}"]`)).toBeVisible();
  await expect(to.locator(`[data-card="${id}"] button`).first()).toBeFocused();
  await expect(to.locator(`[data-card="${id}"]`)).toContainText('Saved here');
  expect([await countIn(from), await countIn(to)]).toEqual([before[0] - 1, before[1] + 1]);
  const said = page.locator('[data-screen="pipeline"] [role="status"]');
  await expect(said).toContainText(`is in ${stages[1]?.label}`);

  await press(page, 'Control+z');
  await expect(from.locator(`[data-card="${id}"]`)).toBeVisible();
  await expect.poll(() => countIn(from)).toBe(before[0]);
  const box = await app.outbox(page);
  expect(box.waiting).toEqual([]);
});

test('a card is moved from the menu and won', async ({ app, page }) => {
  await app.openReady(page);
  await app.call(page, 'Sync.Pause', true);
  await go(page, 'pipeline');
  const [pipeline] = await app.pipelines(page);
  const won = pipeline?.stages.find((stage) => stage.won);
  await press(page, 'j');
  const id = await page.locator('[data-card]:has(button:focus)').getAttribute('data-card');
  await press(page, 'Shift+M');
  const menu = page.getByRole('menu');
  await menu.getByRole('menuitemradio', { name: won?.label, exact: true }).click();
  await expect(menu).toBeHidden();
  await expect(page.locator(`[data-card="${id}"]`)).toHaveCount(0);
  const goal = page.locator(`.goals [data-drop="${won?.id}"]`);
  await goal.click();
  await expect(goal).toHaveAttribute('aria-pressed', 'true');
  const [op] = (await app.outbox(page)).waiting;
  expect(op?.fields.find((field) => field.name === 'dealstage')?.to).toBe(won?.id);
});

test('a card is moved by pointer; Escape puts it back; a click opens it', async ({ app, page }) => {
  await app.openReady(page);
  await app.call(page, 'Sync.Pause', true);
  await go(page, 'pipeline');
  const stages = await openStages(app, page);
  const [from, to] = [lane(page, stages[0]), lane(page, stages[1])];
  const card = from.locator('[data-card]').first();
  const id = await card.getAttribute('data-card');

  const drag = async (): Promise<void> => {
    const a = await card.boundingBox();
    const b = await to.boundingBox();
    if (!a || !b) throw new Error('no card or no lane to be seen');
    await page.mouse.move(a.x + 40, a.y + 30);
    await page.mouse.down();
    await page.mouse.move(a.x + 60, a.y + 50, { steps: 4 });
    await page.mouse.move(b.x + b.width / 2, b.y + 220, { steps: 8 });
    await expect(to).toHaveClass(/is-target/);
    await expect(page.locator('.ghost')).toBeVisible();
  };

  await drag();
  await press(page, 'Escape');
  await page.mouse.up();
  await expect(page.locator('.ghost')).toHaveCount(0);
  await expect(from.locator(`[data-card="${id}"]`)).toBeVisible();
  expect((await app.outbox(page)).waiting).toEqual([]);
  await expect(page.locator('aside[data-record-id]')).toHaveCount(0);

  await drag();
  await page.mouse.up();
  await expect(page.locator('.ghost')).toHaveCount(0);
  await expect(to.locator(`[data-card="${id}"]`)).toBeVisible();
  await expect(page.locator('aside[data-record-id]')).toHaveCount(0);
  const toast = page.locator('.toast').filter({ hasText: `is in ${stages[1]?.label}` });
  await toast.getByRole('button', { name: /Undo/ }).click();
  await expect(from.locator(`[data-card="${id}"]`)).toBeVisible();

  await from.locator(`[data-card="${id}"]`).click();
  await expect(page.locator('aside[data-record-id]')).toHaveAttribute('data-record-id', id ?? '');
});

test('the palette finds records, does things and goes places', async ({ app, page }) => {
  await app.openReady(page);
  const [company] = (await app.list(page, 'companies', [], '', 1)).rows;
  const box = page.getByRole('combobox', { name: 'Search or do' });

  await press(page, 'Control+k');
  await expect(box).toBeFocused();
  await box.fill(company?.title ?? '');
  // The record itself: what offers to make one bears the name sooner.
  const hit = page.locator(`[role="option"][id$="companies-${company?.id}"]`);
  await expect(hit).toBeVisible();
  await expect(box).toHaveAttribute('aria-activedescendant', /.+/);
  await press(page, 'Enter');
  await expect(page.locator('aside[data-record-id]')).toBeVisible();

  await press(page, 'Control+k');
  await box.fill('>pipeline');
  await press(page, 'Enter');
  await expect(page.locator('[data-screen="pipeline"]')).toBeVisible();

  await press(page, 'Control+k');
  await box.fill('Zyx Nobody');
  const create = page.getByRole('option', { name: 'Create contact “Zyx Nobody”' });
  await create.click();
  const form = page.getByRole('dialog', { name: 'New contact' });
  await expect(form.getByLabel('First name', { exact: false })).toHaveValue('Zyx');
  await press(page, 'Escape');
  await expect(form).toBeHidden();
});

test('lists are searched as you type and sorted by their heads', async ({ app, page }) => {
  await app.openReady(page);
  await go(page, 'deals');
  const grid = page.getByRole('grid', { name: 'Deals' });
  await expect(grid.getByRole('row').first()).toBeVisible();
  const [deal] = (await app.list(page, 'deals', [], '', 1)).rows;
  const word = deal?.title.split(' ')[0] ?? '';

  await press(page, '/');
  const search = page.getByRole('searchbox', { name: 'Search deals' });
  await expect(search).toBeFocused();
  await page.keyboard.type(word, { delay: 15 });
  await expect(grid.getByRole('row').first()).toContainText(new RegExp(word, 'i'));
  await press(page, 'Escape');
  await expect(search).toHaveValue('');

  const amounts = async (): Promise<number[]> => {
    const page0 = await app.call<{ rows: { values: Record<string, string> }[] }>(
      page,
      'Records.List',
      {
        token: 1,
        type: 'deals',
        text: '',
        filters: [],
        sort: { prop: 'amount', desc: true },
        columns: ['amount'],
        mine: false,
        offset: 0,
        limit: 3,
      },
    );
    return page0.rows.map((row) => Number(row.values.amount));
  };
  const head = page.getByRole('columnheader', { name: 'Amount' });
  await head.getByRole('button').click();
  await expect(head).toHaveAttribute('aria-sort', /ascending|descending/);
  if ((await head.getAttribute('aria-sort')) === 'ascending')
    await head.getByRole('button').click();
  const [most = 0, second = 0] = await amounts();
  expect(most).toBeGreaterThanOrEqual(second);
  const shown = new Intl.NumberFormat('en-GB').format(Math.trunc(most));
  await expect(grid.getByRole('row').first()).toContainText(shown);
});

test('the outbox is read, held, undone and discarded by keys', async ({ app, page }) => {
  await app.openReady(page);
  await app.call(page, 'Sync.Pause', true);
  const rows = (await app.list(page, 'deals', ['amount'], '', 2)).rows;
  for (const [i, row] of rows.entries()) {
    const values = { amount: String(1000 + i) };
    await app.call(page, 'Records.Edit', { type: 'deals', id: row.id, values });
  }
  await go(page, 'outbox');
  await expect(page.getByRole('region', { name: 'Waiting' }).getByRole('listitem')).toHaveCount(2);
  await expect(page.getByRole('button', { name: 'Let go' })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  await press(page, 'j');
  const panel = page.getByRole('complementary', { name: 'Change' });
  await expect(panel).toContainText('Amount');
  await press(page, 'Backspace');
  await expect(page.getByRole('region', { name: 'Waiting' }).getByRole('listitem')).toHaveCount(1);
  await page.locator('.toast').getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('region', { name: 'Waiting' }).getByRole('listitem')).toHaveCount(2);
  await page.getByRole('button', { name: 'Let go' }).click();
  await app.flushed(page);
  await expect(page.getByText('Everything is in HubSpot')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Receipts' })).toContainText('Amount of');
});
