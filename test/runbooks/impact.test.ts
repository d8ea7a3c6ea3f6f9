import { describe, expect, test } from 'vitest';
import type { DeadOrder } from '../../src/ports/kafka.ts';
import type { FailedQuestion, ImpactCounts } from '../../src/ports/probes.ts';
import { RUNBOOK_NAMES } from '../../src/runbooks/names.ts';
import { SERIES } from '../../src/runbooks/shared/traffic-samples.ts';
import { aLog, diagnosed, fakeProbes, MINUTE, NOW, silent } from '../support/runbooks.ts';

const counts = (affected: number, total = 100): ImpactCounts => ({
  affected,
  total,
  windowMinutes: 30,
  source: 'orders table',
  at: NOW,
});

describe('runbook 2: orders for a product that is really gone do not count', () => {
  const line = (order: string, product: string, code = 'INVENTORY_UNAVAILABLE') =>
    `inventory:reserve order=${order} code=${code} sku=${product} available=0`;
  const lines = [
    line('ord_gone01', 'sku-1'),
    line('ord_gone01', 'sku-1'),
    line('ord_gone02', 'sku-1'),
    // The product is gone, and this order failed for another reason.
    line('ord_late01', 'sku-1', 'RESERVATION_TIMEOUT'),
    line('ord_fails1', 'sku-2'),
  ];
  const names = {
    ...RUNBOOK_NAMES,
    catalog: { url: 'http://catalog', stockPath: '/stock/{id}' },
    paths: { ...RUNBOOK_NAMES.paths, inventoryItem: '/items/{id}' },
  };

  async function measured(catalog: Readonly<Record<string, number>> | 'silent') {
    const asked: FailedQuestion[] = [];
    const probes = fakeProbes({
      kubernetes: {
        logs: async () => [aLog([], { lines, recent: lines, matched: lines.length })],
      },
      catalog: {
        async stock(id) {
          if (catalog === 'silent') throw silent('The catalog');
          return catalog[id] ?? null;
        },
      },
      orderService: { inventoryItem: async () => 0 },
      ordersDatabase: {
        async failedShare(question) {
          asked.push(question);
          return counts(5 - (question.except ?? []).length);
        },
      },
    });
    const { impact } = await diagnosed('inventory-reservation', probes, { names });
    return { impact, asked };
  }

  test('each once, by the lines of their failed reservations', async () => {
    const { impact, asked } = await measured({ 'sku-1': 0, 'sku-2': 60 });
    expect(asked.at(-1)?.except).toEqual(['ord_gone01', 'ord_gone02']);
    expect(impact).toMatchObject({ known: true, affected: 3, total: 100 });
  });

  test.each<[string, Readonly<Record<string, number>> | 'silent']>([
    ['the catalog has some', { 'sku-1': 4, 'sku-2': 60 }],
    ['the catalog is silent', 'silent'],
  ])('where %s, all count', async (_case, catalog) => {
    const { impact, asked } = await measured(catalog);
    expect(asked.map(({ except }) => except)).toEqual([[]]);
    expect(impact).toMatchObject({ known: true, affected: 5 });
  });
});

