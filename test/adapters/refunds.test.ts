import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { PaymentId, RefundId } from '../../src/domain/ids.ts';
import { outcome, patient } from '../support/trouble.ts';
import { type Admin, adminOf, LICENCE } from './admin.ts';

const QUESTION = { status: 'pending', olderThanMinutes: 1_440, limit: 5, cursor: null };
const NOBODY = RefundId.parse('ref_nobody');

let here: Admin;
beforeAll(async () => {
  here = await adminOf('refund-method-gone');
});
afterEach(() => here.service.faults.clear());
afterAll(async () => await here.stop());

/** A refund that the gateway refused. */
async function refused(place = 0) {
  const { rows } = await here.hands().probe.refunds({ ...QUESTION, limit: 200 }, patient());
  const found = rows.filter(({ errorCode }) => errorCode !== null)[place];
  if (found === undefined) throw new Error('No refund was refused.');
  return found;
}

describe('the list of refunds', () => {
  test('is paged, the oldest first, each once', async () => {
    const { probe } = here.hands();
    const ids: string[] = [];
    let cursor: string | null = null;
    let total = 0;
    do {
      const page = await probe.refunds({ ...QUESTION, cursor }, patient());
      expect(page.rows.length).toBeLessThanOrEqual(5);
      ids.push(...page.rows.map(({ id }) => id));
      total = page.total;
      cursor = page.next;
    } while (cursor !== null);
    expect(total).toBeGreaterThan(7);
    expect(ids).toHaveLength(total);
    expect(new Set(ids).size).toBe(total);
  });

  test('tells amount, payment and order', async () => {
    const found = await refused();
    expect(found).toMatchObject({ status: 'pending', currency: 'USD', errorCode: 'REFUND_FAILED' });
    expect(found.payment).toMatch(/^pay_/);
    expect(found.order).toMatch(/^ord_/);
    expect(Number.isInteger(found.amount)).toBe(true);
  });

  const row = (change: object) => ({
    id: 'ref_abc123',
    paymentId: 'pay_xyz789',
    orderId: 'ord_xyz789abc',
    status: 'pending',
    amount: 4550,
    currency: 'eur',
    createdAt: '2026-03-08T03:00:00Z',
    updatedAt: '2026-03-08T03:00:00Z',
    ...change,
  });
  const read = async (change: object) => {
    here.answers(/admin\/refunds$/, { refunds: [row(change)], total: 1 });
    return await here.hands().probe.refunds(QUESTION, patient());
  };

  test.each<[string, object, object]>([
    ['as it should be', {}, { amount: 4550, currency: 'EUR', errorCode: null }],
    ['digits as text', { amount: '4550' }, { amount: 4550 }],
    ['payment under another name', { paymentId: null, payment: 'pay_other1' }, { payment: 'pay_other1' }],
    ['no payment', { paymentId: undefined }, { payment: null }],
    ['an id that is none of ours is none', { orderId: '../../etc' }, { order: null }],
  ])('a row %s', async (_what, change, says) => expect((await read(change)).rows).toMatchObject([says]));

  test.each<[string, object]>([
    ['an amount with a fraction', { amount: 45.5 }],
    ['an amount in another unit', { amount: '45.50' }],
    ['an amount below nothing', { amount: -1 }],
    ['no amount', { amount: null }],
    ['an id for a path', { id: 'ref_../payments' }],
    ['no currency', { currency: 'euros' }],
    ['a time without a date', { createdAt: 'yesterday' }],
  ])('a row with %s is left out and counted', async (_what, change) =>
    expect(await read(change)).toMatchObject({ rows: [], unread: 1, total: 1 }),
  );

  test('a service that ignores the limit is cut', async () => {
    const many = Array.from({ length: 9 }, (_, place) => row({ id: `ref_abc${100 + place}` }));
    here.answers(/admin\/refunds$/, { refunds: many, total: 9 });
    expect((await here.hands().probe.refunds(QUESTION, patient())).rows).toHaveLength(5);
  });

  test.each([[{ refunds: 'none', total: 0 }], [{ total: 3 }], [[]]])('%j is not understood', async (body) => {
    here.answers(/admin\/refunds$/, body);
    expect(await outcome(here.hands().probe.refunds(QUESTION, patient()))).toMatchObject({
      fault: 'not understood',
    });
  });
});

describe('what the gateway has', () => {
  test('says failed of what it refused', async () => {
    const { id } = await refused();
    expect(await here.hands().probe.refundAtGateway(id, patient())).toEqual({
      status: 'failed',
      acceptedAt: null,
      words: null,
    });
  });

  test.each([
    [{ status: 'pending', acceptedAt: '2026-03-09T03:00:00Z' }, 'pending'],
    [{ status: 'Processing' }, 'pending'],
    [{ status: 'succeeded', message: 'paid\u0000 out' }, 'succeeded'],
    [{ status: 'canceled' }, 'failed'],
    [{ status: 'not_found' }, 'not found'],
  ])('%j reads %s', async (body, status) => {
    here.answers(/gateway-status/, body);
    const { id } = await refused();
    expect((await here.hands().probe.refundAtGateway(id, patient())).status).toBe(status);
  });

  test.each([[{ status: 'gone fishing' }], [{ status: null }], [{ state: 'failed' }]])(
    '%j is no answer: what the gateway has must not be taken for what it lacks',
    async (body) => {
      const { id } = await refused();
      here.answers(/gateway-status/, body);
      expect(await outcome(here.hands().probe.refundAtGateway(id, patient()))).toMatchObject({
        fault: 'not understood',
      });
    },
  );

  test('a 404 is not *not found*: it may be the path that is wrong', async () => {
    expect(await outcome(here.hands().probe.refundAtGateway(NOBODY, patient()))).toMatchObject({
      fault: 'not found',
    });
  });

  test('a gateway that is down leaves the service’s other questions alone', async () => {
    await here.world.change((state) => {
      state.conditions.gateway = 'down';
    });
    const { probe } = here.hands();
    const { id } = await refused();
    for (let times = 0; times < 3; times += 1) await outcome(probe.refundAtGateway(id, patient()));
    expect(await outcome(probe.refundAtGateway(id, patient()))).toMatchObject({
      fault: 'unreachable',
      message: expect.stringContaining('The payment gateway has failed'),
    });
    expect((await probe.refunds(QUESTION, patient())).rows).toHaveLength(5);
    await here.world.change((state) => {
      state.conditions.gateway = 'up';
    });
  });
});

