import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { jsonSchemaText } from '../../src/config/json-schema.ts';
import { unprepared, warnings } from '../../src/config/warnings.ts';
import { ConfigError, readConfig } from '../../src/config.ts';
import { CATALOGUE } from '../../src/runbooks/catalogue.ts';

function mistakesOf(yaml: string): readonly string[] {
  try {
    readConfig({ env: {}, readFile: () => yaml });
    return [];
  } catch (err) {
    if (err instanceof ConfigError) return err.mistakes;
    throw err;
  }
}

describe('values that go against each other', () => {
  test.each([
    [
      'stuck sooner than normal',
      'thresholds:\n  stuckAfterMinutes: 10\n',
      'oms.yaml:2: thresholds.normalProcessingMinutes: 15 is not less than thresholds.stuckAfterMinutes, 10 (minutes).',
    ],
    [
      'sound above broken',
      'thresholds:\n  poolBrokenPercent: 95\n  poolSoundPercent: 96\n',
      'oms.yaml:3: thresholds.poolSoundPercent: 96 is not less than thresholds.poolBrokenPercent, 95 (percent).',
    ],
    [
      'memory that is never sound',
      'thresholds:\n  memoryPercent: 75\n',
      'oms.yaml:2: thresholds.memorySoundPercent: 80',
    ],
    ['usual above a spike', 'thresholds:\n  usualFactor: 3\n', 'oms.yaml:2: thresholds.usualFactor: 3'],
    [
      'a form that opens with too much',
      'thresholds:\n  modalDays: 60\n',
      'oms.yaml:2: thresholds.modalDays: 60 is not at most thresholds.mostDays, 30 (days).',
    ],
    [
      'a lock that is stale while it is held',
      'thresholds:\n  reservationSeconds: 301\n',
      'oms.yaml:2: thresholds.reservationSeconds: 301 s is longer than thresholds.staleLockMinutes, 5 (minutes)',
    ],
    [
      'late returns that cannot spike',
      'thresholds:\n  usualLatePercent: 51\n',
      'oms.yaml:2: thresholds.usualLatePercent: 51 % times thresholds.spikeFactor, 2, is over 100 %',
    ],
    [
      'declines that cannot be a wave',
      'thresholds:\n  declineFactor: 10.5\n',
      'oms.yaml:2: thresholds.usualDeclinePercent: 10 % times thresholds.declineFactor, 10.5, is over 100 %',
    ],
    [
      'two statuses in one word',
      'orders:\n  pendingPayment: open\n  processing: open\n',
      'oms.yaml:2: orders.pendingPayment: orders.processing is open as well',
    ],
    [
      'a status before itself',
      'orders:\n  beforeProcessing: [processing]\n',
      'oms.yaml:2: orders.beforeProcessing',
    ],
    [
      'skipped messages that come again',
      'kafka:\n  parkedTopic: order-events\n',
      'oms.yaml:2: kafka.parkedTopic',
    ],
    [
      'a group without its topic',
      'kafka:\n  deadLetterGroup: dlq\n',
      'oms.yaml:2: kafka.deadLetterGroup: it reads kafka.deadLetterTopic, which is not set.',
    ],
    [
      'two workloads with the same pods',
      'workloads:\n  workflowEngine:\n    selector: app=order-service\n',
      'oms.yaml:3: workloads.workflowEngine.selector',
    ],
    [
      'a key that waits in its own place',
      'carriers: { staged: a, secret: a }\n',
      'oms.yaml:1: carriers.staged',
    ],
    ['quiet hours without an hour', 'quietHours: { from: "06:00" }\n', 'oms.yaml:1: quietHours.from'],
    [
      'approvers of a step that is no action',
      'approvals:\n  byAction:\n    R1: [U0MARA]\n',
      'oms.yaml:3: approvals.byAction.R1: R1 is no action',
    ],
    [
      'approvers of a step that is misspelt',
      'approvals:\n  byAction:\n    R51skip: [U0MARA]\n',
      'oms.yaml:3: approvals.byAction.R51skip: R51skip is no action that could be approved; `oms runbooks` lists them. Did you mean R51-skip?',
    ],
    [
      'labels that mean no runbook',
      'alerts:\n  rules:\n    - { match: { team: pay }, runbook: payment-failure }\n',
      'oms.yaml:3: alerts.rules.0.runbook: payment-failure is no runbook. Did you mean payment-failures?',
    ],
    [
      'a rule for every alert',
      'alerts:\n  rules:\n    - { match: {}, runbook: memory }\n',
      'oms.yaml:3: alerts.rules.0.match: a rule without a label would take every alert.',
    ],
  ])('%s', (_what, yaml, mistake) => {
    expect(mistakesOf(yaml)).toEqual([expect.stringContaining(mistake)]);
  });

  test('are named together with what is wrong for itself', () => {
    const found = mistakesOf('thresholds:\n  memoryPercent: 70\nteem: {}\nchannels: { alerts: orders }\n');
    expect(found).toHaveLength(3);
    expect(found.join()).toContain('Did you mean teams?');
    expect(found.join()).toContain('thresholds.memorySoundPercent: 80 is not less than');
  });

  test('are named also where something that has to be there is not', () => {
    const found = mistakesOf(
      'kafka:\n  consumers: { mails: { deployment: mailer } }\napprovals:\n  byAction: { R99: [U0MARA] }\nthresholds: { memoryPercent: 70 }\n',
    );
    expect(found.map((one) => one.slice(0, one.indexOf(': ')))).toEqual([
      'oms.yaml:2',
      'oms.yaml:4',
      'oms.yaml:5',
    ]);
  });
});

