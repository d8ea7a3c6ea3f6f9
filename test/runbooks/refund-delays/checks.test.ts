import { describe, expect, test } from 'vitest';
import { NO_IDS } from '../../../src/domain/alert.ts';
import type { Verdict } from '../../../src/domain/finding.ts';
import type { KubernetesProbe } from '../../../src/ports/kubernetes.ts';
import type { RefundSummary } from '../../../src/ports/order-service.ts';
import { type AtGateway, businessDays } from '../../../src/runbooks/refund-delays/gateway.ts';
import type { RefundLogs } from '../../../src/runbooks/refund-delays/logs.ts';
import { anIncident } from '../../support/incidents.ts';
import { aLog, diagnosed, fakeProbes, MINUTE, NOW, silent, times } from '../../support/runbooks.ts';
import { aPayment, aRefund, HOUR, type Said, service } from './support.ts';

const look = async (
  given: ReturnType<typeof service>,
  change: Parameters<typeof diagnosed>[2] = {},
  kubernetes: Partial<KubernetesProbe> = {},
) => await diagnosed('refund-delays', fakeProbes({ orderService: given.probe, kubernetes }), change);

const many = (count: number, change: Partial<RefundSummary> = {}) =>
  Array.from({ length: count }, (_, place) => aRefund(`ref_aaa${100 + place}`, change));
const named = (...refunds: readonly string[]) => ({ incident: { ids: { ...NO_IDS, refunds } } });

test('systems that are not configured are skipped, those that do not answer unknown', async () => {
  const absent = await diagnosed('refund-delays', fakeProbes({}));
  expect(absent.findings.map(({ verdict }) => verdict)).toEqual(times(7, 'skipped'));
  const no = async () => {
    throw silent();
  };
  const dead = await diagnosed(
    'refund-delays',
    fakeProbes({ orderService: { refunds: no, gatewayHealth: no }, kubernetes: { logs: no } }),
  );
  expect(dead.findings.map(({ step, verdict }) => `${step} ${verdict}`)).toEqual([
    'R23 unknown',
    'R24 unknown',
    'R25 unknown',
    'R28 unknown',
    'R1 unknown',
    'R3 skipped',
    'X3 skipped',
  ]);
  for (const { causes } of [absent, dead])
    expect(causes.every(({ verdict }) => verdict === 'open')).toBe(true);
});

describe('R23', () => {
  test.each<[string, ReturnType<typeof service>, readonly string[], Verdict, RegExp]>([
    ['none', service([]), [], 'healthy', /^No refund has waited for over 24 h\.$/],
    [
      'a list alone is no trouble',
      service(many(3)),
      [],
      'healthy',
      /^3 refunds have been pending for over 24 h, the oldest for 30 h/,
    ],
    [
      'what could not be understood is never healthy',
      service(many(1), { unread: 2 }),
      [],
      'unknown',
      /2 in the service’s list could not be understood and are left alone\.$/,
    ],
    [
      'a young one that somebody named',
      service([aRefund('ref_young1', { createdAt: NOW - HOUR })]),
      ['ref_young1'],
      'healthy',
      /^No refund has waited for over 24 h\.$/,
    ],
    [
      'one that is not pending',
      service([]),
      ['ref_gone11'],
      'healthy',
      /ref_gone11: not among what is pending\.$/,
    ],
  ])('%s', async (_what, given, ids, verdict, line) => {
    const found = (await look(given, named(...ids))).of('R23');
    expect(found.verdict).toBe(verdict);
    expect(found.line).toMatch(line);
  });
});

