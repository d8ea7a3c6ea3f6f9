import { expect, test } from 'vitest';
import { aLog, diagnosed, fakeProbes, MINUTE, NOW } from '../../support/runbooks.ts';

/** A log without a failure, of a pod that was made so many minutes ago. */
const quiet = (minutes: number) => aLog([], { podSince: NOW - minutes * MINUTE });

test.each([
  [
    'all pods are new, and what others wrote is gone',
    [quiet(2), quiet(1)],
    /^0 payments failed in the 2 min since its pods were made; 0 cards were declined\.$/,
  ],
  ['one pod is as old as the window', [quiet(2), quiet(40)], /^0 payments failed in 30 min;/],
])('a log says how far it reaches: %s', async (_what, logs, line) => {
  const probes = fakeProbes({ kubernetes: { logs: async () => logs } });
  const found = (await diagnosed('payment-failures', probes)).of('R2');
  expect(found).toMatchObject({ verdict: 'healthy', line: expect.stringMatching(line) });
});
