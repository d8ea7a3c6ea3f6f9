import { describe, expect, test } from 'vitest';
import { NO_IDS } from '../../../src/domain/alert.ts';
import type { Verdict } from '../../../src/domain/finding.ts';
import type { KubernetesProbe } from '../../../src/ports/kubernetes.ts';
import type { OrderServiceProbe, OrderSummary, StuckQuestion } from '../../../src/ports/probes.ts';
import { SystemError } from '../../../src/ports/system-error.ts';
import type { Deliveries } from '../../../src/runbooks/stuck-orders/webhooks.ts';
import { aRules } from '../../support/builders.ts';
import {
  aLog,
  anOrder,
  aPod,
  diagnosed,
  fakeProbes,
  MINUTE,
  NOW,
  silent,
  times,
} from '../../support/runbooks.ts';

const look = async (given: {
  readonly orderService?: Partial<OrderServiceProbe>;
  readonly kubernetes?: Partial<KubernetesProbe>;
}) => await diagnosed('stuck-orders', fakeProbes(given));

/** So many orders past two hours, and so many more past a quarter of an hour. */
const service = (past: number, slow = 0, change: Partial<OrderServiceProbe> = {}) => {
  const orders = Array.from({ length: past }, (_, place) => anOrder(`ord_aaa${100 + place}`));
  return {
    stuckOrders: async ({ olderThanMinutes, limit }: StuckQuestion) => ({
      orders: orders.slice(0, limit),
      total: olderThanMinutes === 120 ? past : past + slow,
      unread: 0,
      next: null,
    }),
    order: async (id: string, _signal: AbortSignal) => orders.find((order) => order.id === id) ?? null,
    ...change,
  };
};

test('systems that are not configured are skipped, those that do not answer unknown', async () => {
  const no = async () => {
    throw silent();
  };
  const absent = await look({});
  expect(absent.findings.map(({ verdict }) => verdict)).toEqual(times(11, 'skipped'));
  const dead = await look({
    orderService: { stuckOrders: no, order: no },
    kubernetes: { pods: no, logs: no },
  });
  expect(dead.findings.map(({ step, verdict }) => `${step} ${verdict}`)).toEqual([
    'R16 unknown',
    'X10 unknown',
    'R17 skipped',
    'R18 unknown',
    'R19 unknown',
    'X9 skipped',
    'X11 unknown',
    'R47 unknown',
    'R45 unknown',
    'R49 skipped',
    'R39 skipped',
  ]);
  for (const { causes } of [absent, dead])
    expect(causes.every(({ verdict }) => verdict === 'open')).toBe(true);
});

describe('R16', () => {
  test('calls the status as the company does', async () => {
    const names = aRules().names;
    const statuses = { ...names.statuses, processing: 'EM_PROCESSAMENTO' };
    const found = await diagnosed('stuck-orders', fakeProbes({ orderService: service(1) }), {
      names: { statuses },
    });
    expect(found.of('R16').line).toBe(
      '1 order has been in EM_PROCESSAMENTO for over 2 h, the oldest for 3 h.',
    );
  });

  test.each<[string, ReturnType<typeof service>, Verdict, string]>([
    ['none', service(0), 'healthy', 'No order has been in processing for over 2 h.'],
    [
      'only slow ones',
      service(0, 3),
      'healthy',
      'No order has been in processing for over 2 h. 3 more take longer than 15 min.',
    ],
    ['one', service(1), 'broken', '1 order has been in processing for over 2 h, the oldest for 3 h.'],
    [
      'many, and slow ones',
      service(37, 4),
      'broken',
      '37 orders have been in processing for over 2 h, the oldest for 3 h. 4 more take longer than 15 min.',
    ],
    [
      'the slow ones could not be asked',
      service(2, 0, {
        stuckOrders: async (question) => {
          if (question.olderThanMinutes !== 120) throw silent();
          return { orders: [anOrder('ord_aaa100')], total: 2, next: null, unread: 0 };
        },
      }),
      'broken',
      '2 orders have been in processing for over 2 h, the oldest for 3 h.',
    ],
  ])('%s', async (_what, orderService, verdict, line) => {
    expect((await look({ orderService })).of('R16')).toMatchObject({ verdict, line });
  });
});

