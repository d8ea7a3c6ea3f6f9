import type { BlockAction, ButtonAction } from '@slack/bolt';
import { expect, test } from 'vitest';
import { boltApp, slackForTest } from './support.ts';

const plain = (text: string) => ({ type: 'plain_text' as const, text });
const button = (text: string, action_id: string, value: string) => ({
  type: 'button' as const,
  text: plain(text),
  action_id,
  value,
});

test('a command is acknowledged with a message that only its asker sees', async () => {
  const { slack, ann, bob } = await slackForTest();
  await boltApp(slack, (app) => {
    app.command(
      '/do',
      async ({ command, ack }) => await ack({ response_type: 'ephemeral', text: `did ${command.text}` }),
    );
  });
  expect(await ann.command('#alerts', '/do it')).toBe('ok');
  expect(ann.ephemerals().map(({ text }) => text)).toEqual(['did it']);
  expect(bob.ephemerals()).toEqual([]);
  expect(slack.messages('#alerts')).toEqual([]);
});

test('a command is answered later by its response_url, in the channel too', async () => {
  const { slack, ann } = await slackForTest();
  await boltApp(slack, (app) => {
    app.command('/do', async ({ ack, respond }) => {
      await ack();
      await respond({ response_type: 'ephemeral', text: 'for you' });
      await respond({ response_type: 'in_channel', text: 'for all' });
    });
  });
  await ann.command('#alerts', '/do it');
  await expect.poll(() => slack.messages('#alerts').map(({ text }) => text)).toEqual(['for all']);
  expect(ann.ephemerals().map(({ text }) => text)).toEqual(['for you']);
});

test('people, channels and addresses arrive encoded where the manifest asks for it, and literal where not', async () => {
  const { slack, ann } = await slackForTest();
  const heard: string[] = [];
  await boltApp(slack, (app) => {
    app.command(/^\/(do|plain)$/, async ({ command, ack }) => {
      heard.push(command.text);
      await ack();
    });
  });
  await ann.command('#alerts', '/do @bob in #alerts and #secret see https://x.example/?a=1&b=2 <now>');
  await ann.command('#alerts', '/plain @bob & #alerts');
  expect(heard).toEqual([
    '<@UBOB> in <#CALERTS|alerts> and <#CSECRET|> see <https://x.example/?a=1&amp;b=2> &lt;now&gt;',
    '@bob & #alerts',
  ]);
});

test('a click arrives with its value, its message and the choices made in it', async () => {
  const { slack, ann, client } = await slackForTest();
  const clicks: BlockAction<ButtonAction>[] = [];
  await boltApp(slack, (app) => {
    app.action<BlockAction<ButtonAction>>('go', async ({ ack, body, respond }) => {
      clicks.push(body);
      await ack();
      await respond({ replace_original: true, text: 'gone', blocks: [] });
    });
    app.action('which', async ({ ack }) => await ack());
  });
  const options = ['a', 'b'].map((value) => ({ text: plain(value.toUpperCase()), value }));
  await client.chat.postMessage({
    channel: 'CALERTS',
    text: 'Which?',
    blocks: [
      {
        type: 'actions',
        block_id: 'row',
        elements: [{ type: 'static_select', action_id: 'which', options }, button('Go', 'go', '7')],
      },
    ],
  });
  const message = slack.messages('#alerts')[0];
  if (message === undefined) throw new Error('Nothing was posted.');
  await ann.click(message, 'which', { option: 'B' });
  expect(await ann.click(message, 'Go')).toEqual({ shown: 'sent', failure: null });
  expect(clicks[0]).toMatchObject({
    user: { id: 'UANN' },
    container: { type: 'message', message_ts: message.ts, channel_id: 'CALERTS', is_ephemeral: false },
    message: { ts: message.ts, text: 'Which?' },
    state: { values: { row: { which: { selected_option: { value: 'b' } } } } },
    actions: [{ action_id: 'go', block_id: 'row', value: '7', type: 'button' }],
  });
  await expect
    .poll(() => slack.messages('#alerts').map(({ text, blocks }) => [text, blocks]))
    .toEqual([['gone', undefined]]);
  await expect(ann.click({ channel: 'CALERTS', ts: message.ts }, 'Go')).rejects.toThrow('There is no "Go"');
});

test('a button that asks first is pressed only with an answer', async () => {
  const { slack, ann, client } = await slackForTest();
  let pressed = 0;
  await boltApp(slack, (app) => {
    app.action('go', async ({ ack }) => {
      pressed += 1;
      await ack();
    });
  });
  const confirm = { title: plain('Sure?'), text: plain('Really?'), confirm: plain('Yes'), deny: plain('No') };
  const blocks = [{ type: 'actions', elements: [{ ...button('Go', 'go', '1'), confirm }] }];
  const { ts = '' } = await client.chat.postMessage({ channel: 'CALERTS', text: 'x', blocks });
  const target = { channel: 'CALERTS', ts };
  await expect(ann.click(target, 'Go')).rejects.toThrow('asks first');
  expect(await ann.click(target, 'Go', { confirm: false })).toMatchObject({ shown: 'declined' });
  expect(await ann.click(target, 'Go', { confirm: true })).toMatchObject({ shown: 'sent' });
  expect(pressed).toBe(1);
});

