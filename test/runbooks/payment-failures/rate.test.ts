import { describe, expect, test } from 'vitest';
import { NO_IDS } from '../../../src/domain/alert.ts';
import type { Run } from '../../../src/domain/run.ts';
import { RUNBOOK_NAMES } from '../../../src/runbooks/names.ts';
import { PAYMENTS_RATE, paymentRate } from '../../../src/runbooks/payment-failures/rate.ts';
import { type RateSeen, rateSince } from '../../../src/runbooks/shared/success-rate.ts';
import { DEFAULT_THRESHOLDS } from '../../../src/runbooks/thresholds.ts';
import { anIncident, aRun } from '../../support/incidents.ts';
import { answers, aProving, fakeProbes, MINUTE, NOW, seen } from '../../support/runbooks.ts';

type Page = Readonly<Record<string, number>> | null;
const COUNTED = {
  ...RUNBOOK_NAMES,
  metrics: { ...RUNBOOK_NAMES.metrics, paymentAttempts: 'tries', paymentDeclines: 'declines' },
};
const probesOf = (...pages: readonly Page[]) =>
  fakeProbes({ orderService: { metrics: async () => answers(...pages) } });
const page = (rate: number, tries?: number, declines?: number): Page => ({
  payment_success_rate: rate,
  ...(tries === undefined ? {} : { tries }),
  ...(declines === undefined ? {} : { declines }),
});

describe('attempts since the run', () => {
  const note = { attempts: '{"pod-1":100}', declines: '{"pod-1":10}' };
  const since = async (
    pages: readonly Page[],
    parameters: Run['parameters'] = note,
    names = COUNTED,
    ok = true,
  ) =>
    await rateSince(
      aProving(probesOf(...pages), { run: aRun({ parameters }), names }),
      PAYMENTS_RATE,
      'payments',
      { ok, line: '' },
    );

  test.each<
    [string, Awaited<ReturnType<typeof since>> | Promise<Awaited<ReturnType<typeof since>>>, string, string]
  >([
    [
      '90 % of 20',
      since([page(0.9, 125, 15)]),
      'moved',
      '90 % of payments succeed on the worst pod, 20 attempts since the run, declines aside.',
    ],
    ['89 %', since([page(0.89, 125, 15)]), 'neither', '89 % of payments'],
    ['19 attempts', since([page(1, 124, 15)]), 'unknown', '20 attempts are needed to tell.'],
    ['a restarted pod counts from zero', since([page(1, 20, 0)]), 'moved', '20 attempts'],
    ['a new pod beside it', since([page(1, 100, 10), page(1, 30, 10)]), 'moved', '20 attempts'],
    ['a silent pod', since([page(1, 500, 10), null]), 'unknown', 'It did not answer.'],
    [
      'no attempts configured',
      since([page(1, 500, 10)], note, {
        ...COUNTED,
        metrics: { ...COUNTED.metrics, paymentAttempts: null as never },
      }),
      'unknown',
      'is not configured',
    ],
    ['nothing was noted', since([page(1, 500, 10)], {}), 'unknown', 'could not be counted'],
    [
      'declines unknown are not taken off, nor said to be',
      since([page(1, 121)], { attempts: '{"pod-1":100}' }),
      'moved',
      '21 attempts since the run.',
    ],
    [
      'what else is needed is missing',
      since([page(1, 500, 10)], note, COUNTED, false),
      'neither',
      '400 attempts',
    ],
    ['no rate on the page', since([{ tries: 500 }]), 'unknown', 'No pod’s metrics page'],
  ])('%s', async (_what, given, outcome, words) => {
    const sample = await given;
    const said = sample.moved.length > 0 ? 'moved' : sample.unknown.length > 0 ? 'unknown' : 'neither';
    expect(said).toBe(outcome);
    expect(sample.line).toContain(words);
  });
});

