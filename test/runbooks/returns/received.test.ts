import { describe, expect, test } from 'vitest';
import type { Verdict } from '../../../src/domain/finding.ts';
import type { PageQuestion, ReturnSummary } from '../../../src/ports/order-service.ts';
import type { Asking } from '../../../src/runbooks/define-runbook.ts';
import { RUNBOOK_NAMES } from '../../../src/runbooks/names.ts';
import { received } from '../../../src/runbooks/returns/received.ts';
import { DEFAULT_THRESHOLDS } from '../../../src/runbooks/thresholds.ts';
import { diagnosed, fakeProbes, NOW, silent } from '../../support/runbooks.ts';
import { aReturn, HOUR } from './support.ts';

/** Came in so many hours ago; asked for a week ago. */
const back = (id: string, hoursAgo: number) =>
  aReturn(id, { status: 'arrived', createdAt: NOW - 170 * HOUR, updatedAt: NOW - hoursAgo * HOUR });

async function look(
  rows: readonly ReturnSummary[],
  more: { readonly unread?: number; readonly page?: number; readonly status?: string | null } = {},
) {
  const asked: PageQuestion[] = [];
  const returns = async (question: PageQuestion) => {
    asked.push(question);
    const from = Number(question.cursor ?? 0);
    const to = from + (more.page ?? question.limit);
    const next = to < rows.length ? String(to) : null;
    return { rows: rows.slice(from, to), unread: more.unread ?? 0, total: rows.length, next };
  };
  const { status = 'arrived' } = more;
  const seen = await received.look({
    probes: fakeProbes({ orderService: { returns } }),
    names: { ...RUNBOOK_NAMES, statuses: { ...RUNBOOK_NAMES.statuses, receivedReturn: status } },
    thresholds: DEFAULT_THRESHOLDS,
    now: NOW,
    signal: new AbortController().signal,
  } as unknown as Asking);
  return { ...seen, asked };
}

describe('X15', () => {
  test.each<[string, Parameters<typeof look>[0], Parameters<typeof look>[1], Verdict, string]>([
    ['none', [], {}, 'healthy', 'No return came in over 24 h ago without a refund since.'],
    [
      'asked for a week ago, come in an hour ago',
      [back('ret_aaa111', 1)],
      {},
      'healthy',
      'No return came in over 24 h ago without a refund since.',
    ],
    [
      'one',
      [back('ret_aaa111', 1), back('ret_bbb222', 25)],
      {},
      'broken',
      '1 return came in over 24 h ago without a refund since, the oldest 25 h ago; runbook 4, refund delays, looks into refunds.',
    ],
    [
      'over pages that are in another order',
      [back('ret_aaa111', 30), back('ret_bbb222', 1), back('ret_ccc333', 72)],
      { page: 1 },
      'broken',
      '2 returns came in over 24 h ago without a refund since, the oldest 3 d ago; runbook 4, refund delays, looks into refunds.',
    ],
    [
      'what could not be understood is not healthy',
      [],
      { unread: 2 },
      'unknown',
      'No return came in over 24 h ago without a refund since. 2 in the service’s list could not be understood.',
    ],
    [
      'a list without end',
      Array.from({ length: 9 }, (_, place) => back(`ret_aaa11${place}`, 1)),
      { page: 1 },
      'unknown',
      'No return came in over 24 h ago without a refund since. The list is longer than was read.',
    ],
    [
      'no status configured',
      [back('ret_aaa111', 99)],
      { status: null },
      'skipped',
      'The status of returns that came in is not configured (`returns.received`).',
    ],
  ])('%s', async (_what, rows, more, verdict, line) => {
    expect(await look(rows, more)).toMatchObject({ verdict, line });
  });

  test('asks for the company’s own status, and keeps the oldest first, twenty at most', async () => {
    const rows = Array.from({ length: 25 }, (_, place) => back(`ret_aaa1${10 + place}`, 30 + place));
    const { asked, data, evidence } = await look(rows);
    expect(asked).toEqual([{ status: 'arrived', olderThanMinutes: 1_440, limit: 200, cursor: null }]);
    expect(data).toMatchObject({ total: 25, oldestAt: NOW - 54 * HOUR });
    expect(data?.ids).toHaveLength(20);
    expect(data?.ids[0]).toBe('ret_aaa134');
    expect(evidence).toEqual(data?.ids);
  });

  test('a service that does not answer is unknown', async () => {
    const returns = async () => await Promise.reject(silent('The order service'));
    const names = { ...RUNBOOK_NAMES, statuses: { ...RUNBOOK_NAMES.statuses, receivedReturn: 'arrived' } };
    const asking = {
      probes: fakeProbes({ orderService: { returns } }),
      names,
      thresholds: DEFAULT_THRESHOLDS,
    };
    await expect(received.look({ ...asking, now: NOW } as unknown as Asking)).rejects.toThrow(
      'The order service did not answer.',
    );
    expect((await diagnosed('returns', fakeProbes({}))).of('X15').verdict).toBe('skipped');
  });
});
