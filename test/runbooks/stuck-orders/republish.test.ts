import { describe, expect, test } from 'vitest';
import type { KafkaProbe } from '../../../src/ports/kafka.ts';
import type { Findings } from '../../../src/runbooks/define-runbook.ts';
import type { StuckData } from '../../../src/runbooks/stuck-orders/checks.ts';
import { republishEvents } from '../../../src/runbooks/stuck-orders/republish.ts';
import { DEFAULT_THRESHOLDS } from '../../../src/runbooks/thresholds.ts';
import { aRun } from '../../support/incidents.ts';
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
import { engine, eventsSeen, findings, publishLogs, stuck } from './support.ts';

type Given = Partial<Findings<StuckData>>;
const judging = (given: Given, open: readonly ('stuck-orders' | 'kafka-lag')[] = ['stuck-orders']) =>
  aJudging(findings(given), { open });
const THREE = ['ord_aaa111', 'ord_bbb222', 'ord_ccc333'] as const;
const LOST = ['fulfillment.requested'];
const missing = (by: Parameters<typeof eventsSeen>[0]): Given => ({
  ...stuck(...THREE),
  events: seen('broken', eventsSeen(by)),
});

describe('R21: what it offers', () => {
  test.each<[string, Given, readonly (readonly string[])[]]>([
    [
      'all, where most of those that were looked at miss an event',
      missing({ ord_aaa111: LOST, ord_bbb222: LOST }),
      [THREE],
    ],
    [
      'not the one that misses nothing',
      missing({ ord_aaa111: LOST, ord_bbb222: [] }),
      [['ord_aaa111', 'ord_ccc333']],
    ],
    [
      'only the one that misses an event, where it is one of many',
      missing({ ord_aaa111: LOST, ord_bbb222: [], ord_ccc333: [] }),
      [['ord_aaa111']],
    ],
    ['none, where nothing is missing', missing({ ord_aaa111: [], ord_bbb222: [], ord_ccc333: [] }), []],
    [
      'each alone, where nobody could tell',
      missing({ ord_aaa111: null, ord_bbb222: [], ord_ccc333: null }),
      [['ord_aaa111'], ['ord_ccc333']],
    ],
    ['each alone without Kafka', stuck('ord_aaa111', 'ord_bbb222'), [['ord_aaa111'], ['ord_bbb222']]],
    [
      'not one that has left processing',
      { oldest: seen('broken', { orders: [anOrder('ord_aaa111', { status: 'shipped' })] }) },
      [],
    ],
    ['none, where nobody knows of any', { oldest: seen('unknown', null) }, []],
  ])('%s', (_what, given, targets) =>
    expect(republishEvents.draft(judging(given)).map((draft) => draft.targets)).toEqual(targets),
  );

  test('says what was looked at, or that nobody looked', () => {
    const [sure] = republishEvents.draft(
      judging(missing({ ord_aaa111: LOST, ord_bbb222: [], ord_ccc333: [] })),
    );
    expect(sure?.preview).toEqual([
      'The events of 1 order are sent again.',
      'fulfillment.requested of 1 of the 3 oldest stuck orders is missing in Kafka.',
    ]);
    const why = 'Kafka is not configured (KAFKA_BROKERS).';
    const dark = { ...stuck('ord_aaa111'), events: { ...seen('skipped', null), line: why } };
    const [unchecked] = republishEvents.draft(judging(dark));
    expect(unchecked?.preview).toEqual([
      'The events of ord_aaa111 are sent again.',
      `Events not checked. ${why}`,
    ]);
  });
});

