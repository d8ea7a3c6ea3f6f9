import { describe, expect, test } from 'vitest';
import { NO_RATES, SLACK_LIMITS } from '../../../sim/slack/limits.ts';
import { clientOf, errorOf, slackForTest } from './support.ts';

describe('rates', () => {
  test('a channel takes a small burst, then one message a second; another channel is not held up', async () => {
    const { slack, client } = await slackForTest({ limits: { postsPerSecond: 0.01, postBurst: 2 } });
    await client.conversations.join({ channel: 'COTHER' });
    const post = async (channel: string) => await client.chat.postMessage({ channel, text: 'x' });
    await post('CALERTS');
    await post('CALERTS');
    await expect(post('CALERTS')).rejects.toMatchObject({
      code: 'slack_webapi_rate_limited_error',
      retryAfter: 100,
    });
    await post('COTHER');
    expect(slack.messages('#alerts')).toHaveLength(2);
    expect(slack.problems).toEqual([]);
    expect(slack.requests.at(-2)).toMatchObject({
      method: 'chat.postMessage',
      httpStatus: 429,
      retryAfter: 100,
    });
  });

  test.each([
    ['conversations.list', 'tier2PerMinute'],
    ['conversations.info', 'tier3PerMinute'],
    ['users.info', 'tier4PerMinute'],
  ] as const)('%s counts in its own minute', async (method, tier) => {
    const { client } = await slackForTest({ limits: { ...NO_RATES, [tier]: 2 } });
    const args = { channel: 'CALERTS', user: 'UANN' };
    const call = async () =>
      await client.apiCall(
        method,
        method === 'conversations.list'
          ? {}
          : method === 'users.info'
            ? { user: args.user }
            : { channel: args.channel },
      );
    await call();
    await call();
    await expect(call()).rejects.toMatchObject({ code: 'slack_webapi_rate_limited_error' });
    await client.conversations.members({ channel: 'CALERTS' });
  });

  test('ten sockets may be opened in a row', async () => {
    const { slack } = await slackForTest({ limits: SLACK_LIMITS });
    const app = clientOf(slack, slack.appToken);
    for (let place = 0; place < 10; place += 1)
      expect(await errorOf(app.apps.connections.open({}))).toBeNull();
  });
});
