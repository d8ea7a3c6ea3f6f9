import { expect, test } from 'vitest';
import { NO_IDS } from '../../src/domain/alert.ts';
import { ExportId } from '../../src/domain/ids.ts';
import { diagnose, type Looking } from '../../src/pipeline/diagnose.ts';
import { aRules } from '../support/builders.ts';
import { anIncident } from '../support/incidents.ts';
import { fakeProbes, NOW, silent } from '../support/runbooks.ts';

test('a check that asks several systems names the one that kept it waiting', async () => {
  const exportJob = async (_id: ExportId, signal: AbortSignal) => {
    await expect.poll(() => signal.aborted).toBe(true);
    throw silent('The order service');
  };
  const parts = {
    probes: fakeProbes({ orderService: { exportJob } }),
    samples: { since: async () => [], between: async () => ({}) },
    rules: aRules(),
    // The deadlines of checks pass at once, and no other time does.
    clock: {
      now: () => 0,
      sleep: async (ms: number) => {
        if (ms !== 4_000) await new Promise<void>(() => undefined);
      },
    },
    step: async <T>(_name: string, work: () => Promise<T>) => await work(),
  } as unknown as Looking;
  const ids = { ...NO_IDS, exports: [ExportId.parse('exp_month31d')] };
  const look = await diagnose(parts, { ...anIncident([]), diagnosis: null, runbook: 'exports', ids }, NOW);
  // It plans a query of the orders database, and asks the order service first, for which days.
  expect(look.findings.find(({ step }) => step === 'R72')).toMatchObject({
    verdict: 'unknown',
    line: 'The order service did not answer within 4 s.',
  });
});

test('what people are asked to do speaks of the impact beside it, not of the look before', async () => {
  const parts = {
    probes: fakeProbes({}),
    samples: { since: async () => [], between: async () => ({}) },
    rules: aRules(),
    clock: { now: () => 0, sleep: async () => await new Promise<void>(() => undefined) },
    step: async <T>(_name: string, work: () => Promise<T>) => await work(),
  } as unknown as Looking;
  const before = {
    known: true,
    affected: 40,
    total: 45,
    windowMinutes: 30,
    source: '',
    means: '',
    at: 0,
  } as const;
  const incident = {
    ...anIncident([]),
    diagnosis: null,
    runbook: 'payment-failures',
    impact: before,
  } as const;
  const look = await diagnose(parts, incident, NOW);
  expect(look.impact).toMatchObject({ known: false });
  // The case for the provider is for widespread trouble.
  expect(look.byHand.map(({ id }) => id)).not.toContain('m1.5');
});
