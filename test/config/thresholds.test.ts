import { describe, expect, test } from 'vitest';
import { rowsOf } from '../../src/cli/config.ts';
import { numbersIn } from '../../src/cli/runbooks.ts';
import { ConfigError, readConfig } from '../../src/config.ts';
import { CATALOGUE } from '../../src/runbooks/catalogue.ts';
import { stepsIn } from '../../src/runbooks/listing.ts';
import { RUNBOOK_NAMES } from '../../src/runbooks/names.ts';
import { DEFAULT_THRESHOLDS, THRESHOLD_NAMES, THRESHOLDS } from '../../src/runbooks/thresholds.ts';

const configOf = (yaml: string) => readConfig({ env: {}, readFile: () => yaml });

test('the defaults are those of the table', () => {
  expect(configOf('').oms.thresholds).toEqual(DEFAULT_THRESHOLDS);
});

test('a unit stands in the name, and a meaning is one sentence', () => {
  const ENDINGS: Partial<Record<string, RegExp>> = {
    minutes: /Minutes$/,
    seconds: /Seconds$/,
    days: /Days$/,
    percent: /Percent$/,
    'parts of 1': /Share$/,
    'times the usual': /Factor$/,
    kB: /Kilobytes$/,
    GiB: /Gib$/,
  };
  for (const name of THRESHOLD_NAMES) {
    const { unit, means } = THRESHOLDS[name];
    expect(name).toMatch(ENDINGS[unit] ?? /./);
    expect(means, name).toMatch(/^[A-Z][^.]*\.$/);
  }
});

test.each([
  ['thresholds.lagMessages', '', '100', 'the runbook'],
  ['thresholds.spikeFactor', '', '2', 'our default'],
  ['thresholds.spikeFactor', 'thresholds:\n  spikeFactor: 3\n', '3', 'oms.yaml:2'],
])('explain says value, origin, unit and meaning of %s', (key, yaml, value, origin) => {
  const row = rowsOf(configOf(yaml)).find((each) => each.key === key);
  expect(row).toMatchObject({ value, origin });
  expect(row?.means).toMatch(/In (messages; the runbook says 100|times the usual; 2 is our own default)\.$/);
});

test.each([
  ['a share above 1', 'batchStopShare: 20'],
  ['more than 100 percent', 'memoryPercent: 140'],
  ['half a pod', 'readyPodsForRestart: 1.5'],
  ['half a day of a piece', 'exportPieceDays: 0.5'],
  ['nothing', 'lagMessages: 0'],
])('%s is refused with its line', (_what, line) => {
  const key = line.split(':')[0];
  expect(() => configOf(`thresholds:\n  ${line}\n`)).toThrow(ConfigError);
  expect(() => configOf(`thresholds:\n  ${line}\n`)).toThrow(`oms.yaml:2: thresholds.${key}`);
});

test.each([
  [30, 2],
  [50, 2],
  [120, 4],
])('labels that have %i s each are proven within %i min', (labelSeconds, minutes) => {
  const [r34] = CATALOGUE.flatMap(({ actions }) => actions).filter(({ step }) => step === 'R34');
  expect(r34?.proof.plan({ ...DEFAULT_THRESHOLDS, labelSeconds })).toMatchObject({
    withinMs: minutes * 60_000,
    words: `The orders have their label within ${minutes} min.`,
  });
});

test('dead letters may be kept for half a day, and a lock may be as old as a reservation', () => {
  const yaml = 'thresholds: { deadLettersDays: 0.5, reservationSeconds: 300, usualLatePercent: 50 }\n';
  expect(configOf(yaml).oms.thresholds).toMatchObject({ deadLettersDays: 0.5, reservationSeconds: 300 });
});

