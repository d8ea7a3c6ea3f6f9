import { expect, test } from 'vitest';
import { memory } from '../../../src/runbooks/memory.ts';
import { RUNBOOK_NAMES } from '../../../src/runbooks/names.ts';
import { DEFAULT_THRESHOLDS } from '../../../src/runbooks/thresholds.ts';
import { fakeProbes, MINUTE, NOW, seen } from '../../support/runbooks.ts';

/** R54 of pods that were never killed, when the look before saw another pod killed so many minutes ago. */
async function afterKill(ago: number) {
  const past = [{ pod: 'gone', container: 'app', at: NOW - ago * MINUTE }];
  const probes = fakeProbes({
    kubernetes: {
      containers: async () => [
        { pod: 'new', name: 'app', restarts: 0, startedAt: NOW, lastTermination: null, memoryLimit: null },
      ],
      events: async () => [],
    },
  });
  const previous = { kills: seen('broken', { kills: past, past }) };
  const ask = { probes, names: RUNBOOK_NAMES, thresholds: DEFAULT_THRESHOLDS, previous, now: NOW };
  return await memory.checks['kills']?.look(ask as never);
}

test('new pods do not make the kills of those before them unsaid', async () => {
  expect(await afterKill(4)).toMatchObject({
    verdict: 'healthy',
    line: 'No container of the pods of now was killed for memory. The last of the pods before was killed 4 min ago.',
  });
  expect((await afterKill(31))?.line).toBe('No container was killed for memory in 30 min.');
});
