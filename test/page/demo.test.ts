import { spawnSync } from 'node:child_process';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PageState } from '../../sim/page/shapes.ts';
import { type DemoProcess, openBrowser, startDemo } from '../support/demo.ts';

/** A page waits so long for what it should show, ms. */
const SHOWN_MS = 60_000;

let demo: DemoProcess;
let browser: Browser;
let mara: Page;
let jonas: Page;
let priya: Page;
const wrong: string[] = [];

beforeAll(async () => {
  demo = await startDemo();
  browser = await openBrowser();
  [mara, jonas, priya] = await Promise.all([open('U0MARA'), open('U0JONAS'), open('U0PRIYA')]);
}, 90_000);
afterAll(async () => {
  await browser?.close();
  demo?.child.kill('SIGTERM');
}, 30_000);

async function open(person: string, width = 1440): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(SHOWN_MS);
  page.on('pageerror', (err) => wrong.push(err.message));
  await page.goto(`${demo.url}/?as=${person}`);
  await page.getByRole('heading', { name: '# orders-alerts' }).waitFor();
  return page;
}

const button = (where: Page | Locator, name: string | RegExp) => where.getByRole('button', { name });
const card = (page: Page) =>
  page.locator('article', { hasText: 'OMS-1 · Orders stuck in processing' }).first();
const shows = async (page: Page, words: string | RegExp) =>
  await card(page)
    .getByText(words)
    .first()
    .waitFor()
    .catch(async () => {
      throw new Error(`${words} never stood on the card:\n${await card(page).textContent()}`);
    });

async function skip(page: Page, minutes: 1 | 20): Promise<void> {
  const before = (await state('U0MARA')).clock.offsetMs;
  await button(page, minutes === 1 ? 'Skip 1 minute' : 'Skip 20 minutes').click();
  await expect
    .poll(async () => (await state('U0MARA')).clock, { timeout: 60_000 })
    .toMatchObject({ offsetMs: before + minutes * 60_000, skipping: false });
}

async function state(person: string): Promise<PageState> {
  const response = await fetch(`${demo.url}/state?as=${person}`);
  return (await response.json()) as PageState;
}

async function tabTo(page: Page, selector: string): Promise<void> {
  for (let tabs = 0; tabs < 40; tabs += 1) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(`document.activeElement?.matches('${selector}') === true`)) return;
  }
  throw new Error(`Tab never came to ${selector}.`);
}