describe('every number of the runbook’s table stands in the list, with its value and whose it is', () => {
  const listed = numbersIn(configOf(''));
  test.each<[string, 'runbook' | 'our default', Readonly<Record<string, number>>]>([
    ['escalation', 'runbook', { 'escalation.afterMinutes': 20, 'escalation.impactPercent': 25 }],
    ['widespread', 'runbook', { widespreadPercent: 25, supportAfterMinutes: 20 }],
    ['automatic payment retries', 'runbook', { paymentRetries: 3 }],
    ['monitor sampling', 'runbook', { monitorSeconds: 5 }],
    ['catalog sync interval', 'runbook', { syncEveryMinutes: 5 }],
    ['stale lock', 'runbook', { staleLockMinutes: 5 }],
    ['reservation, label timeout', 'runbook', { reservationSeconds: 30, labelSeconds: 30 }],
    ['normal consumer lag', 'runbook', { lagMessages: 100 }],
    ['processing', 'runbook', { normalProcessingMinutes: 15, stuckAfterMinutes: 120 }],
    ['refund', 'runbook', { lateAfterMinutes: 1_440, settlingBusinessDays: 10 }],
    ['pool size', 'runbook', { poolSize: 20 }],
    ['modal', 'runbook', { modalPoolSize: 50, modalReplicas: 6, modalMemoryGib: 4, modalDays: 7 }],
    ['dead letters kept', 'runbook', { deadLettersDays: 7 }],
    ['memory', 'runbook', { memoryPercent: 95 }],
    ['returns', 'runbook', { lateAfterMinutes: 1_440, returnWindowDays: 30, falsePositivePercent: 2 }],
    ['export', 'runbook', { exportRows: 100_000, exportMinutes: 30, exportPieceDays: 7 }],
    ['log window', 'our default', { logWindowMinutes: 30 }],
    ['dominates, absent', 'our default', { dominatesLines: 5, dominatesShare: 0.5, absentShare: 0.05 }],
    ['down', 'our default', { downSeconds: 15 }],
    ['failing rate', 'our default', { successPercent: 90, fewestAttempts: 20 }],
    ['spike, usual, missing', 'our default', { spikeFactor: 2, usualFactor: 1.5, missingFactor: 0.5 }],
    ['rising, falling, still', 'our default', { trendSamples: 3, trendSeconds: 30 }],
    ['over', 'our default', { overSeconds: 60 }],
    ['queries, sessions', 'our default', { longQuerySeconds: 60, idleSessions: 5, idleMinutes: 5 }],
    ['X1', 'our default', { changedWithinMinutes: 120, suspectWithinMinutes: 30 }],
    ['rollout', 'our default', { rolloutMinutes: 10, readyPodsForRestart: 2 }],
    ['mitigated watch', 'our default', { watchMinutes: 30, watchGaps: 2 }],
    ['undo offered', 'our default', { usualAgainMinutes: 30 }],
    ['undo reminded', 'our default', { firstReminderMinutes: 30, secondReminderMinutes: 120 }],
    ['undo reminded daily', 'our default', { laterRemindersMinutes: 1_440 }],
    ['batch', 'our default', { batchInFlight: 5, batchStopShare: 0.2, batchStopAfter: 5 }],
    ['share of pods or orders', 'our default', { mostShare: 0.5 }],
    ['usual decline share', 'our default', { declineFactor: 2, usualDeclinePercent: 10, medianDays: 7 }],
    ['rate limit over', 'our default', { afterRateLimitMinutes: 5 }],
    ['waiting', 'our default', { pendingPaymentMinutes: 15, labelWaitMinutes: 30 }],
    ['sync missed', 'our default', { syncMissedMinutes: 10 }],
    ['stock differs', 'our default', { stockDiffersSeconds: 60 }],
    ['sampled', 'our default', { sampledOrders: 5 }],
    ['webhooks; engine', 'our default', { fewestDeliveries: 20, restartedWithinMinutes: 120 }],
    ['reason', 'our default', { reasonCharacters: 10 }],
    ['finished', 'our default', { finishedMinutes: 1_440 }],
    ['pool', 'our default', { poolBrokenPercent: 90, poolSoundPercent: 70, smallPoolMinutes: 10 }],
    ['server', 'our default', { serverFullPercent: 90, databaseRestartMinutes: 30 }],
    ['partitions, buffer', 'our default', { outOfSyncSeconds: 30, bufferFreePercent: 10 }],
    ['groups', 'our default', { rebalanceMinutes: 5, groupEmptyMinutes: 2 }],
    ['Kafka near its limit', 'our default', { brokerMemoryPercent: 90 }],
    ['leak', 'our default', { leakMinutes: 60 }],
    ['before a kill or a rise', 'our default', { exportBeforeMinutes: 30, beforeRiseMinutes: 5 }],
    ['limit low', 'our default', { limitSoonMinutes: 30, memorySoundPercent: 80 }],
    ['disk for a dump', 'our default', { dumpRoomFactor: 1.2 }],
    ['fraud flags', 'our default', { fraudPercent: 4 }],
    ['extension', 'our default', { mostDays: 30 }],
    ['seq scan', 'our default', { seqScanRows: 100_000 }],
    ['export moves', 'our default', { exportMovesMinutes: 5 }],
  ])('%s', (_what, origin, values) => {
    const found = Object.keys(values).map((name) => listed.find((one) => one.name === name));
    expect(Object.fromEntries(found.map((one) => [one?.name, one?.value]))).toEqual(values);
    for (const one of found) expect(one?.origin).toBe(origin);
  });

  test('each action says what proves it, and whose its deadline is', () => {
    const proofs = CATALOGUE.flatMap((runbook) => stepsIn(runbook, RUNBOOK_NAMES)).flatMap(
      ({ step, kind, proof }) => (kind === 'action' || kind === 'undo' ? [{ step, proof }] : []),
    );
    expect(proofs.filter(({ proof }) => proof === null)).toEqual([]);
    const runbooks = proofs.filter(({ proof }) => proof?.origin === 'runbook').map(({ step }) => step);
    expect(runbooks).toEqual(['R20', 'R21', 'R73', 'R75']);
  });
});

test('a number that texts name is said as a company has set it', () => {
  const thresholds = { ...DEFAULT_THRESHOLDS, reservationSeconds: 45, downSeconds: 20, deadLettersDays: 9 };
  const words = JSON.stringify(
    CATALOGUE.flatMap(({ causes, actions }) => [...causes, ...actions].map(({ rule }) => rule(thresholds))),
  );
  for (const said of ['ran out of their 45 s', 'Pods have twice, 20 s apart', 'kept for 9 days'])
    expect(words).toContain(said);
});
