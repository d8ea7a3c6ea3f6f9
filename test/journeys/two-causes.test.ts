import { expect, test } from 'vitest';
import { findScenario } from '../../sim/world/scenarios/catalogue.ts';
import type { Scenario } from '../../sim/world/scenarios/scenario.ts';
import { saidOf, supportedIn, verdictOf } from '../support/verdict.ts';

/** Two stories of one runbook at once; the alert is the first one's. */
test.each([
  ['network-one-pod', 'key-rotated'],
  ['network-one-pod', 'rate-limited'],
  ['inventory-sync-stopped', 'stale-locks'],
  ['workflow-engine-crash', 'events-lost'],
  ['refund-method-gone', 'refund-above-charge'],
  ['parcels-incomplete', 'country-not-served'],
  ['carrier-down', 'parcels-incomplete'],
  ['blocking-query', 'traffic-jumped'],
  ['poison-message', 'kafka-cut-off'],
  ['returns-held', 'returns-window-wrong'],
  ['returns-held', 'returns-without-label'],
  ['upload-refused', 'export-query-slow'],
])('%s and %s', async (one, other) => {
  const look = await verdictOf([story(one), story(other)]);
  const causes = [one, other].flatMap((id) => story(id).causes).sort();
  expect([...supportedIn(look)].sort(), saidOf(look)).toEqual(causes);
});

function story(id: string): Scenario {
  const found = findScenario(id);
  if (found === null) throw new Error(`There is no scenario ${id}.`);
  return found;
}