describe('R25', () => {
  const gateway = (...said: readonly Said[]) =>
    service(many(said.length), {
      gateway: Object.fromEntries(said.map((status, place) => [`ref_aaa${100 + place}`, status])),
    });

  test.each<[string, ReturnType<typeof service>, Verdict, string | RegExp]>([
    ['none', service([]), 'healthy', 'No refund to ask the gateway about.'],
    [
      'all are on their way',
      gateway('pending', 'succeeded'),
      'healthy',
      'The gateway has all 2 refunds; they take up to 10 business days.',
    ],
    [
      'it lacks some',
      gateway('pending', 'failed', 'not found'),
      'broken',
      'The gateway lacks 2 of 3 refunds; 1 is on the way.',
    ],
    [
      'one it could not be asked about is never healthy',
      gateway('pending', 'pending', 'silent'),
      'unknown',
      'The gateway has 2 of 3 refunds. Of 1 it could not be seen.',
    ],
    [
      'it could not be asked about any',
      gateway('silent', 'silent'),
      'unknown',
      /^What the gateway has of 2 refunds could not be seen\.$/,
    ],
    [
      'it lacks one, and of one nobody knows',
      gateway('not found', 'silent'),
      'broken',
      'The gateway lacks 1 of 2 refunds; 0 are on the way. Of 1 it could not be seen.',
    ],
  ])('%s', async (_what, given, verdict, line) => {
    const found = (await look(given)).of('R25');
    expect(found.verdict).toBe(verdict);
    expect(found.line).toMatch(line);
  });

  test('settling takes up to ten business days, however long the list has it', async () => {
    const slow = service([aRefund('ref_slow11', { createdAt: NOW - 20 * 24 * HOUR })], {
      gateway: { ref_slow11: 'pending' },
    });
    const at = async (acceptedAt: number | null) => {
      const probe = {
        ...slow.probe,
        refundAtGateway: async () => ({ status: 'pending' as const, acceptedAt, words: null }),
      };
      return (await diagnosed('refund-delays', fakeProbes({ orderService: probe }))).of('R25');
    };
    expect((await at(NOW - 13 * 24 * HOUR)).verdict).toBe('healthy');
    expect(await at(NOW - 16 * 24 * HOUR)).toMatchObject({
      verdict: 'broken',
      line: expect.stringContaining(
        '1 was accepted over 10 business days ago: ask the provider (ref_slow11).',
      ),
    });
    // Nobody says when: not before it was made.
    expect((await at(null)).verdict).toBe('broken');
  });

  test.each([
    ['2026-01-02T12:00:00Z', '2026-01-05T12:00:00Z', 1],
    ['2026-01-05T12:00:00Z', '2026-01-12T12:00:00Z', 5],
    ['2026-01-05T12:00:00Z', '2026-01-19T11:59:00Z', 9],
    ['2026-01-03T12:00:00Z', '2026-01-04T12:00:00Z', 0],
  ])('from %s to %s: %i business days', (from, to, days) =>
    expect(businessDays(Date.parse(from), Date.parse(to))).toBe(days),
  );

  test('a gateway that is silent to the first three is not asked about the others', async () => {
    const said = Object.fromEntries(many(20).map(({ id }) => [id, 'silent' as const]));
    const given = service(many(20), { gateway: said });
    const found = (await look(given)).of('R25');
    expect(found).toMatchObject({
      verdict: 'unknown',
      line: expect.stringContaining('of 20 refunds could not be seen'),
    });
    expect(given.asked).toHaveLength(3);
  });

  test('asks for 50 at a time, named ones and failed ones first, and not again for what it is known to have', async () => {
    const young = aRefund('ref_named1', { createdAt: NOW - HOUR, errorCode: null });
    const quiet = many(60, { errorCode: null });
    const failed = [aRefund('ref_zzz001'), aRefund('ref_zzz002')];
    const all = [...quiet, ...failed, young];
    const answers = Object.fromEntries(quiet.map(({ id }) => [id, 'pending' as const]));
    const first = service(all, { gateway: answers });
    const one = await look(first, named('ref_named1'));
    expect(first.asked).toHaveLength(50);
    expect(first.asked.slice(0, 3)).toEqual(['ref_named1', 'ref_zzz001', 'ref_zzz002']);
    expect(one.of('R25')).toMatchObject({
      verdict: 'broken',
      line: 'The gateway lacks 3 of 50 refunds; 47 are on the way. 13 more are asked next.',
    });
    const next = service(all, { gateway: answers });
    const again = await look(next, {
      incident: { ...named('ref_named1').incident, diagnosis: anIncident(one.findings).diagnosis },
      now: NOW + MINUTE,
    });
    expect(next.asked).toHaveLength(16);
    expect((again.of('R25').data as AtGateway).answers).toHaveLength(63);
    expect(again.of('R25').line).toBe('The gateway lacks 3 of 63 refunds; 60 are on the way.');
  });
});

describe('R28', () => {
  test.each<[string, Parameters<typeof service>[1], Verdict, RegExp]>([
    ['all there', {}, 'healthy', /^All 2 payments are there/],
    [
      'a method that is gone',
      { payments: { pay_aaa100: aPayment('ref_aaa100', { methodValid: false }) } },
      'broken',
      /^Of 2 payments 1 has a method that is gone\.$/,
    ],
    [
      'one that is not known',
      { payments: { pay_aaa100: null } },
      'broken',
      /^Of 2 payments 1 is not known any more\.$/,
    ],
    [
      'one that is silent',
      { payments: { pay_aaa100: 'silent' } },
      'unknown',
      /^1 of 2 payments were read\. 1 could/,
    ],
  ])('%s', async (_what, more, verdict, line) => {
    const found = (await look(service(many(2), more))).of('R28');
    expect(found.verdict).toBe(verdict);
    expect(found.line).toMatch(line);
  });
});