describe('the payment', () => {
  test('says amount, what was refunded and whether its method is valid', async () => {
    const { payment, amount } = await refused();
    if (payment === null) throw new Error('It names no payment.');
    expect(await here.hands().probe.payment(payment, patient())).toEqual({
      id: payment,
      amount,
      currency: 'USD',
      status: 'captured',
      refunded: 0,
      methodValid: false,
    });
  });

  test('one that is not known is null', async () =>
    expect(await here.hands().probe.payment(PaymentId.parse('pay_nobody'), patient())).toBeNull());

  const body = { id: 'pay_xyz789', amount: '5000', currency: 'usd', status: 'captured' };
  test.each([
    [
      { ...body, refunded: 100, methodValid: false },
      { amount: 5000, refunded: 100, methodValid: false },
    ],
    [
      { ...body, amountRefunded: '0' },
      { refunded: 0, methodValid: null },
    ],
  ])('%j', async (said, read) => {
    here.answers(/payments/, said);
    expect(await here.hands().probe.payment(PaymentId.parse('pay_xyz789'), patient())).toMatchObject(read);
  });

  test('one that does not say how much was refunded is not understood', async () => {
    here.answers(/payments/, body);
    expect(await outcome(here.hands().probe.payment(PaymentId.parse('pay_xyz789'), patient()))).toMatchObject(
      { fault: 'not understood', message: expect.stringContaining('refunded') },
    );
  });
});

describe('changes', () => {
  test('a retry is one request with its licence; a second one while it is under way is surely not done', async () => {
    const { id } = await refused(1);
    const { lever } = here.hands();
    expect(await lever.retryRefund(id, LICENCE, patient())).toBe('Taken by the service.');
    expect(here.service.count('POST', `/admin/refunds/${id}/retry`)).toBe(1);
    const request = here.service.requests.findLast(({ path }) => path.endsWith('/retry'));
    expect(request?.headers).toMatchObject({ 'idempotency-key': LICENCE.key, 'x-requested-by': LICENCE.by });
    expect(await outcome(lever.retryRefund(id, LICENCE, patient()))).toMatchObject({
      fault: 'refused',
      sent: 'no',
      message: expect.stringContaining('is being tried'),
    });
  });

  test('store credit takes the refund off the list', async () => {
    const { id } = await refused(2);
    const { lever, probe } = here.hands();
    expect(await lever.giveStoreCredit(id, LICENCE, patient())).toBe('Taken by the service.');
    const { rows } = await probe.refunds({ ...QUESTION, limit: 200 }, patient());
    expect(rows.map((row) => row.id)).not.toContain(id);
    expect(await outcome(lever.giveStoreCredit(id, LICENCE, patient()))).toMatchObject({ sent: 'no' });
  });

  test('what nobody knows is not changed', async () => {
    const { lever } = here.hands();
    for (const asked of [
      async () => await lever.retryRefund(NOBODY, LICENCE, patient()),
      async () => await lever.giveStoreCredit(NOBODY, LICENCE, patient()),
    ])
      expect(await outcome(asked())).toMatchObject({ fault: 'not found', sent: 'no' });
  });

  test('without the right token nothing is done', async () => {
    const { id } = await refused(3);
    expect(await outcome(here.hands('another').lever.retryRefund(id, LICENCE, patient()))).toMatchObject({
      fault: 'forbidden',
      sent: 'no',
    });
  });

  test('an answer that got lost may have been done, and is not asked again', async () => {
    const { id } = await refused(3);
    here.service.faults.add({ match: { path: /store-credit/ }, fault: { mode: 'lost' }, times: 1 });
    expect(await outcome(here.hands().lever.giveStoreCredit(id, LICENCE, patient()))).toMatchObject({
      sent: 'maybe',
    });
    expect(here.service.count('POST', `/admin/refunds/${id}/store-credit`)).toBe(1);
  });

  test('a test refund tells what came of it', async () => {
    expect(await here.hands().lever.testRefund(LICENCE, patient())).toEqual({
      went: true,
      words: 'accepted and voided',
    });
    here.answers(/test-refund/, { status: 'failed', error: '429 Too Many Requests' });
    expect(await here.hands().lever.testRefund(LICENCE, patient())).toEqual({
      went: false,
      words: '429 Too Many Requests',
    });
    here.answers(/test-refund/, { status: 'perhaps' });
    expect(await outcome(here.hands().lever.testRefund(LICENCE, patient()))).toMatchObject({
      fault: 'not understood',
    });
  });
});
