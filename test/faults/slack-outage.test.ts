import { afterEach, describe, expect, test } from 'vitest';
import { TIMING } from '../../src/pipeline/rules.ts';
import { YAML } from '../support/bot.ts';
import { ALERTS, type Rig, startRig } from '../support/rig.ts';

let rig: Rig;
afterEach(async () => await rig.stop());

/** Pages that took Slack's place, with how each stands. */
const pages = () =>
  rig.pagerduty.incidents
    .filter(({ key }) => key.includes('/slack-outage-'))
    .map(({ key, status }) => `${key.split('/')[2]} ${status}`);

const away = () => rig.slack.faults.add({ match: { path: /^\/api\// }, fault: { mode: 'down' } });

describe('a Slack that cannot be reached', () => {
  test('has its cards’ summaries paged, once for an incident and an outage, until it is back', async () => {
    rig = await startRig({ timing: { ...TIMING, slackOutageMs: 300 } });
    await rig.alert();
    await rig.app.idle();
    const back = away();
    await rig.skipWorld(2);
    await expect.poll(pages, { timeout: 10_000 }).toEqual(['OMS-1 triggered']);
    // One that opens while it lasts is paged as well, also when no card of it ever stood.
    await rig.alert({ fingerprint: 'f2' }, { region: 'eu' });
    await expect.poll(pages, { timeout: 10_000 }).toEqual(['OMS-1 triggered', 'OMS-2 triggered']);
    back();
    await rig.app.idle();
    await expect.poll(pages).toEqual(['OMS-1 resolved', 'OMS-2 resolved']);
    expect(rig.card().text).toContain('OMS-2');

    // The next outage wakes again.
    const backAgain = away();
    await rig.skipWorld(2);
    await expect.poll(pages, { timeout: 10_000 }).toHaveLength(4);
    backAgain();
    await rig.app.idle();
    await expect
      .poll(() => new Set(pages().map((page) => page.split(' ')[1])))
      .toEqual(new Set(['resolved']));
  });

  test.each(['token_revoked', 'internal_error'])(
    'for the bot, because every answer is %s, is away like one that is silent',
    async (error) => {
      rig = await startRig({ timing: { ...TIMING, slackOutageMs: 300 } });
      await rig.alert();
      await rig.app.idle();
      const back = rig.slack.faults.add({
        match: { path: /^\/api\// },
        fault: { mode: 'status', status: 200, body: { ok: false, error } },
      });
      await rig.alert({ fingerprint: 'f2' }, { region: 'eu' });
      await expect.poll(pages, { timeout: 10_000 }).toEqual(['OMS-1 triggered', 'OMS-2 triggered']);
      back();
    },
  );

  test('without the channel of the cards is away too, whatever else it takes', async () => {
    rig = await startRig({ timing: { ...TIMING, slackOutageMs: 300 } });
    await rig.alert();
    await rig.app.idle();
    rig.slack.channel(ALERTS).archive();
    await rig.alert({ fingerprint: 'f2' }, { region: 'eu' });
    await expect.poll(pages, { timeout: 10_000 }).toEqual(['OMS-1 triggered', 'OMS-2 triggered']);
  });

  test('that has taken the bot out of the channel of the cards only waits for it to join again, and nobody is paged', async () => {
    rig = await startRig({ timing: { ...TIMING, slackOutageMs: 20_000 } });
    await rig.alert();
    await rig.app.idle();
    rig.slack.channel(ALERTS).kick(rig.app.own.userId);
    await rig.alert({ fingerprint: 'f2' }, { region: 'eu' });
    const cards = () => rig.slack.messages(ALERTS).map(({ text }) => text);
    await expect.poll(cards, { timeout: 10_000 }).toContainEqual(expect.stringContaining('OMS-2'));
    expect(pages()).toEqual([]);
  });

  test('for a message alone, while its cards are edited, is not away', async () => {
    rig = await startRig({ timing: { ...TIMING, slackOutageMs: 300 } });
    await rig.alert();
    await rig.app.idle();
    rig.slack.faults.add({
      match: { path: /chat\.postMessage$/ },
      fault: { mode: 'status', status: 200, body: { ok: false, error: 'internal_error' } },
    });
    await rig.slack.as('URESPONDER').click(rig.card(), 'Call for help');
    const tries = async () =>
      Number((await rig.store.owner.query('select max(attempts) as tries from outbox')).rows[0].tries);
    await expect.poll(tries, { timeout: 10_000 }).toBeGreaterThan(2);
    expect(pages()).toEqual([]);
  });

  test('pages nobody outside prod', async () => {
    const yaml = YAML.replace('prod', 'stage');
    rig = await startRig({ yaml, timing: { ...TIMING, slackOutageMs: 100 } });
    await rig.alert({}, { environment: 'stage' });
    await rig.app.idle();
    const back = away();
    await rig.skipWorld(2);
    const tried = rig.slack.httpRequests.length;
    await expect.poll(() => rig.slack.httpRequests.length, { timeout: 10_000 }).toBeGreaterThan(tried + 3);
    back();
    await rig.app.idle();
    expect(rig.pagerduty.incidents).toEqual([]);
  });
});
