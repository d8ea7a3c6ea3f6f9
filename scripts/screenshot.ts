import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { openBrowser, startDemo } from '../test/support/demo.ts';

// Makes the pictures of the documentation: the card in the page, on a desk and on a phone.
const docs = fileURLToPath(new URL('../docs/', import.meta.url));
const demo = await startDemo();
const browser = await openBrowser();

try {
  const desk = await browser.newPage({ viewport: { width: 1440, height: 880 }, deviceScaleFactor: 2 });
  await desk.goto(`${demo.url}/?channel=orders-alerts`);
  await desk.getByText('3 Orders stuck in processing').click();
  await desk.getByRole('button', { name: 'Start workflow engine crash' }).click();
  await cardStands(desk);
  await desk.screenshot({ path: `${docs}card.png` });
  const phone = await browser.newPage({ viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 });
  await phone.goto(`${demo.url}/?channel=orders-alerts`);
  await cardStands(phone);
  await phone.screenshot({ path: `${docs}card-phone.png` });
} finally {
  await browser.close();
  await demo.interrupt();
}

async function cardStands(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Retry workflow/ }).waitFor();
  const card = page.locator('.message', { hasText: 'Orders stuck in processing' }).first();
  await card.evaluate((shown) => shown.scrollIntoView({ block: 'start' }));
  await page.mouse.move(0, 0);
}
