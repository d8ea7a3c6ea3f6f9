import { describe, expect, test } from 'vitest';
import type { SimulatedSlack } from '../../../sim/slack/slack.ts';
import { boltApp, errorOf, slackForTest } from './support.ts';

const plain = (text: string) => ({ type: 'plain_text' as const, text });
const view = { type: 'modal' as const, title: plain('View'), blocks: [] };

/** Ann's command with its trigger_id and response_url, acknowledged. */
async function commandOf(slack: SimulatedSlack, limits: object = {}) {
  Object.assign(slack.limits, limits);
  const commands: { trigger_id: string; response_url: string }[] = [];
  await boltApp(slack, (app) => {
    app.command('/do', async ({ command, ack }) => {
      commands.push(command);
      await ack();
    });
  });
  await slack.as('UANN').command('#alerts', '/do it');
  const [command] = commands;
  if (command === undefined) throw new Error('No command came.');
  return command;
}

async function respond(url: string, body: object): Promise<[number, unknown]> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return [answer.status, await answer.json()];
}

describe('a trigger_id', () => {
  test('opens one view', async () => {
    const { slack, client, ann } = await slackForTest();
    const { trigger_id } = await commandOf(slack);
    expect(await errorOf(client.views.open({ trigger_id, view }))).toBeNull();
    expect(await errorOf(client.views.open({ trigger_id, view }))).toBe('exchanged_trigger_id');
    expect(ann.modals()).toHaveLength(1);
  });

  test('is not used up by a view that Slack refuses', async () => {
    const { slack, client } = await slackForTest();
    const { trigger_id } = await commandOf(slack);
    const bad = { ...view, title: plain('x'.repeat(25)) };
    expect(await errorOf(client.views.open({ trigger_id, view: bad }))).toBe('invalid_arguments');
    expect(await errorOf(client.views.open({ trigger_id, view }))).toBeNull();
  });

  test('expires', async () => {
    const { slack, client } = await slackForTest();
    const { trigger_id } = await commandOf(slack, { triggerIdMs: -1 });
    expect(await errorOf(client.views.open({ trigger_id, view }))).toBe('expired_trigger_id');
  });
});

describe('a response_url', () => {
  test('takes five answers and refuses the sixth', async () => {
    const { slack, ann } = await slackForTest();
    const { response_url } = await commandOf(slack);
    for (let use = 0; use < 5; use += 1)
      expect(await respond(response_url, { text: 'x' })).toEqual([200, { ok: true }]);
    expect(await respond(response_url, { text: 'x' })).toEqual([404, { ok: false, error: 'used_url' }]);
    expect(ann.ephemerals()).toHaveLength(5);
  });

  test('expires', async () => {
    const { slack } = await slackForTest();
    const { response_url } = await commandOf(slack, { responseUrlMinutes: -1 });
    expect(await respond(response_url, { text: 'x' })).toEqual([404, { ok: false, error: 'expired_url' }]);
  });

  test('refuses bad blocks, and that counts as no use', async () => {
    const { slack } = await slackForTest();
    const { response_url } = await commandOf(slack, { responseUrlUses: 1 });
    expect(await respond(response_url, { blocks: [{ type: 'x' }] })).toEqual([
      400,
      { ok: false, error: 'invalid_blocks' },
    ]);
    expect(await respond(response_url, { text: 'x' })).toEqual([200, { ok: true }]);
  });

  test('changes and removes an ephemeral answer, where chat.update cannot', async () => {
    const { slack, ann, client } = await slackForTest();
    const urls: string[] = [];
    await boltApp(slack, (app) => {
      app.action('go', async ({ ack, body }) => {
        await ack();
        if ('response_url' in body) urls.push(body.response_url);
      });
    });
    const button = { type: 'button' as const, text: plain('Go'), action_id: 'go' };
    await client.chat.postEphemeral({
      channel: 'CALERTS',
      user: 'UANN',
      text: 'x',
      blocks: [{ type: 'actions', elements: [button] }],
    });
    const [shown] = ann.ephemerals();
    if (shown === undefined) throw new Error('Nothing is shown.');
    expect(await errorOf(client.chat.update({ channel: 'CALERTS', ts: shown.ts, text: 'y' }))).toBe(
      'message_not_found',
    );
    await ann.click(shown, 'Go');
    await respond(urls[0] ?? '', { replace_original: true, text: 'changed' });
    expect(ann.ephemerals()).toMatchObject([{ id: shown.id, text: 'changed', blocks: [] }]);
    await respond(urls[0] ?? '', { delete_original: true });
    expect(ann.ephemerals()).toEqual([]);
  });
});

describe('views', () => {
  test('a stale hash is refused', async () => {
    const { slack, client, ann } = await slackForTest();
    const { trigger_id } = await commandOf(slack);
    const { view: opened } = await client.views.open({ trigger_id, view });
    const change = async (hash: string) =>
      await errorOf(client.views.update({ view_id: opened?.id ?? '', hash, view }));
    expect(await change(opened?.hash ?? '')).toBeNull();
    expect(await change(opened?.hash ?? '')).toBe('hash_conflict');
    expect(await change(ann.modal()?.hash ?? '')).toBeNull();
  });

  test('a value stays over an update while block_id and action_id stay', async () => {
    const { slack, client, ann } = await slackForTest();
    const { trigger_id } = await commandOf(slack);
    const input = (block_id: string) => ({
      type: 'input' as const,
      block_id,
      label: plain(block_id),
      element: { type: 'plain_text_input' as const, action_id: 'text' },
    });
    const form = (...ids: string[]) => ({ ...view, submit: plain('Send'), blocks: ids.map(input) });
    const { view: opened } = await client.views.open({ trigger_id, view: form('a', 'b') });
    ann.fill({ a: 'one', b: 'two' });
    await client.views.update({ view_id: opened?.id ?? '', view: form('a', 'c') });
    expect(ann.modal()?.values).toMatchObject({
      a: { text: { value: 'one' } },
      c: { text: { value: null } },
    });
    expect(ann.modal()?.values).not.toHaveProperty('b');
  });

  test('a fourth view on the stack is refused', async () => {
    const { slack, ann } = await slackForTest();
    const answers: (string | null)[] = [];
    const button = { type: 'button' as const, text: plain('Deeper'), action_id: 'deeper' };
    const deep = { ...view, blocks: [{ type: 'actions' as const, elements: [button] }] };
    await boltApp(slack, (app) => {
      app.command('/do', async ({ ack, command, client }) => {
        await ack();
        await client.views.open({ trigger_id: command.trigger_id, view: deep });
      });
      app.action('deeper', async ({ ack, body, client }) => {
        await ack();
        if ('trigger_id' in body)
          answers.push(await errorOf(client.views.push({ trigger_id: body.trigger_id, view: deep })));
      });
    });
    await ann.command('#alerts', '/do it');
    for (let pushes = 1; pushes <= 3; pushes += 1) {
      await expect.poll(() => ann.modals().length).toBe(pushes);
      const modal = ann.modal();
      if (modal !== null) await ann.click(modal, 'Deeper');
    }
    await expect.poll(() => answers).toEqual([null, null, 'push_limit_reached']);
    expect(ann.modals().map(({ previousId }) => previousId)).toEqual([
      null,
      ...ann
        .modals()
        .slice(0, 2)
        .map(({ id }) => id),
    ]);
  });
});
