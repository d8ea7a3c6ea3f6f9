import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Page, Pager } from '../../src/ports/pager.ts';
import { outcome, patient } from '../support/trouble.ts';

export interface PagerUnderTest {
  /** Has routing keys for `orders` and `catalog` (a wrong one), and none for other teams. */
  readonly pager: Pager;
  /** What the system behind shows for this key, oldest first. */
  seen(
    dedupKey: string,
  ): Promise<readonly { readonly title: string; readonly open: boolean; readonly woken: number }[]>;
  stop(): Promise<void>;
}

let number = 0;

function aPage(change: Partial<Page> = {}): Page {
  number += 1;
  return {
    action: 'trigger',
    team: 'orders',
    dedupKey: `oms/prod/OMS-${number}/1/rung-1`,
    summary: `OMS-${number} Orders stuck in processing (prod). 37 orders are stuck.`,
    severity: 'high',
    details: { impact: '41 % of orders' },
    links: [{ href: 'https://grafana.example.com/d/1', text: 'dashboard' }],
    ...change,
  };
}

/** What every pager has to keep. */
export function pagerContract(name: string, open: () => Promise<PagerUnderTest>): void {
  describe(`pager: ${name}`, () => {
    let here: PagerUnderTest;
    beforeAll(async () => {
      here = await open();
    });
    afterAll(async () => await here.stop());

    test('a page wakes somebody and its key is confirmed', async () => {
      const page = aPage();
      expect(await here.pager.send(page, patient())).toBe(page.dedupKey);
      expect(await here.seen(page.dedupKey)).toEqual([{ title: page.summary, open: true, woken: 1 }]);
    });

    test('the same page again wakes nobody', async () => {
      const page = aPage();
      await here.pager.send(page, patient());
      await here.pager.send(page, patient());
      expect(await here.seen(page.dedupKey)).toMatchObject([{ woken: 1 }]);
    });

    test('a resolve closes it; of an unknown one it does nothing', async () => {
      const page = aPage();
      await here.pager.send(page, patient());
      expect(await here.pager.send({ ...page, action: 'resolve' }, patient())).toBe(page.dedupKey);
      expect(await here.seen(page.dedupKey)).toMatchObject([{ open: false }]);
      const other = aPage({ action: 'resolve' });
      expect(await here.pager.send(other, patient())).toBe(other.dedupKey);
      expect(await here.seen(other.dedupKey)).toEqual([]);
    });

    test('the next rung has its own key and wakes again', async () => {
      const first = aPage();
      const second = { ...first, dedupKey: first.dedupKey.replace('rung-1', 'rung-2') };
      await here.pager.send(first, patient());
      await here.pager.send(second, patient());
      expect(await here.seen(second.dedupKey)).toMatchObject([{ woken: 1 }]);
    });

    test('a summary that is too long is cut, not lost', async () => {
      const page = aPage({ summary: 'x'.repeat(3_000) });
      await here.pager.send(page, patient());
      expect((await here.seen(page.dedupKey))[0]?.title).toHaveLength(1_024);
    });

    test('a team without a key is named, and nothing is sent', async () => {
      expect(await outcome(here.pager.send(aPage({ team: 'payments' }), patient()))).toEqual({
        fault: 'refused',
        sent: 'no',
        mayRetry: false,
        message: 'There is no PAGERDUTY_ROUTING_KEY for payments.',
      });
    });

    test('a key that is not known is refused with the reason', async () => {
      expect(await outcome(here.pager.send(aPage({ team: 'catalog' }), patient()))).toMatchObject({
        fault: 'refused',
        sent: 'no',
        message: expect.stringContaining('routing_key'),
      });
    });
  });
}
