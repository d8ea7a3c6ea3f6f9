import { request } from 'node:http';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { STORIES } from '../../scripts/demo/stories.ts';
import type { PageParts } from '../../sim/page/parts.ts';
import { type Page, startPage } from '../../sim/page/server.ts';
import type { PageState } from '../../sim/page/shapes.ts';
import { openBrowser } from '../support/demo.ts';
import { ALERTS, startPretendWorld } from '../support/rig.ts';

const MARA = 'URESPONDER';
let pretend: Awaited<ReturnType<typeof startPretendWorld>>;
let page: Page;
let browser: Browser | null = null;
let alerts = '';

beforeAll(async () => {
  pretend = await startPretendWorld();
  const { slack, pagerduty, world, now } = pretend;
  const parts: PageParts = {
    slack,
    pagerduty,
    world,
    personas: [{ id: MARA, role: 'On call' }],
    usage: ['/oms help'],
    clock: {
      now,
      jumps: () => [],
      skipping: () => false,
      skip: async (minutes) => await pretend.skipWorld(minutes),
      onChange: () => () => undefined,
    },
    stories: {
      all: STORIES,
      start: async (id) => {
        throw new Error(`There is no scenario ${id}.`);
      },
      end: async () => undefined,
    },
  };
  page = await startPage(parts);
  alerts = slack.channel(ALERTS).id;
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await page?.stop();
  await pretend?.stop();
});

async function post(body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${page.url}/act`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, answer: (await response.json()) as { ok: boolean; because?: string } };
}

async function state(): Promise<PageState> {
  return (await (await fetch(`${page.url}/state?as=${MARA}`)).json()) as PageState;
}

/** As a browser that was led here under another name. */
async function statusUnderName(host: string): Promise<number> {
  return await new Promise((resolve, reject) => {
    const asked = request(`${page.url}/state`, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.on('error', reject);
    asked.end();
  });
}

describe('what the page’s server takes', () => {
  test.each([
    ['no JSON', '{'],
    ['an unknown act', { as: MARA, act: { do: 'format disk' } }],
    ['a missing field', { as: MARA, act: { do: 'say', text: 'hello' } }],
    ['a field too many', { as: MARA, act: { do: 'read', channel: 'C1', more: 1 } }],
    ['empty words', { as: MARA, act: { do: 'say', channel: 'C1', text: '' } }],
    ['time that goes back', { as: MARA, act: { do: 'skip', minutes: -1 } }],
    ['too much time', { as: MARA, act: { do: 'skip', minutes: 1e9 } }],
    ['a wrong target', { as: MARA, act: { do: 'click', target: {}, blockId: 'b', actionId: 'a' } }],
  ])('%s is refused in words and changes nothing', async (_name, body) => {
    const before = (await state()).messages;
    const { status, answer } = await post(body);
    expect(status).toBe(400);
    expect(answer.because).toContain('This was not understood');
    expect((await state()).messages).toEqual(before);
  });

  test.each([
    [
      'somebody whom the page does not offer',
      { as: 'UAPPROVER', act: { do: 'read', channel: 'C1' } },
      'Nobody here is',
    ],
    ['an unknown channel', { as: MARA, act: { do: 'read', channel: 'CNONE' } }, 'sees no channel'],
    [
      'a form that is closed',
      { as: MARA, act: { do: 'submit', viewId: 'V1', entries: {} } },
      'closed already',
    ],
    [
      'a message that is gone',
      { as: MARA, act: { do: 'shortcut', callbackId: 'oms_report', channel: ALERTS, ts: '1.000001' } },
      'message is gone',
    ],
    [
      'a shortcut that no app has',
      { as: MARA, act: { do: 'shortcut', callbackId: 'nothing', channel: ALERTS, ts: '1.000001' } },
      'no message shortcut nothing',
    ],
    ['an unknown scenario', { as: MARA, act: { do: 'start', scenario: 'flood' } }, 'no scenario flood'],
    [
      'an unknown page',
      { as: MARA, act: { do: 'pagerduty', incident: 'Q1', to: 'resolved' } },
      'no incident Q1',
    ],
  ])('%s is answered with what is wrong', async (_name, body, because) => {
    const { status, answer } = await post(body);
    expect(status).toBe(409);
    expect(answer).toMatchObject({ ok: false, because: expect.stringContaining(because) });
  });

  test('a foreign origin, a foreign name and a plain form are refused', async () => {
    const act = { as: MARA, act: { do: 'say', channel: ALERTS, text: 'from elsewhere' } };
    expect((await post(act, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await post(act, { origin: 'null' })).status).toBe(403);
    expect((await post(act, { 'content-type': 'text/plain' })).status).toBe(415);
    expect(await statusUnderName('evil.example')).toBe(403);
    expect(JSON.stringify((await state()).messages)).not.toContain('from elsewhere');
  });

  test('its own origin is taken, and the change is told', async () => {
    const events = await fetch(`${page.url}/events`);
    const told = events.body?.getReader();
    await told?.read();
    const { status } = await post(
      { as: MARA, act: { do: 'say', channel: ALERTS, text: 'from here' } },
      { origin: page.url },
    );
    expect(status).toBe(200);
    expect(new TextDecoder().decode((await told?.read())?.value)).toContain('event: changed');
    await told?.cancel();
    expect(JSON.stringify((await state()).messages)).toContain('from here');
  });
});

describe('what the page draws', { timeout: 60_000 }, () => {
  test('every element that can be used, and an error for what it does not know', async () => {
    const text = (words: string) => ({ type: 'plain_text', text: words });
    const options = [{ text: text('One'), value: '1' }];
    pretend.slack.botSays(ALERTS, 'Painter', {
      text: 'all of it',
      blocks: [
        { type: 'section', text: { type: 'mrkdwn', text: '*Bold words*', verbatim: true } },
        {
          type: 'actions',
          elements: [
            { type: 'button', text: text('Press me'), action_id: 'a', style: 'danger' },
            { type: 'static_select', placeholder: text('Pick one'), action_id: 'b', options },
            { type: 'overflow', action_id: 'c', options },
            { type: 'datepicker', action_id: 'd', placeholder: text('A day') },
          ],
        },
      ],
    });
    browser = await openBrowser();
    const context = await browser.newContext();
    const shown = await context.newPage();
    // A type of the future, which even the pretend Slack would refuse.
    await context.route('**/state*', async (route) => {
      const response = await route.fetch();
      const now = (await response.json()) as PageState;
      const last = now.messages[alerts]?.at(-1);
      const blocks = [...(last?.blocks ?? []), { type: 'hologram', block_id: 'x' }];
      await route.fulfill({
        response,
        json: { ...now, messages: { ...now.messages, [alerts]: [{ ...last, blocks }] } },
      });
    });
    await shown.goto(`${page.url}/?as=${MARA}`);
    await shown.getByText('cannot draw a block of the type hologram').waitFor();
    expect(await shown.locator('strong, b, .font-bold', { hasText: 'Bold words' }).count()).toBeGreaterThan(
      0,
    );
    expect(await shown.getByRole('button', { name: 'Press me' }).count()).toBe(1);
    expect(await shown.getByRole('combobox', { name: 'Pick one' }).count()).toBe(1);
    await shown.getByRole('button', { name: 'More actions' }).click();
    await shown.getByRole('button', { name: 'One', exact: true }).waitFor();
    await shown.keyboard.press('Escape');
    expect(await shown.getByRole('button', { name: 'One', exact: true }).count()).toBe(0);
    expect(await shown.locator('input[type=date]').count()).toBe(1);
  });
});
