import { expect, test } from 'vitest';
import { rowsOf } from '../../src/cli/config.ts';
import { saidWith, usersOf } from '../../src/cli/used-by.ts';
import { Environment } from '../../src/config/environment.ts';
import { readConfig } from '../../src/config.ts';
import { CATALOGUE } from '../../src/runbooks/catalogue.ts';
import { stepsIn } from '../../src/runbooks/listing.ts';
import { RUNBOOK_NAMES } from '../../src/runbooks/names.ts';

const config = readConfig({ env: {}, readFile: () => null });
const usual = saidWith(config.oms);
const rows = rowsOf(config).filter(({ key }) => !(key in Environment.shape));
const users = new Map(rows.map((row) => [row.key, usersOf(config.oms, row, usual)]));

test('every key is used by somebody', () => {
  expect([...users].filter(([, list]) => list.length === 0).map(([key]) => key)).toEqual([]);
});

test('every step, sentence and cause that uses a key is there', () => {
  const known = CATALOGUE.flatMap((runbook) => [
    ...stepsIn(runbook, RUNBOOK_NAMES).map(({ step }) => step as string),
    ...runbook.causes.flatMap(({ id, title }) => [id, `“${title}” of ${runbook.id}`]),
    ...[...(runbook.advice ?? []), ...(runbook.byHand ?? [])].map(({ id }) => id as string),
  ]);
  const named = new Set([...users.values()].flat().filter((one) => /^[RXm\d]\d*[\d.]|^“/.test(one)));
  expect([...named].filter((one) => !known.includes(one))).toEqual([]);
});

test.each([
  ['kafka.host', ['R48']],
  ['payments.secret', ['R6', 'X1']],
  ['kafka.deadLetterTopic', ['X13']],
  ['kafka.parkedTopic', ['R51-skip']],
  ['catalog.url', ['X7']],
  ['catalog.stockPath', ['X7']],
  ['database.application', ['R38', 'R39', 'R42', 'R43', 'R44', 'R59']],
  ['workloads.orderService.service', ['every call of the order service’s admin pages']],
  ['escalation.afterMinutes', ['the ladder']],
  ['links.dashboard', ['every card']],
  ['thresholds.batchInFlight', ['src/pipeline/carry-out.ts']],
  ['teams.catalog.channel', ['inventory-reservation']],
])('%s is used by %s', (key, list) => {
  expect(users.get(key)).toEqual(list);
});

test.each([
  ['memoryPercent', '“The memory limit is too low” of memory', 'src/runbooks/memory/usage.ts'],
  ['poolBrokenPercent', 'R42', 'src/runbooks/database-pool/pool.ts'],
  ['lagMessages', 'R51', 'src/runbooks/shared/lag.ts'],
  ['successPercent', 'R5', 'src/runbooks/shared/success-rate.ts'],
])('of %s not only who says it is named (%s), also what only looks by it (%s)', (threshold, said, looks) => {
  expect(users.get(`thresholds.${threshold}`)).toEqual(expect.arrayContaining([said, looks]));
});
