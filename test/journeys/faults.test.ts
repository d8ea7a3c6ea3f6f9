import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Fault } from '../../sim/lib/faults.ts';
import { plantStuck } from '../../sim/world/scenarios/scenario.ts';
import type { Incident } from '../../src/domain/incident.ts';
import { TIMING } from '../../src/pipeline/rules.ts';
import { type Rig, startRig } from '../support/rig.ts';

const MINUTE = 60_000;
const ORDERS = 3;
const CALL_MS = 1_200;

/** What happens just before a step of the bot, by its name. */
const before = new Map<string, () => void>();

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({
    timing: { ...TIMING, callMs: CALL_MS, readMs: CALL_MS, runLeaseMs: 4 * CALL_MS, diagnosisMs: 1_500 },
    // The breaker has its own tests; here every case begins with a closed one.
    restMs: 1,
    step: async (name, work) => {
      before.get(name)?.();
      return await work();
    },
  });
  await rig.world.change((state, now) =>
    plantStuck(state, {
      label: 'few',
      count: ORDERS,
      from: now - 200 * MINUTE,
      to: now - 150 * MINUTE,
      each: (order) => {
        order.poison = true;
      },
    }),
  );
  await rig.alert();
  await rig.app.idle();
});
afterEach(() => {
  before.clear();
  rig.service.faults.clear();
});
afterAll(async () => await rig.stop());

async function incident(): Promise<Incident> {
  const [open] = await rig.app.parts.journal.openIncidents();
  if (open === undefined) throw new Error('No incident is open.');
  return open;
}

/** The same orders are asked again only when the last proof has ended. */
async function proven(): Promise<void> {
  for (let looks = 0; looks < 6; looks += 1) {
    const { runs } = await incident();
    if (runs.every(({ proof }) => proof === null || proof.verdict !== null)) return;
    await rig.skip(8);
  }
}

describe('a diagnosis while the order service', () => {
  const modes: readonly [string, Fault, string][] = [
    ['is down', { mode: 'down' }, 'The order service ended the connection without an answer.'],
    ['is slow', { mode: 'slow', ms: 60_000 }, 'The order service did not answer'],
    ['answers 503', { mode: 'status', status: 503 }, 'The order service answered 503.'],
    ['answers garbage', { mode: 'garbage' }, 'The order service answered with something that is no JSON.'],
    ['breaks off', { mode: 'cut' }, 'The order service broke off in the middle of its answer.'],
    ['loses its answers', { mode: 'lost' }, 'The order service ended the connection without an answer.'],
    ['answers late', { mode: 'late', ms: 60_000 }, 'The order service did not answer'],
    ['wants to rest', { mode: 'rate-limited', retryAfterS: 7 }, 'The order service answered 429.'],
  ];
  test.each(modes)(
    '%s: the card says that it could not look and why, and calls nothing healthy',
    async (_what, fault, reason) => {
      rig.service.faults.add({ match: { path: /^\/admin/ }, fault });
      await rig.skip(1);
      const found = (await incident()).diagnosis?.findings.find(({ step }) => step === 'R16');
      expect(found?.verdict).toBe('unknown');
      expect(found?.line).toContain(reason);
      expect(rig.card().text).toContain('could not look');
      expect(rig.card().text).not.toContain('healthy');
      expect(JSON.stringify(rig.card().blocks)).toContain(reason);
      rig.service.faults.clear();
      await rig.skip(1);
      expect(rig.card().text).toContain('broken');
    },
  );
});

describe('a run while the order service', () => {
  const retries = { method: 'POST', path: /retry-workflow$/ };

  /** Approves R20 as the card offers it and returns its run when all is over. */
  async function run() {
    await proven();
    const known = (await incident()).runs.length;
    await rig.slack.as('URESPONDER').click(rig.card(), 'Retry workflow');
    await rig.app.idle();
    const { runs } = await incident();
    expect(runs).toHaveLength(known + 1);
    return runs.at(-1);
  }

  const failed = { outcome: 'failed', counts: { done: 0, failed: ORDERS, unknown: 0 } };
  const done = { outcome: 'done', counts: { done: ORDERS, failed: 0, unknown: 0 } };
  const modes: readonly [string, Fault, object][] = [
    ['is down', { mode: 'down' }, failed],
    ['is slow', { mode: 'slow', ms: 60_000 }, failed],
    ['answers 503', { mode: 'status', status: 503 }, failed],
    ['answers garbage', { mode: 'garbage' }, failed],
    ['wants to rest', { mode: 'rate-limited', retryAfterS: 7 }, failed],
    ['breaks off, having done it', { mode: 'cut' }, done],
    ['loses its answers, having done it', { mode: 'lost' }, done],
    ['does it after we hung up', { mode: 'late', ms: CALL_MS * 1.25 }, done],
  ];
  test.each(modes)('%s ends as the truth is', async (_what, fault, truth) => {
    rig.service.faults.add({ match: retries, fault });
    expect(await run()).toMatchObject({ state: 'ended', ...truth });
  });

  test('fails one of them: partly', async () => {
    rig.service.faults.add({ match: retries, fault: { mode: 'status', status: 503 }, times: 1 });
    expect(await run()).toMatchObject({ outcome: 'partly', counts: { done: ORDERS - 1, failed: 1 } });
  });

  test('loses its answers and is gone when it is read back: unknown, and nobody guesses', async () => {
    rig.service.faults.add({ match: retries, fault: { mode: 'lost' } });
    before.set('read back R20', () => rig.service.faults.add({ fault: { mode: 'down' } }));
    expect(await run()).toMatchObject({ outcome: 'unknown', counts: { unknown: ORDERS } });
    rig.service.faults.clear();
    await rig.skip(1);
  });

  test('loses its answers and is gone only for a moment: read back a second time', async () => {
    rig.service.faults.add({ match: retries, fault: { mode: 'lost' } });
    let heal: () => void = () => undefined;
    let reads = 0;
    before.set('read back R20', () => {
      reads += 1;
      if (reads === 1) heal = rig.service.faults.add({ fault: { mode: 'down' } });
      if (reads === ORDERS + 1) heal();
    });
    expect(await run()).toMatchObject({ outcome: 'done', counts: { done: ORDERS } });
    expect(reads).toBe(ORDERS * 2);
  });

  test('is gone before it begins: nothing is sent, and the card says so', async () => {
    const sent = rig.service.count('POST', retries.path);
    before.set('binding R20', () => rig.service.faults.add({ fault: { mode: 'down' } }));
    expect(await run()).toMatchObject({
      outcome: 'failed',
      line: expect.stringContaining('Nothing was started: '),
    });
    expect(rig.service.count('POST', retries.path)).toBe(sent);
  });

  test('in all of that no order was asked twice by one run', async () => {
    const keys = rig.service.requests
      .filter(({ method }) => method === 'POST')
      .map(({ headers }) => headers['idempotency-key']);
    const begun = (await incident()).runs.filter(({ beganAt }) => beganAt !== null);
    expect(keys).toHaveLength(begun.length * ORDERS);
    expect(new Set(keys).size).toBe(keys.length);
  });
});
