import type { WebClient } from '@slack/web-api';
import { describe, expect, test } from 'vitest';
import type { SimulatedSlack } from '../../../sim/slack/slack.ts';
import { manifestWithout } from './manifests.ts';
import { clientOf, errorOf, MANIFEST, slackForTest } from './support.ts';

type Call = (client: WebClient, slack: SimulatedSlack) => Promise<unknown>;
const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });
const post = (args: object) => (client: WebClient) =>
  client.apiCall('chat.postMessage', { channel: 'CALERTS', text: 'x', ...args });

describe('Slack refuses', () => {
  test.each<[string, Call, string]>([
    ['a method that does not exist', (client) => client.apiCall('chat.shout'), 'unknown_method'],
    ['an argument that does not exist', post({ colour: 'red' }), 'invalid_arguments'],
    ['a call without its argument', (client) => client.apiCall('conversations.info'), 'invalid_arguments'],
    ['no token', (_client, slack) => clientOf(slack, '').auth.test(), 'not_authed'],
    ['a wrong token', (_client, slack) => clientOf(slack, 'xoxb-wrong').auth.test(), 'invalid_auth'],
    [
      'the app’s token where a bot’s is needed',
      (_client, slack) => clientOf(slack, slack.appToken).auth.test(),
      'not_allowed_token_type',
    ],
    ['a bot’s token for a socket', (client) => client.apps.connections.open({}), 'not_allowed_token_type'],
    ['a scope that the manifest has not', (client) => client.team.info(), 'missing_scope'],
    ['a name that needs a scope of its own', post({ username: 'Boss' }), 'missing_scope'],
    ['a post where the bot is no member', post({ channel: 'COTHER' }), 'not_in_channel'],
    ['a post in a private channel of others', post({ channel: 'CSECRET' }), 'channel_not_found'],
    ['a post in no channel', post({ channel: 'CNOWHERE' }), 'channel_not_found'],
    ['a post to another bot', post({ channel: 'U0BOT' }), 'cannot_dm_bot'],
    ['a post that says nothing', post({ text: '' }), 'no_text'],
    ['a reply to nothing', post({ thread_ts: '1.000001' }), 'thread_not_found'],
    ['blocks that are no JSON', post({ blocks: '[{' }), 'invalid_blocks_format'],
    ['a block that does not exist', post({ blocks: [{ type: 'banner' }] }), 'invalid_blocks'],
    [
      'too much text over all blocks',
      post({ blocks: Array.from({ length: 5 }, () => section('x'.repeat(2_900))) }),
      'msg_blocks_too_long',
    ],
    [
      'the same split over attachments',
      post({
        attachments: Array.from({ length: 5 }, () => ({
          fallback: 'x',
          blocks: [section('x'.repeat(2_900))],
        })),
      }),
      'msg_blocks_too_long',
    ],
    [
      '101 attachments',
      post({ attachments: Array.from({ length: 101 }, () => ({ text: 'x' })) }),
      'too_many_attachments',
    ],
    [
      'a modal’s block in an attachment',
      post({ attachments: [{ blocks: [{ type: 'alert', text: { type: 'plain_text', text: 'x' } }] }] }),
      'invalid_attachments',
    ],
    ['metadata without a payload', post({ metadata: { event_type: 'x' } }), 'invalid_metadata_schema'],
    [
      'metadata that is too large',
      post({ metadata: { event_type: 'x', event_payload: { x: 'x'.repeat(9_000) } } }),
      'metadata_too_large',
    ],
    ['markdown beside text', post({ markdown_text: '# x' }), 'markdown_text_conflict'],
    [
      'an edit of nothing',
      (client) => client.chat.update({ channel: 'CALERTS', ts: '1.000001', text: 'x' }),
      'message_not_found',
    ],
    [
      'a look into a channel without being there',
      (client) => client.conversations.history({ channel: 'COTHER' }),
      'not_in_channel',
    ],
    [
      'a thread that is not there',
      (client) => client.conversations.replies({ channel: 'CALERTS', ts: '1.000001' }),
      'thread_not_found',
    ],
    [
      'a kind of channel without the scope',
      (client) => client.conversations.list({ types: 'public_channel,private_channel' }),
      'missing_scope',
    ],
    [
      'a kind of channel that does not exist',
      (client) => client.conversations.list({ types: 'secret' }),
      'invalid_types',
    ],
    ['a cursor of nowhere', (client) => client.conversations.list({ cursor: 'x' }), 'invalid_cursor'],
    [
      'to join a private channel unasked',
      (client) => client.conversations.join({ channel: 'CSECRET' }),
      'channel_not_found',
    ],
    ['somebody unknown', (client) => client.users.info({ user: 'UNOBODY' }), 'user_not_found'],
    [
      'an address of nobody',
      (client) => client.users.lookupByEmail({ email: 'x@example.com' }),
      'users_not_found',
    ],
    [
      'a group that is not there',
      (client) => client.usergroups.users.list({ usergroup: 'SNONE' }),
      'no_such_subteam',
    ],
    [
      'an ephemeral for somebody who is not there',
      (client) => client.chat.postEphemeral({ channel: 'CALERTS', user: 'UNOBODY', text: 'x' }),
      'user_not_in_channel',
    ],
    [
      'direct messages with a bot',
      (client) => client.conversations.open({ users: 'U0BOT' }),
      'cannot_dm_bot',
    ],
    [
      'a trigger that it never gave',
      (client) =>
        client.views.open({
          trigger_id: 'x',
          view: { type: 'modal', title: { type: 'plain_text', text: 'x' }, blocks: [] },
        }),
      'invalid_trigger_id',
    ],
    [
      'an update of a view that is not open',
      (client) =>
        client.views.update({
          view_id: 'VNONE',
          view: { type: 'modal', title: { type: 'plain_text', text: 'x' }, blocks: [] },
        }),
      'not_found',
    ],
  ])('%s', async (_rule, call, error) => {
    const { slack, client } = await slackForTest();
    expect(await errorOf(call(client, slack))).toBe(error);
    expect(slack.problems).toHaveLength(1);
    expect(slack.messages('#alerts')).toEqual([]);
  });

  test('a scope with the words which is needed and which are there', async () => {
    const { client, slack } = await slackForTest();
    await errorOf(client.team.info());
    expect(slack.requests.at(-1)?.answer).toMatchObject({
      needed: 'team:read',
      provided: expect.stringContaining('chat:write'),
    });
  });

  test('bad blocks with a JSON pointer', async () => {
    const { client, slack } = await slackForTest();
    await errorOf(
      client.apiCall('chat.postMessage', { channel: 'CALERTS', text: 'x', blocks: [section('')] }),
    );
    expect(slack.requests.at(-1)?.answer['response_metadata']).toEqual({
      messages: ['[ERROR] must be more than 0 characters [json-pointer:/blocks/0/text/text]'],
    });
  });

  test('posts into an archived channel', async () => {
    const { client, slack } = await slackForTest();
    slack.channel('alerts').archive();
    expect(await errorOf(client.chat.postMessage({ channel: 'CALERTS', text: 'x' }))).toBe('is_archived');
  });

  test('direct messages of an app without a messages tab', async () => {
    const { client } = await slackForTest({ manifest: await manifestWithout(MANIFEST, 'app_home') });
    expect(await errorOf(client.chat.postMessage({ channel: 'UANN', text: 'x' }))).toBe(
      'messages_tab_disabled',
    );
  });

  test('edits and deletions of what somebody else said', async () => {
    const { client, ann } = await slackForTest();
    const { ts } = ann.say('#alerts', 'mine');
    expect(await errorOf(client.chat.update({ channel: 'CALERTS', ts, text: 'x' }))).toBe(
      'cant_update_message',
    );
    expect(await errorOf(client.chat.delete({ channel: 'CALERTS', ts }))).toBe('cant_delete_message');
  });

  test('an edit of over 4,000 characters, where a post is cut at 40,000', async () => {
    const { client, slack } = await slackForTest();
    const { ts = '' } = await client.chat.postMessage({ channel: 'CALERTS', text: 'x'.repeat(50_000) });
    expect(slack.messages('#alerts')[0]?.text).toHaveLength(40_000);
    expect(await errorOf(client.chat.update({ channel: 'CALERTS', ts, text: 'x'.repeat(4_001) }))).toBe(
      'msg_too_long',
    );
    expect(await errorOf(client.chat.update({ channel: 'CALERTS', ts, text: 'x'.repeat(4_000) }))).toBeNull();
  });
});
