import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NO_IDS } from '../../../src/domain/alert.ts';
import type { CauseHistory } from '../../../src/domain/cause-history.ts';
import type { Incident } from '../../../src/domain/incident.ts';
import type { OrderSummary } from '../../../src/ports/probes.ts';
import type { Findings } from '../../../src/runbooks/define-runbook.ts';
import type { StuckData } from '../../../src/runbooks/stuck-orders/checks.ts';
import { republishEvents } from '../../../src/runbooks/stuck-orders/republish.ts';
import { retryWorkflow } from '../../../src/runbooks/stuck-orders/retry.ts';
import { DEFAULT_THRESHOLDS } from '../../../src/runbooks/thresholds.ts';
import { anIncident, aRun } from '../../support/incidents.ts';
import {
  A_DRAFT,
  aJudging,
  anOrder,
  aProving,
  fakeProbes,
  MINUTE,
  NOW,
  seen,
  silent,
} from '../../support/runbooks.ts';
import { deliveries, engine, eventsSeen, findings, provenRun, stuck } from './support.ts';

type Given = Partial<Findings<StuckData>>;
const judging = (given: Given, change: Partial<Incident> = {}) =>
  aJudging(findings(given), { incident: anIncident([], change) });
const TWO = ['ord_aaa111', 'ord_bbb222'] as const;
const over = (id: string, ago: number): CauseHistory => ({
  [id]: { supportedAt: NOW - 60 * MINUTE, clearSince: NOW - ago * MINUTE },
});

const LOST = ['fulfillment.requested'];
const EVENTS_FIRST = 'events of these orders are missing in Kafka, and go first (“Republish events”)';
const missing = (by: Parameters<typeof eventsSeen>[0]): Given => ({ events: seen('broken', eventsSeen(by)) });

describe('R20: what it offers', () => {
  test.each<[string, Given, Partial<Incident>, readonly string[]]>([
    ['nothing is stuck', stuck(), {}, []],
    ['nobody knows', { stuck: seen('unknown', null) }, {}, []],
    ['one order', stuck('ord_aaa111'), {}, ['The workflow of 1 order starts again.']],
    ['two orders', stuck(...TWO), {}, ['The workflow of 2 orders starts again.']],
    [
      'only what is not being proven already',
      stuck(...TWO),
      { runs: [provenRun(null, ['ord_aaa111'])] },
      ['The workflow of 1 of 2 orders, the oldest first, starts again.'],
    ],
    [
      'all of them, where each is being proven',
      stuck(...TWO),
      { runs: [provenRun(null, TWO)] },
      ['The workflow of 2 orders starts again.'],
    ],
    [
      'the order that the alert named',
      stuck(...TWO),
      { ids: { ...NO_IDS, orders: ['ord_bbb222', 'ord_zzz999'] } },
      ['The workflow of 2 orders starts again.', 'The workflow of ord_bbb222 alone starts again.'],
    ],
    [
      'not those that miss an event',
      { ...stuck(...TWO, 'ord_ccc333'), ...missing({ ord_aaa111: LOST, ord_bbb222: [], ord_ccc333: [] }) },
      {},
      ['The workflow of 2 of 3 orders, the oldest first, starts again.'],
    ],
    [
      'all of them, where each misses one: it waits, and says why',
      { ...stuck(...TWO), ...missing({ ord_aaa111: LOST, ord_bbb222: LOST }) },
      {},
      ['The workflow of 2 orders starts again.'],
    ],
    [
      'more than one offer covers',
      { stuck: seen('broken', { total: 350, orders: TWO.map((id) => anOrder(id)) }) },
      {},
      ['The workflow of 2 of 350 orders, the oldest first, starts again.'],
    ],
  ])('%s', (_what, given, change, previews) =>
    expect(retryWorkflow.draft(judging(given, change)).flatMap(({ preview }) => preview)).toEqual(previews),
  );
});

