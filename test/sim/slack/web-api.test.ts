import { expect, test } from 'vitest';
import { errorOf, slackForTest } from './support.ts';

const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });

test('text without blocks takes the blocks away, blocks without text leave the text', async () => {
  const { client, slack } = await slackForTest();
  const { ts = '' } = await client.chat.postMessage({
    channel: 'CALERTS',
    text: 'one',
    blocks: [section('one')],
  });
  await client.chat.update({ channel: 'CALERTS', ts, blocks: [section('two')] });
  expect(slack.messages('#alerts')[0]).toMatchObject({ text: 'one', blocks: [{ text: { text: 'two' } }] });
  expect(slack.messages('#alerts')[0]).not.toHaveProperty('edited');
  await client.chat.update({ channel: 'CALERTS', ts, text: 'three' });
  expect(slack.messages('#alerts')[0]).toMatchObject({ text: 'three', edited: { user: slack.botUserId } });
  expect(slack.messages('#alerts')[0]).not.toHaveProperty('blocks');
});

test('metadata is kept over edits and returned only when asked for', async () => {
  const { client } = await slackForTest();
  const metadata = { event_type: 'card', event_payload: { key: 'k1' } };
  const { ts = '' } = await client.chat.postMessage({ channel: 'CALERTS', text: 'one', metadata });
  await client.chat.update({ channel: 'CALERTS', ts, text: 'two' });
  const bare = await client.conversations.history({ channel: 'CALERTS' });
  expect(bare.messages?.[0]).not.toHaveProperty('metadata');
  const full = await client.conversations.history({ channel: 'CALERTS', include_all_metadata: true });
  expect(full.messages?.[0]).toMatchObject({ text: 'two', metadata });
});

test('replies stand in their thread and not in the history, unless they were sent to the channel too', async () => {
  const { client } = await slackForTest();
  const { ts = '' } = await client.chat.postMessage({ channel: 'CALERTS', text: 'head' });
  const reply = await client.chat.postMessage({ channel: 'CALERTS', thread_ts: ts, text: 'reply' });
  await client.chat.postMessage({ channel: 'CALERTS', thread_ts: ts, reply_broadcast: true, text: 'loud' });
  const history = await client.conversations.history({ channel: 'CALERTS' });
  expect(history.messages?.map((message) => [message.text, message.subtype])).toEqual([
    ['loud', 'thread_broadcast'],
    ['head', undefined],
  ]);
  expect(history.messages?.[1]).toMatchObject({ reply_count: 2, thread_ts: ts });
  const thread = await client.conversations.replies({ channel: 'CALERTS', ts });
  expect(thread.messages?.map(({ text }) => text)).toEqual(['head', 'reply', 'loud']);
  const nested = client.chat.postMessage({ channel: 'CALERTS', thread_ts: reply.ts ?? '', text: 'x' });
  expect(await errorOf(nested)).toBe('cannot_reply_to_message');
});

test('the head of a thread leaves a gravestone, so that its replies are still found', async () => {
  const { client } = await slackForTest();
  const { ts = '' } = await client.chat.postMessage({ channel: 'CALERTS', text: 'head' });
  await client.chat.postMessage({ channel: 'CALERTS', thread_ts: ts, text: 'reply' });
  await client.chat.delete({ channel: 'CALERTS', ts });
  const thread = await client.conversations.replies({ channel: 'CALERTS', ts });
  expect(thread.messages?.map((message) => ('subtype' in message ? message.subtype : message.text))).toEqual([
    'tombstone',
    'reply',
  ]);
});