describe('runbook 7: orders with dead letters ÷ orders that changed', () => {
  const dead = (ago: number): DeadOrder => ({ order: `ord_dead${ago}`, at: NOW - ago * MINUTE });
  const measured = async (
    orders: readonly DeadOrder[] | null | 'silent',
    changed: number | 'silent' = 40,
    view: ImpactCounts | null = null,
  ) => {
    const probes = fakeProbes({
      orderService: {
        async failedEvents() {
          if (orders === 'silent') throw silent('The order service');
          return { total: 9, oldestAt: null, byClass: {}, orders };
        },
      },
      ordersDatabase: {
        impactView: async () => view,
        async changedOrders(minutes) {
          if (changed === 'silent') throw silent('The orders database');
          return minutes === 30 ? changed : 0;
        },
      },
    });
    return (await diagnosed('kafka-lag', probes)).impact;
  };

  test.each<[string, Parameters<typeof measured>, object]>([
    ['only letters of the window count', [[dead(1), dead(29), dead(31)]], { affected: 2, total: 40 }],
    ['no letter is no order', [[]], { affected: 0, total: 40 }],
    ['a row that was written before its letter', [[dead(1), dead(2)], 20], { affected: 2, total: 20 }],
    [
      'never more than there are',
      [Array.from({ length: 30 }, (_, ago) => dead(ago)), 20],
      { affected: 20, total: 20 },
    ],
    ['the owners’ view goes first', ['silent', 'silent', counts(7)], { affected: 7, total: 100 }],
    [
      'letters that do not name their order',
      [null],
      { known: false, because: /names its order\. Ordering itself goes on\.$/ },
    ],
    [
      'a silent service',
      ['silent'],
      { known: false, because: /did not answer\. Ordering itself goes on\.$/ },
    ],
    [
      'a silent database',
      [[], 'silent'],
      { known: false, because: /did not answer\. Ordering itself goes on\.$/ },
    ],
    ['too few orders', [[dead(1)], 19], { known: false, because: /^1 of 19 orders: too few/ }],
  ])('%s', async (_case, given, wanted) => {
    const impact = await measured(...given);
    for (const [key, value] of Object.entries(wanted))
      expect(impact).toMatchObject({ [key]: value instanceof RegExp ? expect.stringMatching(value) : value });
  });
});

describe('runbook 8: by the orders’ codes, else by the requests that create orders', () => {
  const ROUTE = 'POST /orders';
  const names = {
    ...RUNBOOK_NAMES,
    metrics: { ...RUNBOOK_NAMES.metrics, requests: 'requests' },
    traffic: { ...RUNBOOK_NAMES.traffic, orderRoute: ROUTE },
  };
  const rising = (each: number) =>
    Array.from({ length: 31 }, (_, place) => ({ at: NOW - (30 - place) * MINUTE, value: place * each }));
  const samples = {
    [SERIES.all]: rising(20),
    [SERIES.failures]: rising(5),
    [SERIES.route(ROUTE)]: rising(10),
    [SERIES.failuresOf(ROUTE)]: rising(4),
  };
  const measured = async (database: ImpactCounts | 'silent', configured: string | null = ROUTE) => {
    const probes = fakeProbes({
      ordersDatabase: {
        async failedShare() {
          if (database === 'silent') throw silent('The orders database');
          return database;
        },
      },
      orderService: {
        traffic: async () => [
          {
            pod: 'a',
            value: { routes: [{ route: ROUTE, requests: 300, failures: 120 }], within: [] },
            problem: null,
          },
        ],
      },
    });
    const called = { ...names, traffic: { ...names.traffic, orderRoute: configured } };
    return (await diagnosed('memory', probes, { names: called, samples })).impact;
  };

  test.each<[string, Parameters<typeof measured>, object]>([
    ['the database tells', [counts(12)], { affected: 12, total: 100, source: 'orders table' }],
    [
      'it is silent',
      ['silent'],
      { affected: 40, total: 100, windowMinutes: 10, source: 'requests that create orders' },
    ],
    ['it has too few orders', [counts(1, 3)], { affected: 40, total: 100 }],
    [
      'it is silent, and no route is configured',
      ['silent', null],
      { known: false, because: /did not answer/ },
    ],
    [
      'it is silent, and the route is another',
      ['silent', 'POST /carts'],
      { known: false, because: /did not answer/ },
    ],
    [
      'it has too few, and no route is configured',
      [counts(1, 3), null],
      { known: false, because: /too few/ },
    ],
  ])('%s', async (_case, given, wanted) => {
    const impact = await measured(...given);
    for (const [key, value] of Object.entries(wanted))
      expect(impact).toMatchObject({ [key]: value instanceof RegExp ? expect.stringMatching(value) : value });
  });
});
