import { expect, test } from 'vitest';
import type { GatewayHealth } from '../../src/ports/probes.ts';
import { anIncident } from '../support/incidents.ts';
import { answers, diagnosed, fakeProbes, NOW } from '../support/runbooks.ts';

const DOWN: GatewayHealth = { status: 'down', words: 'connect ETIMEDOUT' };
const UP: GatewayHealth = { status: 'up', words: null };

test.each<readonly [string, readonly (readonly [number, GatewayHealth | null])[], string]>([
  [
    'a silence in between',
    [
      [0, DOWN],
      [15, null],
      [30, null],
      [45, DOWN],
    ],
    'supported',
  ],
  [
    'an answer in between',
    [
      [0, DOWN],
      [15, UP],
      [30, null],
      [45, DOWN],
    ],
    'open',
  ],
  [
    'a silence of more than ten minutes',
    [
      [0, DOWN],
      [400, null],
      [610, DOWN],
    ],
    'open',
  ],
])('what was said before %s is compared with', async (_, story, verdict) => {
  let incident = anIncident([], { diagnosis: null });
  let said: string | undefined;
  for (const [seconds, health] of story) {
    const probes = fakeProbes({ orderService: { gatewayHealth: async () => answers(health) } });
    const look = await diagnosed('payment-failures', probes, { incident, now: NOW + seconds * 1_000 });
    incident = anIncident(look.findings);
    said = look.causes.find(({ id }) => id === '1.C1')?.verdict;
  }
  expect(said).toBe(verdict);
});