describe('R24', () => {
  const read = async (lines: readonly string[], change: Parameters<typeof diagnosed>[2] = {}) =>
    (await look(service([]), change, { logs: async () => [aLog(lines)] })).of('R24');

  test.each([
    ['refund refund=ref_a1b2 code=REFUND_FAILED gateway=stripe status=503 attempt=1', 'outage'],
    ['refund refund=ref_a1b2 code=REFUND_TIMEOUT gateway=stripe timeout_ms=10000 attempt=1', 'outage'],
    ['refund refund=ref_a1b2 code=REFUND_FAILED status=429', 'rate limit'],
    ['refund refund=ref_a1b2 code=REFUND_FAILED status=400 reason=daily_refund_limit', 'daily limit'],
    ['refund code=REFUND_FAILED status=429 "refunds per day limit"', 'daily limit'],
    ['refund code=REFUND_FAILED status=400 reason=payment_method_closed', 'method'],
    ['refund code=REFUND_FAILED reason=expired_or_canceled_card', 'method'],
    ['refund code=REFUND_FAILED status=404 reason=no_such_charge', 'method'],
    ['refund code=REFUND_FAILED status=400 reason=amount_exceeds_charge', 'amount'],
    ['REFUND_FAILED Refund amount is greater than unrefunded amount on charge', 'amount'],
    ['refund code=REFUND_FAILED error=ENOTFOUND', 'network'],
    ['refund code=REFUND_FAILED status=401', 'credentials'],
    ['refund code=REFUND_FAILED status=422', null],
    ['refund code=REFUND_FAILED customer="Daily Limit" status=503', 'outage'],
  ])('%s is %s', async (line, name) => {
    const { classes, unclassed } = (await read([line])).data as RefundLogs;
    const counted = Object.entries(classes).filter(([, { lines }]) => lines > 0);
    expect(counted.map(([found]) => found)).toEqual(name === null ? [] : [name]);
    expect(unclassed).toBe(name === null ? 1 : 0);
  });

  test('a daily limit is remembered until midnight, when the window has long forgotten it', async () => {
    const told = await read(['refund code=REFUND_FAILED status=400 reason=daily_refund_limit']);
    const later = async (now: number) =>
      ((await read([], { incident: { diagnosis: anIncident([told]).diagnosis }, now })).data as RefundLogs)
        .dailyLimitAt;
    expect((told.data as RefundLogs).dailyLimitAt).toBe(NOW - MINUTE);
    expect(await later(NOW + 6 * HOUR)).toBe(NOW - MINUTE);
    expect(await later(NOW + 24 * HOUR)).toBeNull();
  });

  const midnight = Math.floor(NOW / (24 * HOUR)) * 24 * HOUR;
  test.each<[string, number | null, number, number | null]>([
    ['of the day that has just ended', -3, 1, null],
    ['of the day that has begun', 1, 2, 1],
    ['by a clock an hour behind: no longer ago than the node says', -57, 6, 1],
    ['by a clock that is ahead', 9, 2, 2],
    ['without a time', null, 2, 2],
  ])('a daily limit %s', async (_what, written, looked, said) => {
    const at = (minutes: number) => midnight + minutes * MINUTE;
    const time = written === null ? '' : new Date(at(written)).toISOString();
    const log = { ...aLog([]), lines: [`${time} code=REFUND_FAILED reason=daily_refund_limit`], matched: 1 };
    const logs = async () => [{ ...log, recent: log.lines }];
    const { data } = (await look(service([]), { now: at(looked) }, { logs })).of('R24');
    expect((data as RefundLogs).dailyLimitAt).toBe(said === null ? null : at(said));
  });
});

test('the impact is what the view says; without one it is unknown, and says why', async () => {
  const measured = async (impactView: () => Promise<never> | Promise<null> | Promise<object>) =>
    (await diagnosed('refund-delays', fakeProbes({ ordersDatabase: { impactView: impactView as never } })))
      .impact;
  const counts = { affected: 12, total: 80, windowMinutes: 1_440, source: 'impact view', at: NOW };
  expect(await measured(async () => counts)).toMatchObject({ known: true, affected: 12, total: 80 });
  expect(await measured(async () => null)).toMatchObject({
    known: false,
    because: expect.stringContaining('How many refunds were finished in 24 h stands in no table'),
  });
});