describe('R20: when it is recommended', () => {
  const harmless =
    'orders are stuck, nothing that could be looked at speaks against it, and a retry does no harm';
  const back = 'the workflow engine is back, and orders are still stuck';
  const crashed = engine({ restartedAt: NOW - 10 * MINUTE });
  const ten = provenRun('did not help', TWO, [], { beganAt: NOW - 10 * MINUTE });
  test.each<[string, Given, Partial<Incident>, string | null]>([
    ['nothing speaks against it', {}, {}, harmless],
    ['systems are silent', { engine: seen('unknown', null), webhooks: seen('skipped', null) }, {}, harmless],
    ['the engine is away', { engine: seen('broken', engine({ ready: 0 })) }, {}, null],
    ['the engine crashed and is back', { engine: seen('healthy', crashed) }, {}, back],
    ['it crashed and is not well', { engine: seen('broken', { ...crashed, ready: 1 }) }, {}, null],
    ['the warehouse refuses', { webhooks: seen('broken', deliveries(0, 9)) }, {}, null],
    ['events of most are missing', missing({ ord_aaa111: LOST }), {}, null],
    ['no event is missing', missing({ ord_aaa111: [], ord_bbb222: [] }), {}, harmless],
    [
      'the warehouse refuses, the engine is back',
      { webhooks: seen('broken', deliveries(0, 9)), engine: seen('healthy', crashed) },
      {},
      null,
    ],
    [
      'the engine is over',
      {},
      { causeHistory: over('3.C2', 5) },
      '“Workflow engine away” is over, and orders are still stuck',
    ],
    [
      'the warehouse is over',
      {},
      { causeHistory: over('3.C4', 5) },
      '“Warehouse does not take our calls” is over, and orders are still stuck',
    ],
    ['over for half a minute is not over', {}, { causeHistory: over('3.C4', 0.5) }, harmless],
    ['a retry did not help any', {}, { runs: [ten] }, null],
    ['a retry helped one', {}, { runs: [provenRun('partly helped', TWO, ['ord_bbb222'])] }, harmless],
    ['a retry is not proven yet', {}, { runs: [provenRun(null, TWO)] }, harmless],
    ['a retry of one is not proven yet', {}, { runs: [provenRun(null, ['ord_aaa111'])] }, harmless],
    ['nobody could tell', {}, { runs: [provenRun('could not tell', TWO)] }, harmless],
    [
      'a cause has ended since it did not help',
      {},
      { runs: [ten], causeHistory: over('3.C4', 5) },
      '“Warehouse does not take our calls” is over, and orders are still stuck',
    ],
    ['it did not help after the cause had ended', {}, { runs: [ten], causeHistory: over('3.C4', 15) }, null],
  ])('%s', (_what, given, change, why) => {
    const judged = judging({ ...stuck(...TWO), ...given }, change);
    const [all] = retryWorkflow.draft(judged);
    expect(retryWorkflow.when(judged, all ?? A_DRAFT)).toBe(why);
  });

  test('the offer for one beside all is never recommended', () => {
    const judged = judging(stuck(...TWO), { ids: { ...NO_IDS, orders: ['ord_bbb222'] } });
    const [all, one] = retryWorkflow.draft(judged).map((draft) => retryWorkflow.when(judged, draft));
    expect([all, one]).toEqual([harmless, null]);
  });

  test('not when nobody knows whether orders are stuck', () =>
    expect(retryWorkflow.when(judging({ stuck: seen('unknown', null) }), A_DRAFT)).toBeNull());
});

describe('R20: when it waits', () => {
  test.each<[string, Given, string | null]>([
    ['nothing speaks against it', {}, null],
    [
      'no pod is ready',
      { engine: seen('broken', engine({ ready: 0 })) },
      'the workflow engine is down, nobody would take it',
    ],
    [
      'one pod is not ready',
      { engine: seen('broken', engine({ ready: 1 })) },
      'the workflow engine is not well and might not take it',
    ],
    ['the engine is unknown', { engine: seen('unknown', null) }, null],
    ['the warehouse refuses', { webhooks: seen('broken', deliveries(0, 5)) }, 'the warehouse still refuses'],
    [
      'an event of it is missing',
      missing({ ord_aaa111: LOST, ord_bbb222: [], ord_ccc333: [] }),
      EVENTS_FIRST,
    ],
    ['an event of another is missing', missing({ ord_aaa111: [], ord_bbb222: LOST, ord_ccc333: [] }), null],
    ['events of most are missing, and nobody looked at its', missing({ ord_bbb222: LOST }), EVENTS_FIRST],
    ['events of most are missing, and not its', missing({ ord_aaa111: [], ord_bbb222: LOST }), null],
    ['nobody could tell', missing({ ord_aaa111: null }), null],
  ])('%s', (_what, given, why) => expect(retryWorkflow.notWhile(judging(given), A_DRAFT)).toBe(why));
});

const probesOf = (...orders: readonly (OrderSummary | 'silent')[]) => {
  let asked = 0;
  return fakeProbes({
    orderService: {
      order: async (id) => {
        const same = orders.filter((order) => order === 'silent' || order.id === id);
        const order = same[Math.min(asked, same.length - 1)] ?? null;
        if (same.length > 1) asked += 1;
        if (order === 'silent') throw silent();
        return order;
      },
    },
  });
};

const attempt = (at: number, by: string | null = 'URESPONDER', kind = 'retry-workflow') => ({ kind, at, by });

