import { expect, test } from 'vitest';
import { manifestWithout } from './manifests.ts';
import { boltApp, errorOf, MANIFEST, slackForTest } from './support.ts';

test('a command that the manifest does not declare is unknown', async () => {
  const { slack, ann } = await slackForTest({ manifest: await manifestWithout(MANIFEST, '/do') });
  let heard = 0;
  await boltApp(slack, (app) =>
    app.command(/.*/, async ({ ack }) => {
      heard += 1;
      await ack();
    }),
  );
  expect(await ann.command('#alerts', '/do it')).toBe('invalid_command');
  expect(ann.failures()[0]?.text).toContain('/do is not a valid command');
  expect(heard).toBe(0);
});

test('a command in a thread is refused by Slack itself', async () => {
  const { slack, ann } = await slackForTest();
  await boltApp(slack, (app) => app.command('/do', async ({ ack }) => await ack()));
  const { ts } = ann.say('#alerts', 'head');
  expect(await ann.command('#alerts', '/do it', { threadTs: ts })).toBe('not_in_threads');
});

test('a button fails when interactivity is not declared', async () => {
  const { slack, ann, client } = await slackForTest({
    manifest: await manifestWithout(MANIFEST, 'interactivity'),
  });
  await boltApp(slack, (app) => app.action('go', async ({ ack }) => await ack()));
  const button = {
    type: 'button' as const,
    text: { type: 'plain_text' as const, text: 'Go' },
    action_id: 'go',
  };
  const { ts = '' } = await client.chat.postMessage({
    channel: 'CALERTS',
    text: 'x',
    blocks: [{ type: 'actions', elements: [button] }],
  });
  expect(await ann.click({ channel: 'CALERTS', ts }, 'Go')).toMatchObject({ shown: 'failed' });
});

test('an event that the manifest does not subscribe to is not sent', async () => {
  const manifest = await manifestWithout(MANIFEST, 'message.channels');
  const { slack, ann } = await slackForTest({ manifest });
  const heard: string[] = [];
  await boltApp(slack, (app) => {
    app.event('message', async () => void heard.push('message'));
    app.event('member_joined_channel', async ({ event }) => void heard.push(`joined ${event.user}`));
  });
  ann.say('#alerts', 'x');
  slack.addUser({ id: 'UNEW', name: 'new' });
  slack.channel('alerts').invite('UNEW');
  await expect.poll(() => heard).toEqual(['joined UNEW']);
});

test('messages where the bot is no member are not its business', async () => {
  const { slack, ann, client } = await slackForTest();
  const heard: string[] = [];
  await boltApp(slack, (app) => {
    app.event('message', async ({ event }) => void heard.push('text' in event ? (event.text ?? '') : ''));
  });
  ann.say('#other', 'unheard');
  ann.say('#secret', 'unheard');
  await client.conversations.join({ channel: 'COTHER' });
  ann.say('#other', 'heard');
  await expect.poll(() => heard).toEqual(['heard']);
});

test('opening the home is an event, and a view is shown there', async () => {
  const { slack, ann } = await slackForTest();
  await boltApp(slack, (app) => {
    app.event('app_home_opened', async ({ event, client }) => {
      await client.views.publish({
        user_id: event.user,
        view: { type: 'home', blocks: [{ type: 'divider' }] },
      });
    });
  });
  ann.openHome();
  await expect.poll(() => ann.home()?.view['type']).toBe('home');
});

test('a home is refused without its tab', async () => {
  const { client } = await slackForTest({ manifest: await manifestWithout(MANIFEST, 'app_home') });
  expect(await errorOf(client.views.publish({ user_id: 'UANN', view: { type: 'home', blocks: [] } }))).toBe(
    'not_enabled',
  );
});

test('e-mail addresses are there only with the scope for them', async () => {
  const { client } = await slackForTest({ manifest: await manifestWithout(MANIFEST, 'users:read.email') });
  expect((await client.users.info({ user: 'UANN' })).user?.profile).not.toHaveProperty('email');
  expect(await errorOf(client.users.lookupByEmail({ email: 'ann@example.com' }))).toBe('missing_scope');
});

test('a page is told every change, and what is unread', async () => {
  const { slack, ann, bob, client } = await slackForTest();
  const kinds: string[] = [];
  const end = slack.events.subscribe(({ kind }) => kinds.push(kind));
  const { ts = '' } = await client.chat.postMessage({ channel: 'CALERTS', text: 'one' });
  expect([slack.channel('alerts').unread('UANN'), slack.channel('alerts').unread('UBOB')]).toEqual([1, 1]);
  ann.read('#alerts');
  await client.chat.update({ channel: 'CALERTS', ts, text: 'two' });
  await client.chat.postEphemeral({ channel: 'CALERTS', user: 'UBOB', text: 'psst' });
  await bob.command('#alerts', '/nothing');
  end();
  await client.chat.delete({ channel: 'CALERTS', ts });
  expect(kinds).toEqual([
    'message posted',
    'channel read',
    'message changed',
    'ephemeral shown',
    'failure shown',
  ]);
  expect(slack.channel('alerts').unread('UANN')).toBe(0);
});
