import { describe, expect, test } from 'vitest';
import type { Verdict } from '../../../src/domain/finding.ts';
import type { RunbookId } from '../../../src/domain/severity.ts';
import type { FailedQuestion, ImpactCounts, OrderRate } from '../../../src/ports/probes.ts';
import { CATALOGUE } from '../../../src/runbooks/catalogue.ts';
import { RUNBOOK_NAMES } from '../../../src/runbooks/names.ts';
import { ORDER_WINDOWS, type OrdersSeen } from '../../../src/runbooks/shared/order-rate.ts';
import { diagnosed, fakeProbes, NOW, silent } from '../../support/runbooks.ts';

const rate = (created: number, lastWeek: number, windowMinutes = 60): OrderRate => ({
  created,
  lastWeek,
  windowMinutes,
});

/** Ten of a hundred failed, whatever is asked for. */
function database(orders: OrderRate | 'silent', source: ImpactCounts['source'] = 'orders table') {
  const asked: FailedQuestion[] = [];
  const probes = fakeProbes({
    ordersDatabase: {
      async orderRate() {
        if (orders === 'silent') throw silent();
        return orders;
      },
      async failedShare(question) {
        asked.push(question);
        const [windowMinutes = 30] = question.windowsMinutes;
        const total = orders === 'silent' ? 100 : orders.created;
        return { affected: 3, total, windowMinutes, source, at: NOW };
      },
    },
  });
  return { probes, asked };
}

describe.each<RunbookId>(['payment-failures', 'inventory-reservation', 'database-pool'])(
  'X6 of %s',
  (runbook) => {
    test.each<[OrderRate, Verdict, OrdersSeen['is'], RegExp]>([
      [
        rate(9, 20),
        'broken',
        'missing',
        /^9 orders were created in 60 min, 20 in the same time last week\. Orders are missing\.$/,
      ],
      [rate(10, 20), 'healthy', 'usual', /last week\.$/],
      [rate(29, 20), 'healthy', 'usual', /last week\.$/],
      [rate(30, 20), 'healthy', 'more', /more than usual\.$/],
      [rate(40, 20), 'healthy', 'spike', /That is a spike\.$/],
      [rate(0, 20), 'broken', 'missing', /^0 orders were/],
      [rate(1, 0, 360), 'healthy', null, /^1 order was created in 360 min, 0 .* Too few to compare\.$/],
      [rate(10, 19, 360), 'healthy', null, /Too few to compare\.$/],
      [rate(9, 19, 360), 'unknown', null, /Too few to compare\.$/],
    ])('%j is %s, %s', async (orders, verdict, is, line) => {
      const found = (await diagnosed(runbook, database(orders).probes)).of('X6');
      expect(found).toMatchObject({ verdict, line: expect.stringMatching(line), data: { ...orders, is } });
    });

    test('a database that does not answer is unknown, one that is not configured is skipped', async () => {
      expect((await diagnosed(runbook, database('silent').probes)).of('X6').verdict).toBe('unknown');
      expect((await diagnosed(runbook, fakeProbes({}))).of('X6').verdict).toBe('skipped');
    });

    test('it says what to type, with the names that are configured', () => {
      const { checks } = CATALOGUE.find(({ id }) => id === runbook) ?? {};
      const check = Object.values(checks ?? {}).find(({ step }) => step === 'X6');
      const orders = { table: 'sales.orders', createdAt: 'placed_at', errorCode: 'code', timeZone: 'UTC' };
      expect(check?.equivalent({ ...RUNBOOK_NAMES, orders })).toMatch(
        /psql .*set timezone = 'UTC'; .*placed_at > now\(\) - interval '7 days 30 min' .* from sales\.orders;/,
      );
    });
  },
);

describe.each<RunbookId>(['payment-failures', 'database-pool'])('the impact of %s', (runbook) => {
  const impact = async (orders: OrderRate | 'silent', source?: ImpactCounts['source']) => {
    const { probes, asked } = database(orders, source);
    return { impact: (await diagnosed(runbook, probes)).impact, asked };
  };

  test('counts the orders that never came, in the span that was compared', async () => {
    const { impact: seen, asked } = await impact(rate(12, 40));
    expect(seen).toMatchObject({ known: true, affected: 31, total: 40, missing: 28, windowMinutes: 60 });
    expect(asked.map(({ windowsMinutes }) => windowsMinutes)).toEqual([ORDER_WINDOWS, [60]]);
  });

  test('counts only what failed where none are missing, or nobody could compare', async () => {
    for (const orders of [rate(40, 40), rate(30, 0), 'silent'] as const) {
      const { impact: seen } = await impact(orders);
      expect(seen).toMatchObject({ known: true, affected: 3 });
      expect(seen).not.toHaveProperty('missing');
    }
  });

  test('leaves it to the owners of the schema where they made a view', async () => {
    const { impact: seen } = await impact(rate(25, 100), 'impact view');
    expect(seen).toMatchObject({ known: true, affected: 3, total: 25, source: 'impact view' });
    expect(seen).not.toHaveProperty('missing');
  });

  test('its words say so', () => {
    expect(CATALOGUE.find(({ id }) => id === runbook)?.impact.means).toContain('missing by last week');
  });
});