test('each action that is approved may have approvers of its own', () => {
  const steps = CATALOGUE.flatMap(({ actions }) => actions.map(({ step }) => step));
  const lists = [...new Set(steps)].map((step) => `    ${step}: [U0MARA]\n`).join('');
  expect(mistakesOf(`approvals:\n  byAction:\n${lists}`)).toEqual([]);
});

test('a file of 5 MB is not read', () => {
  expect(mistakesOf(`# ${'x'.repeat(5_000_000)}\n`)).toEqual([
    'oms.yaml has 5.0 MB; a configuration has 1 MB at most. Nothing of it was read.',
  ]);
});

test('what is seldom meant is said, and stops nobody', () => {
  const said = (yaml: string) => {
    const { oms } = readConfig({ env: {}, readFile: () => yaml });
    return [...warnings(oms), ...unprepared(oms)].join('\n');
  };
  expect(said('teams: { catalog: { channel: "#orders-team" } }\n')).toContain(
    'teams.orders and teams.catalog share #orders-team: an escalation from one to the other calls nobody new.',
  );
  expect(said('')).toContain('approvals.managers is empty: nobody may approve returns (R66).');
  expect(said('metrics: { bufferFree: free }\n')).toContain('metrics.bufferTotal go together');
  const rule = (match: string, runbook: string) =>
    `    - { match: { alertname: ${match} }, runbook: ${runbook} }\n`;
  expect(said(`alerts:\n  rules:\n${rule('A', 'memory')}${rule('A', 'exports')}`)).toContain(
    'alerts.rules.0 and alerts.rules.1 want the same labels: such an alert opens two incidents, memory and exports.',
  );
  expect(said(`alerts:\n  rules:\n${rule('/Order.*/i', 'memory')}`)).toContain(
    'alerts.rules.0.match.alertname: /Order.*/i reads like a regular expression',
  );
  expect(said('logPatterns: { exportJob: "export .* failed" }\n')).toContain(
    'logPatterns.exportJob: export .* failed reads',
  );
  expect(said('')).not.toContain('regular expression');
  expect(said('alerts: { environmentLabel: k8s.env }\n')).toContain(
    'Prometheus before 3 knows no label k8s.env',
  );
  expect(said('')).toContain('payments.backup');
  expect(said('payments: { backup: Adyen }\ncarriers: { countries: { dhl: [DE] } }\n')).toMatch(
    /^(?!.*payments\.backup).*Only one carrier/s,
  );
});

test('docs/oms.schema.json is what `oms config schema` writes', () => {
  expect(readFileSync('docs/oms.schema.json', 'utf8')).toBe(jsonSchemaText());
});
