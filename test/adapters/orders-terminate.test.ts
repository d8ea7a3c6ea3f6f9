import type pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { SessionSeen } from '../../src/ports/orders-database.ts';
import { outcome, patient } from '../support/trouble.ts';
import { by, type OrdersHere, ordersHere, pidOf } from './orders-support.ts';

let here: OrdersHere;
beforeAll(async () => {
  here = await ordersHere();
});
afterEach(async () => await here.clear());
afterAll(async () => await here.stop());

describe('ending a session', () => {
  const end = async (one: SessionSeen, change: Partial<SessionSeen> = {}) =>
    await here.lever().terminate({ ...one, ...change }, patient());
  const blocker = async (first: pg.Client): Promise<SessionSeen> => {
    const found = by(await here.sessions(), first);
    if (found === undefined) throw new Error('The blocking session is not seen.');
    return found;
  };

  test('ends the one that was shown, and whoever waited goes on', async () => {
    const { first, second, waits } = await here.chain();
    const shown = await blocker(first);
    expect(await here.probe().session(shown, patient())).toMatchObject({ pid: shown.pid, blocks: 2 });
    expect(await end(shown)).toBe(`Session ${shown.pid} was told to end; its transaction is rolled back.`);
    await waits[0];
    await expect.poll(async () => await here.probe().session(shown, patient())).toBeNull();
    expect((await second.query(`select status from orders where id = 1`)).rows).toEqual([
      { status: 'secret' },
    ]);
    expect(await outcome(end(shown))).toMatchObject({
      fault: 'refused',
      sent: 'no',
      message: `Session ${shown.pid} has ended by itself. Nothing was ended.`,
    });
  });

  test.each([
    [
      'serves another session',
      { backendStart: '2024-01-01T00:00:00.000001Z' },
      'serves another session by now',
    ],
    ['runs another query', { queryStart: '2024-01-01T00:00:00.000001Z' }, 'runs another query by now'],
  ])('is refused when the process %s by now', async (_what, change, words) => {
    const { first } = await here.chain();
    const shown = await blocker(first);
    expect(await here.probe().session({ ...shown, ...change }, patient())).toBeNull();
    expect(await outcome(end(shown, change))).toMatchObject({
      fault: 'refused',
      sent: 'no',
      message: expect.stringContaining(words),
    });
    expect(await here.probe().session(shown, patient())).not.toBeNull();
  });

  test('is refused by a microsecond', async () => {
    const { first } = await here.chain();
    const shown = await blocker(first);
    const last = Number(shown.queryStart.slice(-2, -1));
    const queryStart = `${shown.queryStart.slice(0, -2)}${(last + 1) % 10}Z`;
    expect(await outcome(end(shown, { queryStart }))).toMatchObject({ fault: 'refused' });
  });

  test('is refused when its query is over', async () => {
    const { first } = await here.chain();
    const shown = await blocker(first);
    await first.query('rollback');
    expect(await outcome(end(shown))).toMatchObject({ fault: 'refused', sent: 'no' });
    expect((await first.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  test.each<[string, () => Promise<pg.Client>, SessionSeen['untouchable'], string]>([
    [
      'a superuser',
      async () => await here.client(here.database.url, 'order-service'),
      'superuser',
      'belongs to a superuser',
    ],
    [
      'the bot itself',
      async () => await here.client(here.bot.url, 'oms-bot'),
      'own session',
      'is the bot’s own',
    ],
  ])('of %s is refused', async (_who, open, untouchable, words) => {
    const session = await open();
    const query = session.query('select pg_sleep(60)').catch(() => undefined);
    await expect.poll(async () => by(await here.sessions(), session)).toMatchObject({ untouchable });
    expect(await outcome(end(await blocker(session)))).toMatchObject({
      fault: 'refused',
      sent: 'no',
      message: expect.stringContaining(words),
    });
    await here.owner.query('select pg_cancel_backend($1)', [pidOf(session)]);
    await query;
  });

  test('without the right is refused with the GRANT, and the session lives', async () => {
    const { first } = await here.chain();
    const shown = await blocker(first);
    await here.owner.query(`revoke pg_signal_backend from ${here.bot.name}`);
    const asked = await outcome(end(shown));
    await here.owner.query(`grant pg_signal_backend to ${here.bot.name}`);
    expect(asked).toEqual({
      fault: 'forbidden',
      sent: 'no',
      mayRetry: false,
      message: `The orders database does not let us end the sessions of others; \`GRANT pg_signal_backend TO ${here.bot.name}\` would. Nothing was ended.`,
    });
    expect(await here.probe().session(shown, patient())).not.toBeNull();
  });
});
