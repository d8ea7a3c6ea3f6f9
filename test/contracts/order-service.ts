import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OrderId, ReturnId } from '../../src/domain/ids.ts';
import type { OrderServiceLever } from '../../src/ports/levers.ts';
import type { OrderServiceProbe } from '../../src/ports/probes.ts';
import { outcome, patient } from '../support/trouble.ts';

const UNKNOWN = OrderId.parse('ord_nobody000');
const QUESTION = { status: 'processing', olderThanMinutes: 120, limit: 10, cursor: null };
const LICENCE = { key: 'run-1/item-1', by: 'URESPONDER' };

export interface OrderServiceUnderTest {
  readonly probe: OrderServiceProbe;
  readonly lever: OrderServiceLever;
  /** The same with a token that is not known. */
  readonly stranger: { readonly probe: OrderServiceProbe; readonly lever: OrderServiceLever };
  stop(): Promise<void>;
}

/** What every order service has to keep. It holds at least 25 orders that have been in processing for over 2 h, and a
 * return that has been pending for over 24 h. */
export function orderServiceContract(name: string, open: () => Promise<OrderServiceUnderTest>): void {
  describe(`order service: ${name}`, () => {
    let here: OrderServiceUnderTest;
    beforeAll(async () => {
      here = await open();
    });
    afterAll(async () => await here.stop());

    async function stuck(place: number): Promise<OrderId> {
      const { orders } = await here.probe.stuckOrders({ ...QUESTION, limit: 25 }, patient());
      const order = orders[place];
      if (order === undefined) throw new Error(`There is no stuck order number ${place}.`);
      return order.id;
    }

    test('lists stuck orders, the oldest first, with the number of all', async () => {
      const page = await here.probe.stuckOrders(QUESTION, patient());
      expect(page.orders).toHaveLength(10);
      expect(page.total).toBeGreaterThanOrEqual(25);
      expect(page.orders.every(({ status }) => status === 'processing')).toBe(true);
      const ages = page.orders.map(({ updatedAt }) => updatedAt);
      expect(ages).toEqual([...ages].sort((a, b) => a - b));
    });

    test('its pages hold every order once', async () => {
      const ids: OrderId[] = [];
      let cursor: string | null = null;
      let total = 0;
      do {
        const page = await here.probe.stuckOrders({ ...QUESTION, cursor }, patient());
        ids.push(...page.orders.map(({ id }) => id));
        total = page.total;
        cursor = page.next;
      } while (cursor !== null);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids).toHaveLength(total);
    });

    test('tells of one order what the list tells', async () => {
      const [listed] = (await here.probe.stuckOrders(QUESTION, patient())).orders;
      expect(await here.probe.order(await stuck(0), patient())).toEqual(listed);
    });

    test('an order that it does not know is null', async () => {
      expect(await here.probe.order(UNKNOWN, patient())).toBeNull();
    });

    test('a status that it does not know is refused in its own words', async () => {
      const asked = here.probe.stuckOrders({ ...QUESTION, status: 'lost' }, patient());
      expect(await outcome(asked)).toMatchObject({
        fault: 'refused',
        message: expect.stringMatching(/^The order service answered 400\. It says: .+/),
      });
    });

    test.each([
      ['retry-workflow', 'retryWorkflow', 1],
      ['republish-events', 'republishEvents', 2],
    ] as const)('keeps who asked for %s', async (kind, verb, place) => {
      const id = await stuck(place);
      expect(await here.lever[verb](id, LICENCE, patient())).toBe('Taken by the service.');
      const order = await here.probe.order(id, patient());
      expect(order?.attempts).toMatchObject([{ kind, by: LICENCE.by }]);
    });

    test('sets a status and tells old and new', async () => {
      const id = await stuck(3);
      const said = await here.lever.setStatus(id, 'shipped', 'warehouse confirmed it', LICENCE, patient());
      expect(said).toBe(`${id}: processing → shipped.`);
      expect(await here.probe.order(id, patient())).toMatchObject({ status: 'shipped' });
    });

    test('refuses to retry an order that has left processing: surely nothing was done', async () => {
      const id = await stuck(4);
      await here.lever.setStatus(id, 'cancelled', 'the customer changed her mind', LICENCE, patient());
      expect(await outcome(here.lever.retryWorkflow(id, LICENCE, patient()))).toMatchObject({
        fault: 'refused',
        sent: 'no',
      });
    });

    test('counts requests and failures by route, and how long they took', async () => {
      const question = {
        requests: 'http_requests_total',
        routeLabel: 'route',
        statusLabel: 'status',
        duration: { name: 'http_request_duration_seconds', unit: 'seconds' },
      } as const;
      const [pod] = await here.probe.traffic(question, patient());
      const { routes = [], within = [] } = pod?.value ?? {};
      expect(routes.length).toBeGreaterThan(2);
      const all = routes.reduce((sum, { requests }) => sum + requests, 0);
      expect(all).toBeGreaterThan(100);
      for (const { requests, failures } of routes) expect(failures).toBeLessThanOrEqual(requests);
      expect(within.at(-1)).toEqual({ ms: Number.POSITIVE_INFINITY, requests: all });
      const counts = within.map(({ requests }) => requests);
      expect(counts).toEqual([...counts].sort((one, other) => one - other));
      const [other] = await here.probe.traffic(
        { ...question, requests: 'nothing', duration: null },
        patient(),
      );
      expect(other?.value).toEqual({ routes: [], within: [] });
    });

    test('refuses a change of an order that it does not know: surely nothing was done', async () => {
      expect(await outcome(here.lever.retryWorkflow(UNKNOWN, LICENCE, patient()))).toMatchObject({
        fault: 'not found',
        sent: 'no',
      });
      const set = here.lever.setStatus(UNKNOWN, 'shipped', 'warehouse confirmed it', LICENCE, patient());
      expect(await outcome(set)).toMatchObject({ fault: 'not found', sent: 'no' });
    });

    test('tells whether the reason of a status set by hand is noted, and of none before it', async () => {
      const id = await stuck(7);
      const noted = async (text: string, since: number, order = id) =>
        await here.probe.orderNoted(order, { text, since }, patient());
      expect(await noted('warehouse confirmed it', 0)).toBe(false);
      await here.lever.setStatus(id, 'shipped', 'warehouse confirmed it', LICENCE, patient());
      expect(await noted('warehouse confirmed it', 0)).toBe(true);
      expect(await noted('another reason', 0)).toBe(false);
      expect(await noted('warehouse confirmed it', Number.MAX_SAFE_INTEGER)).toBe(false);
      expect(await noted('warehouse confirmed it', 0, UNKNOWN)).toBeNull();
    });

    test('tells whether the reason of an exception is noted at the return, and of none before it', async () => {
      const pending = { status: 'pending', olderThanMinutes: 1_440, limit: 1, cursor: null };
      const [back] = (await here.probe.returns(pending, patient())).rows;
      if (back === undefined) throw new Error('No return is pending.');
      const noted = async (text: string, since: number, id = back.id) =>
        await here.probe.returnNoted(id, { text, since }, patient());
      expect(await noted('the parcel was late', 0)).toBe(false);
      await here.lever.extendReturnWindow(back.id, 7, 'the parcel was late', LICENCE, patient());
      expect(await noted('the parcel was late', 0)).toBe(true);
      expect(await noted('another reason', 0)).toBe(false);
      expect(await noted('the parcel was late', Number.MAX_SAFE_INTEGER)).toBe(false);
      expect(await noted('the parcel was late', 0, ReturnId.parse('ret_nobody'))).toBeNull();
    });

    test('without the right token nothing is told and nothing is done', async () => {
      const { probe, lever } = here.stranger;
      const id = await stuck(5);
      expect(await outcome(probe.order(id, patient()))).toMatchObject({
        fault: 'forbidden',
        mayRetry: false,
      });
      expect(await outcome(lever.retryWorkflow(id, LICENCE, patient()))).toMatchObject({
        fault: 'forbidden',
        sent: 'no',
      });
      expect((await here.probe.order(id, patient()))?.attempts).toEqual([]);
    });

    test('whoever hung up before causes nothing', async () => {
      const id = await stuck(6);
      const change = here.lever.retryWorkflow(id, LICENCE, AbortSignal.abort());
      expect(await outcome(change)).toMatchObject({ fault: 'too slow', sent: 'no' });
      expect((await here.probe.order(id, patient()))?.attempts).toEqual([]);
    });
  });
}
