import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plantStuck } from '../../sim/world/scenarios/scenario.ts';
import type { Incident } from '../../src/domain/incident.ts';
import { TIMING } from '../../src/pipeline/rules.ts';
import { verifyChain } from '../../src/store/audit.ts';
import { startBot } from '../support/bot.ts';
import { ALERTS, newestCard, sendAlert, startPretendWorld } from '../support/rig.ts';

const MINUTE = 60_000;
const VOICE_MS = 500;

type Bot = Awaited<ReturnType<typeof startBot>>;
let world: Awaited<ReturnType<typeof startPretendWorld>>;
let one: Bot;
let other: Bot;
/** What happens just before a step of either bot, by its name. */
const before = new Map<string, () => Promise<void>>();

beforeAll(async () => {
  world = await startPretendWorld();
  await plant('few');
  const options = {
    timing: {
      ...TIMING,
      voiceMs: VOICE_MS,
      callMs: 1_000,
      readMs: 1_000,
      runLeaseMs: 3_000,
      diagnosisMs: 1_500,
    },
    step: async <T>(name: string, work: () => Promise<T>) => {
      await before.get(name)?.();
      return await work();
    },
  };
  [one, other] = await Promise.all([startBot(world.address, options), startBot(world.address, options)]);
});
afterAll(async () => {
  await Promise.all([one.stop(), other.stop()]);
  await world.stop();
});

async function plant(label: string) {
  await world.world.change((state, now) =>
    plantStuck(state, {
      label,
      count: 3,
      from: now - 200 * MINUTE,
      to: now - 150 * MINUTE,
      each: (order) => {
        order.poison = true;
      },
    }),
  );
}

async function alert(bot: Bot, labels: Record<string, string> = {}, fingerprint = 'f1', at = 0) {
  const startsAt = new Date(at).toISOString();
  return await sendAlert(bot.app.port(), startsAt, { fingerprint }, labels, 'alert-token');
}
async function idle() {
  await one.app.idle();
  // What it has in hand, an answer for one, it alone knows.
  await other.app.idle();
}
async function skip(minutes: number) {
  await world.skipWorld(minutes);
  await idle();
}
async function open(): Promise<Incident> {
  const found = await one.app.parts.journal.openIncidents();
  const newest = found.at(-1);
  if (newest === undefined) throw new Error('No incident is open.');
  return newest;
}
const retries = () => world.service.count('POST', /retry-workflow$/);

/** Keys that stand twice: of messages anywhere in Slack, of requests to the order service, of triggers to PagerDuty. */
function twice(): string[] {
  const said = world.slack.workspace.channels.flatMap(({ id, messages }) =>
    messages.flatMap(({ metadata }) => {
      const key = metadata?.event_payload['key'];
      return typeof key === 'string' ? [`${id} ${key}`] : [];
    }),
  );
  const asked = world.service.requests.flatMap(({ method, headers }) =>
    method === 'GET' ? [] : [headers['idempotency-key'] ?? 'no key'],
  );
  const keys = [...said, ...asked];
  return keys.filter((key, place) => keys.indexOf(key) !== place);
}