test('history is read from a point on, newest first, page by page', async () => {
  const { client } = await slackForTest();
  const all: string[] = [];
  for (const text of ['a', 'b', 'c', 'd'])
    all.push((await client.chat.postMessage({ channel: 'CALERTS', text })).ts ?? '');
  expect([...all].sort()).toEqual(all);
  expect(new Set(all).size).toBe(4);
  const after = await client.conversations.history({ channel: 'CALERTS', oldest: all[1] ?? '' });
  expect(after.messages?.map(({ text }) => text)).toEqual(['d', 'c']);
  const from = await client.conversations.history({
    channel: 'CALERTS',
    oldest: all[1] ?? '',
    inclusive: true,
    limit: 2,
  });
  expect(from.messages?.map(({ text }) => text)).toEqual(['d', 'c']);
  expect(from.has_more).toBe(true);
  const rest = await client.conversations.history({
    channel: 'CALERTS',
    oldest: all[1] ?? '',
    inclusive: true,
    limit: 2,
    cursor: from.response_metadata?.next_cursor ?? '',
  });
  expect(rest.messages?.map(({ text }) => text)).toEqual(['b']);
});

test.each([
  ['a & b', 'a &amp; b'],
  ['a &amp; b', 'a &amp; b'],
  ['<@UANN> <!here> <#CALERTS|alerts>', '<@UANN> <!here> <#CALERTS|alerts>'],
  ['<https://x.example|here>', '<https://x.example|here>'],
  ['<script>', '&lt;script&gt;'],
  ['see https://x.example/a, now', 'see <https://x.example/a>, now'],
  ['<!channel> for &lt;!channel&gt;', '<!channel> for &lt;!channel&gt;'],
])('%s is kept as %s', async (text, kept) => {
  const { client } = await slackForTest();
  const answer = await client.chat.postMessage({ channel: 'CALERTS', text });
  expect(answer.message?.text).toBe(kept);
});

test('people are found by id and e-mail, groups and members by id', async () => {
  const { client, slack } = await slackForTest();
  const group = slack.addUserGroup({ handle: 'oncall', users: ['UANN'] });
  expect((await client.users.lookupByEmail({ email: 'Ann@example.com' })).user?.id).toBe('UANN');
  expect((await client.users.info({ user: 'UANN' })).user?.profile?.email).toBe('ann@example.com');
  expect((await client.usergroups.users.list({ usergroup: group.id })).users).toEqual(['UANN']);
  expect((await client.conversations.members({ channel: 'CALERTS' })).members).toEqual([
    'U0BOT',
    'UANN',
    'UBOB',
  ]);
  expect((await client.usergroups.list()).usergroups?.map(({ handle }) => handle)).toEqual(['oncall']);
});

test('the bot joins a public channel and may then post there', async () => {
  const { client, slack } = await slackForTest();
  await client.conversations.join({ channel: 'COTHER' });
  await client.chat.postMessage({ channel: 'COTHER', text: 'here' });
  expect(slack.messages('#other')).toHaveLength(1);
  const again = await client.conversations.join({ channel: 'COTHER' });
  expect(again).toMatchObject({ warning: 'already_in_channel' });
});

test('a direct message opens by the person’s id and reaches only them', async () => {
  const { client, ann, bob } = await slackForTest();
  const { channel } = await client.conversations.open({ users: 'UANN' });
  await client.chat.postMessage({ channel: channel?.id ?? '', text: 'one' });
  await client.chat.postMessage({ channel: 'UANN', text: 'two' });
  expect(ann.dms().map(({ text }) => text)).toEqual(['one', 'two']);
  expect(bob.dms()).toEqual([]);
});

test('a lost answer leaves the message standing, found again by its metadata', async () => {
  const { client, slack } = await slackForTest();
  slack.faults.add({ match: { path: /chat\.postMessage/ }, fault: { mode: 'lost' }, times: 1 });
  const metadata = { event_type: 'card', event_payload: { key: 'k1' } };
  expect(await errorOf(client.chat.postMessage({ channel: 'CALERTS', text: 'x', metadata }))).toMatch(
    /request/i,
  );
  const { messages } = await client.conversations.history({ channel: 'CALERTS', include_all_metadata: true });
  expect(messages?.map((message) => message.metadata)).toEqual([metadata]);
});