describe('R21: when', () => {
  const recommended = (given: Given) => {
    const judged = judging(given);
    return republishEvents.draft(judged).map((draft) => republishEvents.when(judged, draft));
  };
  test.each<[string, Given, readonly (string | null)[]]>([
    [
      'most miss an event',
      missing({ ord_aaa111: LOST }),
      ['fulfillment.requested of the oldest stuck order never reached Kafka'],
    ],
    ['one of many does', missing({ ord_aaa111: LOST, ord_bbb222: [], ord_ccc333: [] }), [null]],
    ['nobody looked', stuck('ord_aaa111'), [null]],
  ])('%s', (_what, given, why) => expect(recommended(given)).toEqual(why));

  const nothing = 'no event of it is missing in Kafka';
  test.each<[string, Given, readonly ('stuck-orders' | 'kafka-lag')[], string | null]>([
    ['an event is missing', missing({ ord_aaa111: LOST }), ['stuck-orders'], null],
    ['none is', missing({ ord_aaa111: [] }), ['stuck-orders'], nothing],
    ['nobody could tell', missing({ ord_aaa111: null }), ['stuck-orders'], null],
    ['nobody looked', {}, ['stuck-orders'], null],
    [
      'a broker is not well',
      { ...missing({ ord_aaa111: LOST }), brokers: seen('broken', engine({ ready: 1 })) },
      ['stuck-orders'],
      'Kafka is in trouble, it would fail again',
    ],
    [
      'events are not published now',
      { ...missing({ ord_aaa111: LOST }), publishing: seen('broken', publishLogs({ unreachable: 9 })) },
      ['stuck-orders'],
      '9 events were not published in 30 min, it would fail again',
    ],
    [
      'Kafka is in trouble',
      missing({ ord_aaa111: LOST }),
      ['stuck-orders', 'kafka-lag'],
      'Kafka is in trouble, it would fail again',
    ],
  ])('waits: %s', (_what, given, open, why) =>
    expect(republishEvents.notWhile(judging(given, open), A_DRAFT)).toBe(why),
  );
});

describe('R21: the proof', () => {
  const since = NOW - MINUTE;
  const run = (change: { since?: number; samples?: number } = {}) => {
    const sample = { at: NOW, moved: [], unknown: [], line: '', value: 0, worse: false };
    return aRun(
      { targets: THREE.slice(0, 2) },
      { since: change.since ?? since, samples: Array.from({ length: change.samples ?? 0 }, () => sample) },
    );
  };
  /** Kafka has every event of these orders. */
  const has = (...orders: readonly string[]): Partial<KafkaProbe> => ({
    orderEvents: async ({ orders: asked }) => ({
      events: orders.flatMap((order) =>
        ['order.created', 'payment.authorized', 'fulfillment.requested'].map((type) => ({
          order,
          type,
          at: NOW,
        })),
      ),
      whole: asked.map(({ order }) => order),
      unread: 0,
    }),
  });
  const sample = async (kafka: Partial<KafkaProbe>, of: ReturnType<typeof run>, status = 'processing') => {
    const orderService = { order: async (id: string) => anOrder(id, { status }) };
    return await republishEvents.proof.sample(aProving(fakeProbes({ kafka, orderService }), { run: of }));
  };
  const [one, two] = THREE;

  test('waits for the events first', async () => {
    expect(await sample(has(), run())).toMatchObject({
      settling: true,
      line: 'Kafka has the events of 0 of 2.',
    });
    expect(await sample(has(one), run())).toMatchObject({ settling: true });
    expect(await sample(has(one, two), run())).toMatchObject({
      moved: [],
      line: 'Kafka has the events of 2 of 2. 1 min have passed; normal is up to 15 min.',
    });
    expect(await sample(has(one, two), run())).not.toHaveProperty('settling');
  });

  test('goes on after two minutes with those that arrived, and not with none', async () => {
    const late = run({ since: NOW - 2 * MINUTE });
    expect(await sample(has(one), late)).not.toHaveProperty('settling');
    expect(await sample(has(), late)).toMatchObject({ settling: true });
  });

  test('is R20’s from then on, and does not ask Kafka again', async () => {
    const never = { orderEvents: async () => Promise.reject(new Error('asked')) };
    expect(await sample(never, run({ samples: 1 }))).toMatchObject({ moved: [], value: 0 });
    expect(await sample(never, run({ samples: 1 }), 'shipped')).toMatchObject({ moved: [one, two] });
    // Shipped already: nobody needs to ask for the event.
    expect(await sample(never, run(), 'shipped')).toMatchObject({ moved: [one, two] });
  });

  test('does not take silence for a missing event', async () => {
    const mute = { orderEvents: async () => Promise.reject(silent('Kafka')) };
    for (const kafka of [mute, {}]) {
      const said = await sample(kafka, run());
      expect(said).not.toHaveProperty('settling');
      expect(said.line).toContain('Whether Kafka has the events cannot be told.');
    }
  });

  test('gives the events two minutes, then the workflow its own time', () => {
    expect(republishEvents.proof.plan(DEFAULT_THRESHOLDS)).toMatchObject({
      settleMs: 2 * MINUTE,
      settleEveryMs: 15_000,
      withinMs: 15 * MINUTE,
      everyMs: MINUTE,
      alike: 2,
    });
  });
});
