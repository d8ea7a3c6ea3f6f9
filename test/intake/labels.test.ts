import { describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { readAlertmanager } from '../../src/intake/alertmanager.ts';
import { readSlackMessage } from '../../src/intake/slack-message.ts';
import { intakeRulesOf } from '../../src/rules-of.ts';

function rulesWith(yaml = '') {
  const config = readConfig({ env: {}, readFile: () => yaml });
  return intakeRulesOf(config, { userId: 'UBOT', botId: 'BBOT' });
}

function read(labels: Record<string, string>, summary = '', yaml = '') {
  const alert = {
    status: 'firing',
    labels: { alertname: 'OmsAlert', ...labels },
    annotations: { summary },
    startsAt: '2026-01-01T03:00:00Z',
    fingerprint: 'f1',
  };
  return readAlertmanager({ version: '4', alerts: [alert] }, rulesWith(yaml));
}

describe('a label decides before the code', () => {
  test.each<[string, Record<string, string>, readonly string[]]>([
    ['CONNECTION_TIMEOUT without a dependency', { code: 'CONNECTION_TIMEOUT' }, ['database-pool']],
    [
      'CONNECTION_TIMEOUT of the database by its usual name',
      { code: 'CONNECTION_TIMEOUT', dependency: 'postgres' },
      ['database-pool'],
    ],
    [
      'CONNECTION_TIMEOUT of a database by what such are called',
      { code: 'CONNECTION_TIMEOUT', dependency: 'orders-db' },
      ['database-pool'],
    ],
    [
      'CONNECTION_TIMEOUT of the payment gateway',
      { code: 'CONNECTION_TIMEOUT', dependency: 'payment-gateway' },
      ['payment-failures'],
    ],
    [
      'a code of the pool that no other dependency has',
      { code: 'TOO_MANY_CONNECTIONS', dependency: 'redis' },
      ['database-pool'],
    ],
    [
      'CONSUMER_LAG of another group',
      { code: 'CONSUMER_LAG', group: 'notification-consumer' },
      ['kafka-lag'],
    ],
    [
      'CONSUMER_LAG of the inventory’s group',
      { code: 'CONSUMER_LAG', group: 'order-inventory-consumer' },
      ['inventory-reservation'],
    ],
    [
      'the same by another exporter’s label',
      { code: 'EVENT_LAG_HIGH', consumergroup: 'order-inventory-consumer' },
      ['inventory-reservation'],
    ],
    [
      'what the inventory’s group cannot be behind with',
      { code: 'KAFKA_PUBLISH_FAILED', group: 'order-inventory-consumer' },
      ['kafka-lag'],
    ],
    [
      'lag of the inventory’s group in words alone, once',
      { alertname: 'KafkaConsumerLagHigh', group: 'order-inventory-consumer' },
      ['inventory-reservation'],
    ],
    ['PAYMENT_GATEWAY_ERROR alone', { code: 'PAYMENT_GATEWAY_ERROR' }, ['refund-delays']],
    [
      'PAYMENT_GATEWAY_ERROR of a payment',
      { code: 'PAYMENT_GATEWAY_ERROR', context: 'payment' },
      ['payment-failures'],
    ],
    [
      'PAYMENT_GATEWAY_ERROR of a refund',
      { code: 'PAYMENT_GATEWAY_ERROR', operation: 'refund' },
      ['refund-delays'],
    ],
    ['a kill for memory', { alertname: 'PodTerminated', reason: 'OOMKilled' }, ['memory']],
    [
      'restarts of the order service',
      { alertname: 'KubePodCrashLooping', pod: 'order-service-7d9-x2' },
      ['memory'],
    ],
    ['restarts of another service', { alertname: 'KubePodCrashLooping', pod: 'search-7d9-x2' }, []],
  ])('%s', (_case, labels, runbooks) => {
    expect(read(labels).alerts.map(({ runbook }) => runbook)).toEqual(runbooks);
  });

  test('a dependency that no runbook knows is answered with the label that says so', () => {
    const { alerts, unmatched } = read({ code: 'CONNECTION_TIMEOUT', dependency: 'redis' });
    expect(alerts).toEqual([]);
    expect(unmatched[0]?.because).toContain('CONNECTION_TIMEOUT with dependency=redis is about something');
  });

  test('words of the database do not take it back', () => {
    const words = 'Too many connections to redis ended in a timeout';
    expect(read({ code: 'CONNECTION_TIMEOUT', dependency: 'redis' }, words).alerts).toEqual([]);
    expect(read({}, words).alerts.map(({ runbook }) => runbook)).toEqual(['database-pool']);
  });

  test('two codes of which one goes to the other’s runbook are one alert', () => {
    const labels = { code: 'CONSUMER_LAG', other: 'RESERVATION_TIMEOUT', group: 'order-inventory-consumer' };
    expect(read(labels).alerts.map(({ runbook }) => runbook)).toEqual(['inventory-reservation']);
  });

  test('the configured names count, not the runbook’s', () => {
    const yaml = [
      'database: { dependency: ledger }',
      'kafka: { inventoryGroup: stock-sync }',
      'workloads: { orderService: { deployment: shop-orders } }',
    ].join('\n');
    const of = (labels: Record<string, string>) =>
      read(labels, '', yaml).alerts.map(({ runbook }) => runbook);
    expect(of({ code: 'CONNECTION_TIMEOUT', dependency: 'ledger-primary' })).toEqual(['database-pool']);
    expect(of({ code: 'CONSUMER_LAG', group: 'stock-sync' })).toEqual(['inventory-reservation']);
    expect(of({ code: 'CONSUMER_LAG', group: 'order-inventory-consumer' })).toEqual(['kafka-lag']);
    expect(of({ alertname: 'KubePodCrashLooping', pod: 'shop-orders-7d9-x2' })).toEqual(['memory']);
  });

  test('in a message of the channel, too, where the label stands by its name', () => {
    const heard = (text: string) => {
      const message = { channel: 'C1', ts: '1.1', bot_id: 'B9', text };
      const said = readSlackMessage(message, rulesWith());
      return said.kind === 'alert' ? said.reading.alerts.map(({ runbook }) => runbook) : [];
    };
    expect(heard('[FIRING:1] CONNECTION_TIMEOUT\n*dependency:* `payment-gateway`')).toEqual([
      'payment-failures',
    ]);
    expect(heard('[FIRING:1] CONNECTION_TIMEOUT')).toEqual(['database-pool']);
    expect(heard('[FIRING:1] CONSUMER_LAG\ngroup=order-inventory-consumer')).toEqual([
      'inventory-reservation',
    ]);
  });
});