test('a modal goes its way: opened, complained of, pushed upon, submitted', async () => {
  const { slack, ann, client } = await slackForTest();
  const view = (title: string, more: object = {}) => ({
    type: 'modal' as const,
    callback_id: 'form',
    title: plain(title),
    submit: plain('Send'),
    blocks: [
      {
        type: 'input' as const,
        block_id: 'why',
        label: plain('Why'),
        element: { type: 'plain_text_input' as const, action_id: 'text', min_length: 3 },
      },
    ],
    ...more,
  });
  const seen: unknown[] = [];
  await boltApp(slack, (app) => {
    app.action('go', async ({ ack, body, client: web }) => {
      await ack();
      if ('trigger_id' in body) await web.views.open({ trigger_id: body.trigger_id, view: view('First') });
    });
    app.view('form', async ({ ack, view: sent }) => {
      const why = sent.state.values['why']?.['text']?.value;
      seen.push(why);
      if (why === 'bad') await ack({ response_action: 'errors', errors: { why: 'Not good.' } });
      else if (why === 'more') await ack({ response_action: 'push', view: view('Second') });
      else await ack();
    });
  });
  const { ts = '' } = await client.chat.postMessage({
    channel: 'CALERTS',
    text: 'x',
    blocks: [{ type: 'actions', elements: [button('Go', 'go', '1')] }],
  });
  await ann.click({ channel: 'CALERTS', ts }, 'Go');
  await expect.poll(() => ann.modal()?.view['callback_id']).toBe('form');
  expect(await ann.submit({ Why: 'no' })).toMatchObject({ by: 'slack' });
  expect(await ann.submit({ Why: '' })).toMatchObject({
    errors: { why: 'Please complete this required field.' },
  });
  expect(seen).toEqual([]);
  expect(await ann.submit({ Why: 'bad' })).toEqual({ errors: { why: 'Not good.' }, by: 'app' });
  expect(await ann.submit({ why: 'more' })).toBe('pushed');
  expect(ann.modals()).toHaveLength(2);
  expect(await ann.submit({ text: 'fine' })).toBe('closed');
  expect(ann.modals()).toHaveLength(1);
  expect(seen).toEqual(['bad', 'more', 'fine']);
  expect(slack.problems).toEqual([]);
});

test('messages of people and of other bots arrive in the shapes that Slack gives them', async () => {
  const { slack, ann } = await slackForTest();
  const events: unknown[] = [];
  await boltApp(slack, (app) => {
    app.event('message', async ({ event }) => void events.push(event));
  });
  ann.say('#alerts', 'look at <this> & https://x.example/a');
  const bot = slack.addBot({ name: 'Alertmanager', id: 'BALERT', appId: 'AALERT', userId: 'UALERT' });
  const attachments = [{ title: '[FIRING:1] X', title_link: 'https://x.example', color: 'danger' }];
  const post = bot.post('#alerts', { attachments });
  bot.update(post, { text: 'edited' });
  bot.post('#alerts', { text: 'modern' }, 'modern');
  await expect.poll(() => events).toHaveLength(4);
  expect(events).toMatchObject([
    {
      user: 'UANN',
      channel: 'CALERTS',
      channel_type: 'channel',
      text: 'look at &lt;this&gt; &amp; <https://x.example/a>',
    },
    {
      subtype: 'bot_message',
      bot_id: 'BALERT',
      username: 'Alertmanager',
      text: '',
      attachments: [{ id: 1, color: 'a30200', fallback: '[no preview available]' }],
    },
    {
      subtype: 'message_changed',
      hidden: true,
      message: { bot_id: 'BALERT', text: 'edited' },
      previous_message: { text: '' },
    },
    {
      user: 'UALERT',
      bot_id: 'BALERT',
      app_id: 'AALERT',
      bot_profile: { name: 'Alertmanager' },
      text: 'modern',
    },
  ]);
  expect(events[1]).not.toHaveProperty('user');
  expect(events[3]).not.toHaveProperty('subtype');
});

test('our own posts and edits come back, the edit as message_changed', async () => {
  const { slack, client } = await slackForTest();
  const events: object[] = [];
  await boltApp(slack, (app) => {
    app.event('message', async ({ event }) => void events.push(event));
  });
  const { ts = '' } = await client.chat.postMessage({ channel: 'CALERTS', text: 'one' });
  await client.chat.update({ channel: 'CALERTS', ts, text: 'two' });
  await client.chat.delete({ channel: 'CALERTS', ts });
  await expect.poll(() => events).toHaveLength(3);
  expect(events).toMatchObject([
    { bot_id: slack.botId, text: 'one', ts },
    {
      subtype: 'message_changed',
      message: { text: 'two', bot_id: slack.botId },
      previous_message: { text: 'one' },
    },
    { subtype: 'message_deleted', deleted_ts: ts },
  ]);
});

test('shortcuts of the manifest reach the app, others cannot be chosen', async () => {
  const { slack, ann } = await slackForTest();
  const heard: string[] = [];
  await boltApp(slack, (app) => {
    app.shortcut({ type: 'message_action', callback_id: 'look' }, async ({ ack, shortcut }) => {
      await ack();
      heard.push(`message ${shortcut.message.text}`);
    });
    app.shortcut({ type: 'shortcut', callback_id: 'around' }, async ({ ack }) => {
      await ack();
      heard.push('global');
    });
  });
  await ann.shortcut('look', ann.say('#alerts', 'this'));
  await ann.shortcut('around');
  expect(heard).toEqual(['message this', 'global']);
  await expect(ann.shortcut('nothing')).rejects.toThrow('no global shortcut nothing');
});