describe.each([
  ['R20', retryWorkflow, 'retry-workflow'],
  ['R21', republishEvents, 'republish-events'],
] as const)('%s: what still holds', (_step, action, kind) => {
  test('those that left processing are dropped; the newest attempt of its kind is noted', async () => {
    const first = anOrder('ord_aaa111', {
      attempts: [attempt(5, null, kind), attempt(9, 'U1', kind), attempt(99, 'U1', 'other')],
    });
    const run = aRun({ targets: TWO });
    const probes = probesOf(first, anOrder('ord_bbb222', { status: 'shipped' }));
    expect(await action.stillHolds(aProving(probes, { run }), run)).toEqual({
      targets: ['ord_aaa111'],
      dropped: [{ target: 'ord_bbb222', because: 'it is shipped by now' }],
      noted: { tries: '{"ord_aaa111":9}' },
    });
  });

  test.each([
    ['silent', probesOf('silent')],
    ['not known', probesOf()],
  ])('an order that is %s starts nothing', async (_what, probes) => {
    const run = aRun({ targets: TWO });
    expect(await action.stillHolds(aProving(probes, { run }), run)).toEqual({
      changed: 'the status of 2 of 2 orders could not be read first',
    });
  });
});

describe('R20: reading back a lost answer', () => {
  const order = (change: Partial<OrderSummary> = {}) => anOrder('ord_aaa111', change);
  const read = async (tries: string | undefined, ...orders: readonly (OrderSummary | 'silent')[]) => {
    const parameters: Record<string, string> = tries === undefined ? {} : { tries };
    const run = aRun({ targets: ['ord_aaa111'], parameters });
    return await retryWorkflow.readBack('ord_aaa111', parameters, aProving(probesOf(...orders), { run }));
  };

  test.each<[string, Promise<string>, string]>([
    ['a new attempt of ours', read('{}', order({ attempts: [attempt(1)] })), 'done'],
    ['the old attempt of ours only', read('{"ord_aaa111":1}', order({ attempts: [attempt(1)] })), 'not done'],
    [
      'a new one beside the old',
      read('{"ord_aaa111":1}', order({ attempts: [attempt(1), attempt(2)] })),
      'done',
    ],
    ['no attempt', read('{}', order()), 'not done'],
    ['a service that keeps no attempts', read('{}', order({ attempts: null })), 'unknown'],
    ['an attempt of somebody else', read('{}', order({ attempts: [attempt(1, 'UOTHER')] })), 'not done'],
    ['an attempt of nobody known', read('{}', order({ attempts: [attempt(1, null)] })), 'unknown'],
    [
      'another kind',
      read('{}', order({ attempts: [attempt(1, 'URESPONDER', 'republish-events')] })),
      'not done',
    ],
    ['it left processing without an attempt', read('{}', order({ status: 'shipped' })), 'unknown'],
    ['it left between two looks', read('{}', order(), order({ status: 'shipped' })), 'unknown'],
    ['silent at the second look', read('{}', order(), 'silent'), 'unknown'],
    ['not known', read('{}'), 'unknown'],
    ['nothing was noted', read(undefined, order({ attempts: [attempt(1)] })), 'unknown'],
  ])('%s', async (_what, said, wanted) => expect(await said).toBe(wanted));

  test('the service’s clock may be days ahead or behind', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: -9e9, max: 9e9 }),
        fc.nat(1_000),
        fc.boolean(),
        async (skew, before, ours) => {
          const old = NOW + skew;
          const attempts = [attempt(old), ...(ours ? [attempt(old + 1 + before)] : [])];
          const tries = JSON.stringify({ ord_aaa111: old });
          expect(await read(tries, order({ attempts }))).toBe(ours ? 'done' : 'not done');
        },
      ),
    );
  });
});

describe('R20: the proof', () => {
  test('counts who left processing; who cannot be read is unknown', async () => {
    const run = aRun({ targets: [...TWO, 'ord_ccc333'] }, { since: NOW - 4 * MINUTE });
    const probes = probesOf(anOrder('ord_aaa111', { status: 'shipped' }), anOrder('ord_bbb222'));
    expect(await retryWorkflow.proof.sample(aProving(probes, { run }))).toMatchObject({
      moved: ['ord_aaa111'],
      unknown: ['ord_ccc333'],
      line: '4 min have passed; normal is up to 15 min. 1 could not be read.',
    });
  });

  test('takes 15 min, every minute, two alike; safe, and owes nothing', () => {
    for (const action of [retryWorkflow, republishEvents]) {
      const plan = action.proof.plan(DEFAULT_THRESHOLDS);
      expect(plan).toMatchObject({ withinMs: 15 * MINUTE, everyMs: MINUTE, alike: 2 });
      expect(action).toMatchObject({ tier: 'safe', mitigates: false, owes: [] });
      expect(action.validate({}, { ...judging({}), shown: {} })).toEqual({});
    }
  });
});
