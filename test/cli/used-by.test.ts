import { expect, test } from 'vitest';
import { saidWith, usersOf } from '../../src/cli/used-by.ts';
import { readConfig } from '../../src/config.ts';
import { THRESHOLD_NAMES } from '../../src/runbooks/thresholds.ts';

const { oms } = readConfig({ env: {}, readFile: () => null });
const usual = saidWith(oms);

test('every threshold is used by somebody', () => {
  const idle = THRESHOLD_NAMES.filter((name) => usersOf(oms, `thresholds.${name}`, usual).length === 0);
  expect(idle).toEqual([]);
});

test.each([
  ['kafka.host', ['R48']],
  ['payments.secret', ['R6', 'X1']],
  ['kafka.deadLetterTopic', ['X13']],
  ['thresholds.batchInFlight', ['src/pipeline/run.ts']],
  ['teams.catalog.channel', ['inventory-reservation']],
])('%s is used by %s', (key, users) => {
  expect(usersOf(oms, key, usual)).toEqual(users);
});