describe('the window in which declines are counted', () => {
  const rounds = async (looks: readonly (readonly [at: number, pages: readonly Page[]])[]) => {
    let before: RateSeen | null = null;
    let verdict: string | null = null;
    let line = '';
    for (const [at, pages] of looks) {
      const found = await paymentRate.look({
        probes: probesOf(...pages),
        ids: NO_IDS,
        history: async () => [],
        histories: async () => ({}),
        thresholds: DEFAULT_THRESHOLDS,
        names: COUNTED,
        now: at,
        previous: before === null ? null : { rate: seen('healthy', before) },
        incident: anIncident([]),
        signal: new AbortController().signal,
      });
      before = found.data;
      verdict = found.verdict;
      line = found.line;
    }
    return { window: before?.window, verdict, line };
  };

  test('grows from the oldest sample on', async () => {
    const seen = await rounds([
      [NOW, [page(1, 100, 10)]],
      [NOW + MINUTE, [page(1, 130, 16)]],
      [NOW + 2 * MINUTE, [page(1, 150, 20)]],
    ]);
    expect(seen.window).toEqual({ attempts: 50, declines: 10, minutes: 2 });
  });

  test('says that there were more when a pod began anew meanwhile', async () => {
    const seen = await rounds([
      [NOW, [page(1, 100, 10)]],
      [NOW + MINUTE, [page(1, 1, 0)]],
      [NOW + 2 * MINUTE, [page(1, 150, 2)]],
    ]);
    expect(seen.window).toMatchObject({ minutes: 2, atLeast: true });
    expect(seen.line).toContain(' At least 150 attempts in 2 min');
  });

  test('forgets what is older than half an hour', async () => {
    const seen = await rounds([
      [NOW, [page(1, 0, 0)]],
      [NOW + 20 * MINUTE, [page(1, 100, 10)]],
      [NOW + 40 * MINUTE, [page(1, 150, 11)]],
    ]);
    expect(seen.window).toEqual({ attempts: 50, declines: 1, minutes: 20 });
  });

  test('a page that is missing once does not read as a fall and a rise', async () => {
    const seen = await rounds([
      [NOW, [page(1, 110, 0), null]],
      [NOW + MINUTE, [page(1, 120, 0), page(1, 1_005, 0)]],
      [NOW + 2 * MINUTE, [page(1, 130, 0), page(1, 1_010, 0)]],
      [NOW + 3 * MINUTE, [page(1, 140, 0), null]],
    ]);
    expect(seen.window).toEqual({ attempts: 15, declines: 0, minutes: 1 });
  });

  test('declines that nobody counts are unknown, not none', async () => {
    const seen = await rounds([
      [NOW, [page(1, 100)]],
      [NOW + MINUTE, [page(1, 200)]],
    ]);
    expect(seen.window).toEqual({ attempts: 100, declines: null, minutes: 1 });
  });

  test.each<[string, number | undefined]>([
    ['0', 0],
    ['not there, as 0 of 0 has none', undefined],
  ])('a pod that has made no attempt has no rate, whatever its page says: %s', async (_what, rate) => {
    const idle: Page = { ...(rate === undefined ? {} : { payment_success_rate: rate }), tries: 0 };
    const seen = await rounds([[NOW, [page(0.98, 500), idle]]]);
    expect(seen.verdict).toBe('healthy');
    expect((await rounds([[NOW, [idle]]])).verdict).toBe('unknown');
    // Where nobody counts attempts there is nothing to tell them by.
    expect((await rounds([[NOW, [page(0.98, 500), page(0)]]])).verdict).toBe('broken');
  });

  test('a low rate of few attempts says nothing', async () => {
    const low = async (tries: number) =>
      await rounds([
        [NOW, [page(0.5, 100, 10)]],
        [NOW + MINUTE, [page(0.5, 100 + tries, 11)]],
      ]);
    expect((await low(20)).verdict).toBe('unknown');
    expect((await low(21)).verdict).toBe('broken');
  });
});