describe('X10', () => {
  test('looks at the five oldest', async () => {
    const found = (await look({ orderService: service(9) })).of('X10');
    expect(found).toMatchObject({
      verdict: 'broken',
      line: 'No event was heard of 5 of the 5 oldest stuck orders; none of them were retried before.',
    });
    expect(found.evidence).toHaveLength(5);
  });

  test('looks at the order that was named first, however it stands', async () => {
    const { order, ...rest } = service(9);
    const shipped = anOrder('ord_zzz999', { status: 'shipped' });
    const orderService = {
      ...rest,
      order: async (...asked: Parameters<OrderServiceProbe['order']>) =>
        asked[0] === shipped.id ? shipped : await order(...asked),
    };
    const ids = { ...NO_IDS, orders: ['ord_aaa102', shipped.id] };
    const found = (await diagnosed('stuck-orders', fakeProbes({ orderService }), { incident: { ids } })).of(
      'X10',
    );
    expect(found.line).toBe(
      'No event was heard of 5 of the 6 named or oldest stuck orders; none of them were retried before.',
    );
    expect(found.evidence.map((line) => line.split('  ').slice(0, 2).join(' '))).toEqual([
      'ord_aaa102 processing',
      'ord_zzz999 shipped',
      ...['100', '101', '103', '104'].map((place) => `ord_aaa${place} processing`),
    ]);
  });

  const [shipped, gone] = [anOrder('ord_zzz999', { status: 'shipped' }), silent('The order service')];
  const before = 'none of them were retried before.';
  test.each<[string, number, OrderSummary | SystemError | null, Verdict, string]>([
    [
      'one that the service does not know, and none is stuck',
      0,
      null,
      'healthy',
      'No stuck order to look at. The service does not know ord_zzz999.',
    ],
    [
      'one that it does not know, beside a stuck one',
      1,
      null,
      'broken',
      `No event was heard of 1 of the 1 oldest stuck orders; ${before} The service does not know ord_zzz999.`,
    ],
    ['one that is refused, and none is stuck', 0, gone, 'unknown', 'The order service did not answer.'],
    [
      'one that went on',
      0,
      shipped,
      'healthy',
      `Events were heard of each of the 1 named or oldest stuck orders; ${before}`,
    ],
  ])('looks at a named order: %s', async (_what, past, said, verdict, line) => {
    const { order, ...rest } = service(past);
    const orderService: Partial<OrderServiceProbe> = {
      ...rest,
      order: async (...asked) => {
        if (asked[0] !== shipped.id) return await order(...asked);
        if (said instanceof SystemError) throw said;
        return said;
      },
    };
    const incident = { ids: { ...NO_IDS, orders: [shipped.id] } };
    const found = (await diagnosed('stuck-orders', fakeProbes({ orderService }), { incident })).of('X10');
    expect(found).toMatchObject({ verdict, line });
  });

  test('is not healthy while one could not be read', async () => {
    const event = { type: 'order.created', at: NOW };
    const order: OrderServiceProbe['order'] = async (id) => {
      if (id === 'ord_aaa101') throw silent();
      return anOrder(id, { lastEvent: event });
    };
    expect((await look({ orderService: service(2, 0, { order }) })).of('X10')).toMatchObject({
      verdict: 'unknown',
      line: 'Events were heard of each of the 1 oldest stuck orders; none of them were retried before. 1 could not be read.',
    });
  });

  test('says how many could not be read', async () => {
    const { order } = service(3);
    const some: OrderServiceProbe['order'] = async (id, signal) => {
      if (id === 'ord_aaa101') throw silent();
      return await order(id, signal);
    };
    expect((await look({ orderService: service(3, 0, { order: some }) })).of('X10').line).toBe(
      'No event was heard of 2 of the 2 oldest stuck orders; none of them were retried before. 1 could not be read.',
    );
  });

  test.each([
    ['none could be read', async () => Promise.reject(silent('The order service')), /did not answer/],
    ['the service knows none of them', async () => null, /knows none of the stuck orders/],
  ])('%s: unknown', async (_what, order, line) => {
    const found = (await look({ orderService: service(3, 0, { order }) })).of('X10');
    expect(found.verdict).toBe('unknown');
    expect(found.line).toMatch(line);
  });
});