describe('two replicas on one database', () => {
  test('the same webhook and another at the same time, at both, are one incident and one card', async () => {
    const at = world.now();
    const answers = await Promise.all(
      [one, other].flatMap((bot) => [alert(bot, {}, 'f1', at), alert(bot, {}, 'f2', at)]),
    );
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
    await idle();
    const incidents = await one.app.parts.journal.openIncidents();
    expect(incidents).toHaveLength(1);
    expect(incidents[0]?.sources).toHaveLength(2);
    expect(twice()).toEqual([]);
  });

  test('one look at a time: rounds are looked one after the other', async () => {
    const rounds = (await open()).diagnosis?.round ?? 0;
    await skip(1);
    expect((await open()).diagnosis?.round).toBe(rounds + 1);
  });

  test('a message of a trusted bot, delivered twice, joins once', async () => {
    world.slack.botSays(ALERTS, 'Alertmanager', {
      attachments: [{ title: '[FIRING:1] WORKFLOW_STUCK (prod)' }],
    });
    await expect.poll(async () => (await open()).sources.length).toBe(3);
    await idle();
  });

  test('the same click at both runs once for each order', async () => {
    await world.slack.as('URESPONDER').click(newestCard(world.slack), 'Retry workflow', { again: true });
    await idle();
    expect(retries()).toBe(3);
    expect(twice()).toEqual([]);
  });

  test('two people’s clicks at the same instant are one run; the second reads who is at it', async () => {
    for (let looks = 0; looks < 4 && (await open()).runs.at(-1)?.proof?.verdict === null; looks += 1)
      await skip(8);
    const runs = (await open()).runs.length;
    const card = newestCard(world.slack);
    await Promise.all(
      ['URESPONDER', 'UAPPROVER'].map(async (id) => await world.slack.as(id).click(card, 'Retry workflow')),
    );
    await idle();
    expect((await open()).runs).toHaveLength(runs + 1);
    expect(retries()).toBe(6);
    const answers = ['URESPONDER', 'UAPPROVER'].map((id) => world.slack.as(id).ephemerals().at(-1)?.text);
    expect(answers.filter((text) => text?.includes('is approved and starts now'))).toHaveLength(1);
    expect(answers.filter((text) => text?.includes('It does not run twice.'))).toHaveLength(1);
  });

  test('help is called by both for the same time: one rung, one page', async () => {
    const card = newestCard(world.slack);
    await Promise.all(
      ['URESPONDER', 'UBYSTANDER'].map(async (id) => await world.slack.as(id).click(card, 'Call for help')),
    );
    await idle();
    expect((await open()).climbed.filter(({ reason }) => reason === 'asked')).toHaveLength(1);
    expect(world.pagerduty.incidents).toHaveLength((await open()).climbed.length);
  });

  test('a Slack that is slower than the voice’s lease does not make two voices', async () => {
    const back = world.slack.faults.add({
      match: { path: /chat\.(postMessage|update)$/ },
      fault: { mode: 'late', ms: 3 * VOICE_MS },
    });
    await alert(one, { region: 'slow' }, 'f3', world.now());
    await expect.poll(() => newestCard(world.slack).text, { timeout: 10_000 }).toContain('OMS-2');
    back();
    await idle();
    expect(twice()).toEqual([]);
  });

  test('an order that two incidents show is not asked by both at once', async () => {
    await plant('fresh');
    await skip(1);
    const cards = world.slack
      .messages(ALERTS)
      .filter(({ metadata }) => String(metadata?.event_payload['key']).startsWith('card/'));
    expect(cards).toHaveLength(2);
    const sent = retries();
    let calls = 0;
    before.set('call R20', async () => {
      calls += 1;
      await sleep(300);
    });
    const first = cards[0];
    const second = cards[1];
    if (first === undefined || second === undefined) throw new Error('A card is missing.');
    await world.slack.as('URESPONDER').click(first, 'Retry workflow');
    await expect.poll(() => calls, { interval: 10 }).toBeGreaterThan(0);
    await world.slack.as('UAPPROVER').click(second, 'Retry workflow');
    await idle();
    before.clear();
    expect(world.slack.as('UAPPROVER').ephemerals().at(-1)?.text).toContain('is at it');
    expect(retries()).toBe(sent + 3);
  });

  test('one is stopped: the other goes on within seconds', async () => {
    await one.stop();
    await alert(other, { region: 'alone' }, 'f4', world.now());
    await expect.poll(() => newestCard(world.slack).text, { timeout: 5_000 }).toContain('OMS-3');
    await other.app.idle();
    one = await startBot(world.address);
    expect(twice()).toEqual([]);
    expect(await verifyChain(world.store.owner)).toMatchObject({ ok: true });
    expect(world.slack.problems).toEqual([]);
  });
});
