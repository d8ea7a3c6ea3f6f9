import { expect, test } from 'vitest';
import { NO_COUNTS, type Run } from '../../../src/domain/run.ts';
import { aRun, OPENED } from '../../support/incidents.ts';
import { diagnosed, fakeProbes, MINUTE } from '../../support/runbooks.ts';

const SCALED = { kind: 'scale', at: OPENED + 2 * MINUTE, from: 2, to: 0, byItself: false } as const;
const OURS = { targets: ['deployment/order-service'] };
const PLAIN = 'order-service scaled from 2 to 0 pods';

test.each<[string, Run, string]>([
  ['at the time of our run', aRun(OURS), `${PLAIN} by the bot`],
  ['at the time of a run on something else', aRun(), PLAIN],
  [
    'long after our run',
    aRun({ ...OURS, beganAt: OPENED - 9 * MINUTE, endedAt: OPENED - 8 * MINUTE }),
    PLAIN,
  ],
  ['at the time of a run that did nothing', aRun({ ...OURS, counts: { ...NO_COUNTS, failed: 1 } }), PLAIN],
])('X1 says of a change whether it was the bot’s: %s', async (_what, run, line) => {
  const probes = fakeProbes({ kubernetes: { changes: async () => ({ changes: [SCALED], unread: [] }) } });
  const found = (await diagnosed('memory', probes, { incident: { runs: [run] } })).of('X1');
  expect(found.data).toMatchObject({ changes: [{ line }] });
});
