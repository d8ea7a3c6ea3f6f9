import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { addReturn, receive } from '../../sim/world/returns.ts';
import { OrderId, ReturnId } from '../../src/domain/ids.ts';
import { HOUR } from '../sim/world/support.ts';
import { outcome, patient } from '../support/trouble.ts';
import { type Admin, adminOf, LICENCE } from './admin.ts';

const QUESTION = { status: 'pending', olderThanMinutes: 1_440, limit: 200, cursor: null };
const NOBODY = ReturnId.parse('ret_nobody');

let here: Admin;
beforeAll(async () => {
  here = await adminOf('returns-held');
});
afterEach(() => here.service.faults.clear());
afterAll(async () => await here.stop());

async function held(place: number) {
  const found = (await here.hands().probe.returns(QUESTION, patient())).rows[place];
  if (found?.order == null) throw new Error(`No return number ${place}.`);
  return { ...found, order: found.order };
}

test('the list is paged, the oldest first', async () => {
  const { probe } = here.hands();
  const first = await probe.returns({ ...QUESTION, limit: 3 }, patient());
  const rest = await probe.returns({ ...QUESTION, limit: 3, cursor: first.next }, patient());
  expect([first.total, first.rows.length, rest.rows.length, rest.next]).toEqual([5, 3, 2, null]);
  const ages = [...first.rows, ...rest.rows].map(({ createdAt }) => createdAt);
  expect(ages).toEqual([...ages].sort((one, other) => one - other));
  expect(first.rows[0]).toMatchObject({ status: 'pending', errorCode: 'RETURN_APPROVAL_FAILED' });
});

test('what came in and waits for its refund is listed by its own status', async () => {
  const { id, now } = await here.world.change((state, at) => {
    const back = addReturn(state, 'came in', at - 40 * HOUR);
    back.status = 'approved';
    receive(state, back, at - 30 * HOUR);
    state.conditions.returnsPaidBack = false;
    return { id: back.id, now: at };
  });
  const { rows } = await here.hands().probe.returns({ ...QUESTION, status: 'received' }, patient());
  expect(rows.every(({ status }) => status === 'received')).toBe(true);
  expect(rows.find((row) => row.id === id)).toMatchObject({ updatedAt: now - 30 * HOUR });
});

test('a row that cannot be read is counted and hides no other', async () => {
  const row = {
    id: 'ret_abc123',
    order: 'ord_xyz789abc',
    status: 'pending',
    createdAt: '2026-03-08T03:00:00Z',
    updatedAt: '2026-03-08T03:00:00Z',
  };
  here.answers(/admin\/returns$/, { returns: [row, { ...row, id: 'ret_/..' }], total: '2' });
  expect(await here.hands().probe.returns(QUESTION, patient())).toMatchObject({
    rows: [{ id: 'ret_abc123', order: 'ord_xyz789abc', errorCode: null }],
    unread: 1,
    total: 2,
  });
});

test('what stands on the page waits, whatever its total says', async () => {
  const rows = [{ id: 'ret_/..' }, { id: 'ret_abc123' }];
  here.answers(/admin\/returns$/, { returns: rows, total: 0 });
  expect(await here.hands().probe.returns(QUESTION, patient())).toMatchObject({ unread: 2, total: 2 });
});

describe('the fraud score', () => {
  test('of a return that is held', async () => {
    const { id } = await held(0);
    const said = await here.hands().probe.fraudScore(id, patient());
    expect(said).toMatchObject({ threshold: 0.8, held: true });
    expect(said?.score).toBeGreaterThanOrEqual(0.8);
  });

  test('of nobody is null', async () =>
    expect(await here.hands().probe.fraudScore(NOBODY, patient())).toBeNull());

  test.each([
    [{ score: 0.9, threshold: 0.8 }, { held: true }],
    [
      { score: '0.79', threshold: '0.8' },
      { score: 0.79, held: false },
    ],
    [{ score: 0.9, threshold: 0.8, held: false }, { held: false }],
  ])('%j', async (body, read) => {
    here.answers(/fraud-score/, body);
    expect(await here.hands().probe.fraudScore(NOBODY, patient())).toMatchObject(read);
  });

  test.each([[{ score: 91, threshold: 80 }], [{ score: 0.9 }], [{ score: 'high', threshold: 0.8 }]])(
    '%j is not understood',
    async (body) => {
      here.answers(/fraud-score/, body);
      expect(await outcome(here.hands().probe.fraudScore(NOBODY, patient()))).toMatchObject({
        fault: 'not understood',
      });
    },
  );
});

test('the eligibility of an order, and of one that has no return', async () => {
  const { probe } = here.hands();
  const { order, createdAt } = await held(0);
  expect(await probe.returnEligibility(order, patient())).toMatchObject({
    eligible: true,
    words: null,
    requestedAt: createdAt,
    windowDays: 30,
  });
  expect(await probe.returnEligibility(OrderId.parse('ord_nobody000'), patient())).toBeNull();
});

describe('changes', () => {
  test('an approval carries its reason and takes the return off the list', async () => {
    const { id } = await held(0);
    const { lever, probe } = here.hands();
    expect(await lever.approveReturn(id, 'the customer is known', LICENCE, patient())).toBe(
      'Taken by the service: approved.',
    );
    expect((await probe.returns(QUESTION, patient())).rows.map((row) => row.id)).not.toContain(id);
    const notes = await here.world.read((state) => state.returns.get(id)?.notes);
    expect(notes).toMatchObject([{ by: 'URESPONDER', text: 'approved by hand: the customer is known' }]);
    for (const again of [
      async () => await lever.approveReturn(id, 'once more', LICENCE, patient()),
      async () => await lever.retryReturn(id, LICENCE, patient()),
      async () => await lever.extendReturnWindow(id, 7, 'once more', LICENCE, patient()),
    ])
      expect(await outcome(again())).toMatchObject({
        sent: 'no',
        message: expect.stringContaining('decided already'),
      });
  });

  test('an extension carries days and reason', async () => {
    const { id, order } = await held(0);
    const { lever, probe } = here.hands();
    await lever.extendReturnWindow(id, 7, 'the parcel was late', LICENCE, patient());
    expect(await probe.returnEligibility(order, patient())).toMatchObject({ windowDays: 37 });
  });

  test('nobody asks for the notes of a return where no page of them is configured', async () => {
    const { id } = await held(0);
    const { probe } = here.hands('a-token', { ...here.paths, return: null });
    expect(await probe.returnNoted(id, { text: 'the parcel was late', since: 0 }, patient())).toBeNull();
    expect(here.service.count('GET', `/admin/returns/${id}`)).toBe(0);
  });

  test('what the service refuses was surely not done, in its own words', async () => {
    const { id } = await held(0);
    const { lever } = here.hands();
    expect(await outcome(lever.extendReturnWindow(id, 400, 'long', LICENCE, patient()))).toMatchObject({
      fault: 'refused',
      sent: 'no',
      message: expect.stringMatching(/400\. It says: days/),
    });
    expect(await outcome(lever.approveReturn(id, ' ', LICENCE, patient()))).toMatchObject({ sent: 'no' });
    expect(await outcome(lever.retryReturn(NOBODY, LICENCE, patient()))).toMatchObject({
      fault: 'not found',
      sent: 'no',
    });
  });

  test('a retry is one request', async () => {
    const { id } = await held(0);
    expect(await here.hands().lever.retryReturn(id, LICENCE, patient())).toBe('Taken by the service.');
    expect(here.service.count('POST', `/admin/returns/${id}/retry-workflow`)).toBe(1);
  });
});
