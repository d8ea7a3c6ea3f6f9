import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { workflowEngineCrash } from '../../sim/world/scenarios/workflow-engine-crash.ts';
import { TIMING } from '../../src/pipeline/rules.ts';
import { ALERTS, type Rig, startRig } from '../support/rig.ts';

const CALL_MS = 300;

let rig: Rig;
/** What happens just before a step of the bot, by its name. */
const before = new Map<string, () => void>();
beforeAll(async () => {
  rig = await startRig({
    timing: { ...TIMING, slackCallMs: CALL_MS, slackDoubtMs: 2_500 },
    step: async (name, work) => {
      before.get(name)?.();
      return await work();
    },
  });
  await rig.world.change((state, now) => workflowEngineCrash.start(state, now));
});
afterAll(async () => await rig.stop());

const POST = { path: /chat\.postMessage$/ };
const EDIT = { path: /chat\.update$/ };
const cards = () => keysIn(ALERTS).filter((key) => key.startsWith('card/'));

function keysIn(channel: string): string[] {
  const place = rig.slack.workspace.channels.find(({ name }) => `#${name}` === channel);
  return (place?.messages ?? []).flatMap(({ metadata }) => {
    const key = metadata?.event_payload['key'];
    return typeof key === 'string' ? [key] : [];
  });
}
const twice = () => keysIn(ALERTS).filter((key, place, all) => all.indexOf(key) !== place);
const calls = (method: string) => rig.slack.requests.filter((call) => call.method === method).length;

describe('a Slack that', () => {
  test('wants to rest before the first post gets it later, once', async () => {
    rig.slack.faults.add({ match: POST, fault: { mode: 'rate-limited', retryAfterS: 1 }, times: 1 });
    await rig.alert();
    await rig.app.idle();
    expect(cards()).toEqual(['card/OMS-1']);
  });

  test('wants to rest before an edit shows the newest state afterwards', async () => {
    rig.slack.faults.add({ match: EDIT, fault: { mode: 'rate-limited', retryAfterS: 1 }, times: 1 });
    await rig.slack.as('UBYSTANDER').click(rig.card(), 'I have it');
    await rig.app.idle();
    expect(JSON.stringify(rig.card().blocks)).toContain('<@UBYSTANDER> has it');
  });

  test('loses the answer of a post keeps one message: the bot finds its own', async () => {
    rig.slack.faults.add({ match: POST, fault: { mode: 'lost' }, times: 3 });
    await rig.alert({ fingerprint: 'lost' }, { region: 'lost' });
    await rig.app.idle();
    expect(cards()).toEqual(['card/OMS-1', 'card/OMS-2']);
    expect(twice()).toEqual([]);
  });

  test('takes a post after the bot has hung up and posted again: one of the two stays', async () => {
    rig.slack.faults.add({ match: POST, fault: { mode: 'late', ms: CALL_MS + 1_500 }, times: 1 });
    await rig.alert({ fingerprint: 'late' }, { region: 'late' });
    await expect
      .poll(() => cards().filter((key) => key === 'card/OMS-3').length, { timeout: 8_000, interval: 20 })
      .toBe(2);
    await expect.poll(() => cards().filter((key) => key === 'card/OMS-3').length, { timeout: 8_000 }).toBe(1);
    await rig.app.idle();
    const shown = rig.card();
    await rig.slack.as('UBYSTANDER').click(shown, 'I have it');
    await rig.app.idle();
    expect(JSON.stringify(rig.card().blocks)).toContain('<@UBYSTANDER> has it');
    expect(twice()).toEqual([]);
  });

  test('no longer has the card, because a person deleted it, gets it anew', async () => {
    const gone = rig.card();
    const channel = rig.slack.channel('orders-alerts').id;
    const answer = await fetch(`${rig.slack.apiUrl}chat.delete`, {
      method: 'POST',
      headers: { authorization: `Bearer ${rig.slack.botToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ channel, ts: gone.ts }),
    });
    expect(await answer.json()).toMatchObject({ ok: true });
    await rig.skip(1);
    expect(cards()).toContain('card/OMS-3');
    expect(rig.card().ts).not.toBe(gone.ts);
    expect(twice()).toEqual([]);
  });

  test.each(['warning', 'refresh_requested', 'link_disabled'])(
    'says goodbye (%s) while a click is being stored: it is answered once, and heard again afterwards',
    async (reason) => {
      const person = rig.slack.as('UBYSTANDER');
      const answers = person.ephemerals().length;
      before.set('accept slack', () => {
        before.clear();
        rig.slack.disconnectSockets(reason);
      });
      await person.click(rig.card(), 'I have it');
      await expect.poll(() => person.ephemerals().length, { timeout: 10_000 }).toBe(answers + 1);
      await expect
        .poll(async () => await person.command(ALERTS, '/oms owed'), { timeout: 15_000 })
        .toBe('ok');
      await rig.app.idle();
      expect(person.ephemerals()).toHaveLength(answers + 2);
    },
  );
});

describe('a team’s channel that is archived', () => {
  test('keeps no page from going out, and is said at the card', async () => {
    rig.slack.channel('platform-eng').archive();
    const pages = rig.pagerduty.incidents.length;
    await rig.skipWorld(25);
    await expect.poll(() => rig.pagerduty.incidents.length, { timeout: 10_000 }).toBeGreaterThan(pages);
    const said = () =>
      rig.slack.workspace.channels
        .flatMap(({ messages }) => messages)
        .filter(({ text }) => text.includes('could not be said in #platform-eng'));
    await expect.poll(() => said().length, { timeout: 10_000 }).toBeGreaterThan(0);
    expect(said()[0]?.text).toContain('Please call that team by hand');
  });

  test('does not make the voice ask for it without a rest', async () => {
    const asked = calls('conversations.list') + calls('chat.postMessage');
    await rig.alert({ fingerprint: 'more' }, { region: 'more' });
    await expect.poll(() => cards().length, { timeout: 10_000 }).toBe(4);
    expect(calls('conversations.list') + calls('chat.postMessage') - asked).toBeLessThan(20);
  });
});