describe('R18', () => {
  const ended = { reason: 'OOMKilled', exitCode: 137, at: NOW - 20 * MINUTE };
  test.each<[string, ReturnType<typeof aPod>[], Verdict, RegExp]>([
    ['all ready', [aPod(), aPod()], 'healthy', /^The workflow engine: 2 of 2 pods are ready\.$/],
    [
      'one crashes',
      [aPod(), aPod({ ready: false, waiting: 'CrashLoopBackOff', lastTermination: ended })],
      'broken',
      /^The workflow engine: 1 of 2 pods are ready, one ended 20 min ago, waiting: CrashLoopBackOff\.$/,
    ],
    [
      'back after a restart',
      [aPod({ restarts: 1, lastTermination: ended })],
      'healthy',
      /one ended 20 min ago/,
    ],
    [
      'a restart long ago',
      [aPod({ lastTermination: { ...ended, at: NOW - 121 * MINUTE } })],
      'healthy',
      /1 of 1 pods are ready\.$/,
    ],
    ['no pod of that name', [], 'unknown', /^The workflow engine has no pod with app=workflow-engine/],
  ])('%s', async (_what, pods, verdict, line) => {
    const found = (await look({ kubernetes: { pods: async () => pods } })).of('R18');
    expect(found.verdict).toBe(verdict);
    expect(found.line).toMatch(line);
  });
});

describe('R19', () => {
  const read = async (...logs: ReturnType<typeof aLog>[]) =>
    (await look({ kubernetes: { logs: async () => logs } })).of('R19');

  test.each([
    ['webhook:fulfillment order=ord_a1b attempt=1 status=200 duration_ms=80', 'taken'],
    ['{"msg":"webhook:fulfillment","status":"204"}', 'taken'],
    ['webhook:fulfillment order=ord_a1b status=503', 'failed'],
    ['webhook:fulfillment order=ord_a1b status=301', 'failed'],
    ['webhook:fulfillment order=ord_a1b status=timeout duration_ms=10000', 'failed'],
    ['webhook:fulfillment order=ord_a1b status=0', 'failed'],
    ['webhook:fulfillment order=ord_a1b error="connect ECONNREFUSED 10.0.0.1:443"', 'failed'],
    ['webhook:fulfillment order=ord_a1b connection reset by peer', 'failed'],
    ['webhook:fulfillment order=ord_a1b status=queued', null],
    ['webhook:fulfillment customer="Refused Timeout" status=queued', null],
    ['webhook:fulfillment recipient="status=500" status=200', 'taken'],
  ])('%s is %s', async (line, name) => {
    const { classes } = (await read(aLog([line]))).data as Deliveries;
    expect([classes.taken.lines, classes.failed.lines]).toEqual([
      name === 'taken' ? 1 : 0,
      name === 'failed' ? 1 : 0,
    ]);
  });

  const bad = 'webhook:fulfillment status=503';
  const good = 'webhook:fulfillment status=200';
  test.each<[string, ReturnType<typeof aLog>[], Verdict, RegExp]>([
    ['nothing was sent', [aLog([])], 'healthy', /^No call to the warehouse in 30 min\.$/],
    [
      'nothing was seen',
      [aLog([], { problem: 'Gone.' })],
      'unknown',
      /Not everything could be read: pod-1: Gone\.$/,
    ],
    ['taken', [aLog(times(9, good))], 'healthy', /^The warehouse took 9 of 9 calls in 30 min\.$/],
    ['refused', [aLog([...times(5, good), ...times(5, bad)])], 'broken', /^The warehouse took 5 of 10/],
    ['refused, and the log was cut', [aLog(times(5, bad), { truncated: true })], 'broken', /took 0 of 5/],
    ['it stopped', [aLog(times(9, bad), {}, 7)], 'healthy', /took 0 of 9/],
    ['taken, as far as could be read', [aLog(times(9, good), { truncated: true })], 'unknown', /took 9 of 9/],
  ])('%s', async (_what, logs, verdict, line) => {
    const found = await read(...logs);
    expect(found.verdict).toBe(verdict);
    expect(found.line).toMatch(line);
  });

  test('shows the last calls that were not taken', async () => {
    const found = await read(
      aLog([bad, ...times(50, good), ...times(6, 'webhook:fulfillment status=timeout')]),
    );
    expect(found.evidence).toHaveLength(5);
    expect(found.evidence.every((line) => line.includes('timeout'))).toBe(true);
  });
});