/** Every process below this one, however it was detached from the terminal. */
function descendants(pid: number): readonly number[] {
  const table = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).stdout;
  const rows = table.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] =>
    rows.flatMap(([child = 0, of]) => (of === parent && child !== 0 ? [child, ...below(child)] : []));
  return below(pid);
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('the demo in a real browser', { timeout: 120_000 }, () => {
  test('it says one URL and nothing else', () => {
    expect(demo.said().trim()).toBe(demo.url);
  });

  test('an on-call engineer starts a scenario and reads what is wrong', async () => {
    await mara.getByText('3 Orders stuck in processing').click();
    await button(mara, 'Start workflow engine crash').click();
    await shows(mara, 'prod · OMS-1 · Orders stuck in processing: broken');
    await shows(mara, /37 orders have been in processing for over 2 h/);
    expect(await mara.locator('.undrawable').count()).toBe(0);
  });

  test('no mark-up is left unread on the card', async () => {
    const words = await card(mara).textContent();
    expect(words).not.toMatch(/<!date|\*Impact\*|<https?:/);
  });

  test('a bystander’s press is refused with words that only she sees', async () => {
    await button(card(priya), /^Retry workflow/).click();
    const refusal = priya.locator('article', { hasText: 'You may not approve “Retry workflow”' });
    await refusal.getByText('Only visible to you').waitFor();
    expect(await mara.getByText('You may not approve').count()).toBe(0);
  });

  test('the engineer approves, and the proof stands on the card', async () => {
    await button(card(mara), /^Retry workflow/).click();
    await shows(mara, /37 asked, 0 finished/);
    await skip(mara, 1);
    await skip(mara, 20);
    await shows(mara, /partly helped/);
    await shows(jonas, /31 of 37 finished/);
  });

  test('what an order’s status becomes is asked by one and approved by another', async () => {
    // The last thing that the skipped minutes changed on the card.
    await shows(mara, /Rung 1 called #orders-team/);
    await button(mara, /^Set status by hand/).click();
    const form = mara.getByRole('dialog', { name: 'Set status by hand' });
    await button(form, 'Ask for approval').click();
    await form.getByText('Please complete this required field.').first().waitFor();
    await form.getByRole('combobox').selectOption({ index: 1 });
    await form.getByRole('textbox').fill('The customer was called; the parcel is gone.');
    for (const box of await form.getByRole('checkbox').all()) await box.check();
    await button(form, 'Ask for approval').click();
    await form.waitFor({ state: 'detached' });
    await shows(jonas, /asks; a second person approves/);
    await button(card(jonas), /^Approve: Set status by hand/).click();
    const sure = jonas.getByRole('dialog');
    await sure.getByRole('button', { name: 'Yes, run it' }).click();
    await shows(mara, /Set status by hand \(ord_\w+\), approved by @Jonas Okafor/);
  });

  test('after twenty minutes the owning team is called, then platform engineering with a page', async () => {
    await mara.getByRole('button', { name: /# orders-team.*1 unread/ }).waitFor();
    await button(mara, /# orders-team/).click();
    await mara
      .getByText(/needs you: rung 1/)
      .first()
      .waitFor();
    await skip(mara, 20);
    await button(mara, 'Acknowledge page 1').click();
    await mara.getByLabel('PagerDuty').getByText('acknowledged', { exact: true }).waitFor();
    await button(mara, /# orders-alerts/).click();
    await shows(mara, /Mara Lindqvist.* has it/);
  });

  test('a thread shows what was done, in order', async () => {
    await button(card(mara), /replies/).click();
    const thread = mara.getByRole('complementary', { name: 'Thread' });
    await thread.getByText('approved “Retry workflow”').waitFor();
    await thread.getByRole('textbox').fill('Called the warehouse.');
    await thread.getByRole('checkbox').check();
    await button(thread, 'Send').click();
    await mara.getByRole('main').getByText('Called the warehouse.').waitFor();
    await button(mara, 'Close thread').click();
  });

  test('a command is completed and answered to its asker', async () => {
    const line = mara.getByRole('textbox', { name: 'Message #orders-alerts' });
    await line.fill('/oms inc');
    await button(mara, '/oms incidents').click();
    await line.press('Enter');
    await mara
      .locator('article', { hasText: 'Only visible to you' })
      .getByText('Orders stuck')
      .last()
      .waitFor();
  });

  test('a reload loses nothing', async () => {
    const before = await mara.locator('main article').allInnerTexts();
    await button(mara, /^Set status by hand/).click();
    const form = mara.getByRole('dialog');
    await form.getByRole('textbox').fill('Half a reas');
    await form.getByRole('combobox').focus();
    await expect.poll(async () => JSON.stringify((await state('U0MARA')).modals)).toContain('Half a reas');
    await mara.reload();
    await expect
      .poll(async () => await mara.getByRole('dialog').getByRole('textbox').inputValue())
      .toBe('Half a reas');
    await mara.keyboard.press('Escape');
    await mara.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await mara.locator('main article').allInnerTexts()).toHaveLength(before.length);
  });

  test('the keyboard alone opens a form, fills it and leaves it', async () => {
    const opener = button(jonas, /^Set status by hand/);
    await opener.focus();
    await jonas.keyboard.press('Enter');
    const form = jonas.getByRole('dialog');
    await form.waitFor();
    await tabTo(jonas, 'textarea');
    await jonas.keyboard.type('short');
    await tabTo(jonas, 'button[type=submit]');
    await jonas.keyboard.press('Enter');
    await form.locator('.input-error').first().waitFor();
    await jonas.keyboard.press('Escape');
    await form.waitFor({ state: 'detached' });
  });

  test('on a phone nothing scrolls sideways and the card is readable', async () => {
    const phone = await open('U0MARA', 390);
    await shows(phone, /Impact/);
    for (const pane of ['Channels', 'World', 'Messages']) {
      await phone.getByRole('navigation', { name: 'Panes' }).getByRole('button', { name: pane }).click();
      const wide = await phone.evaluate('document.documentElement.scrollWidth');
      expect(wide).toBeLessThanOrEqual(390);
    }
    const box = await button(card(phone), /^Retry workflow/).boundingBox();
    expect(box?.height).toBeGreaterThanOrEqual(40);
    expect((box?.x ?? 0) + (box?.width ?? 999)).toBeLessThanOrEqual(390);
    await phone.close();
  });

  test('ending the scenario brings the alert’s end', async () => {
    await button(mara, 'End workflow engine crash').click();
    await skip(mara, 1);
    await skip(mara, 1);
    await shows(mara, /Orders stuck in processing: resolved/);
  });

  test('Slack refused nothing and no page failed', async () => {
    expect((await state('U0MARA')).problems).toEqual([]);
    expect(wrong).toEqual([]);
  });

  test('Ctrl-C ends everything it started', async () => {
    const begun = descendants(demo.child.pid ?? 0);
    expect(begun.length).toBeGreaterThan(1);
    expect([0, 130]).toContain(await demo.interrupt());
    await expect.poll(() => begun.filter(lives)).toEqual([]);
  });
});
