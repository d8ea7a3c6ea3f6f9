import { expect, test } from 'vitest';
import { COMMAND, stale } from '../../scripts/runbook-pages.ts';
import { readConfig } from '../../src/config.ts';
import { kafkaLag } from '../../src/runbooks/kafka-lag.ts';
import { toPage } from '../../src/runbooks/page-name.ts';

test('docs/runbooks says what the runbooks say', () => {
  expect(stale(), `Stale pages; ${COMMAND} makes them fresh`).toEqual([]);
});

test('the card’s link leads to the page of its runbook', () => {
  const yaml = 'links:\n  runbook: https://git.example.com/oms-bot/docs/runbooks/{runbook}.md\n';
  const url = readConfig({ env: {}, readFile: () => yaml }).oms.links.runbook ?? '';
  expect(toPage({ url }, kafkaLag).url).toBe('https://git.example.com/oms-bot/docs/runbooks/07-kafka-lag.md');
});
