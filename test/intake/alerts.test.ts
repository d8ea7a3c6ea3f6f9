import { describe, expect, test } from 'vitest';
import { NO_IDS } from '../../src/domain/alert.ts';
import { readAlertmanager } from '../../src/intake/alertmanager.ts';
import type { IntakeRules } from '../../src/intake/rules.ts';
import { readSlackMessage } from '../../src/intake/slack-message.ts';

const rules: IntakeRules = {
  environment: 'prod',
  environmentLabel: 'environment',
  scopeLabels: [],
  runbooks: [
    {
      id: 'stuck-orders',
      codes: ['ORDER_PROCESSING_TIMEOUT', 'WORKFLOW_STUCK'],
      words: [['stuck', 'order']],
    },
    { id: 'payment-failures', codes: ['PAYMENT_FAILED'], words: [['payment', 'fail']] },
  ],
  labelRules: [{ match: { component: 'workflow' }, runbook: 'stuck-orders' }],
  ownLabels: [{ match: { dependency: 'payment-gateway' }, runbook: 'payment-failures' }],
  owners: [],
  trustedSenders: ['Alertmanager'],
  own: { userId: 'UBOT', botId: 'BBOT' },
};

function payload(change: object = {}, labels: Record<string, string> = {}) {
  const alert = {
    status: 'firing',
    labels: { alertname: 'OrdersStuck', code: 'WORKFLOW_STUCK', ...labels },
    annotations: { summary: 'ord_xyz789abc does not move' },
    startsAt: '2026-01-01T03:00:00Z',
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: 'http://prometheus/graph',
    fingerprint: 'f1',
  };
  return {
    version: '4',
    groupKey: 'g',
    truncatedAlerts: 0,
    status: 'firing',
    receiver: 'oms',
    alerts: [alert],
    ...change,
  };
}

describe('Alertmanager’s webhook', () => {
  test('becomes an alert with its code, start, link and the order that it names', () => {
    expect(readAlertmanager(payload(), rules).alerts).toMatchObject([
      {
        runbook: 'stuck-orders',
        code: 'WORKFLOW_STUCK',
        startsAt: Date.parse('2026-01-01T03:00:00Z'),
        url: 'http://prometheus/graph',
        ids: { ...NO_IDS, orders: ['ord_xyz789abc'] },
      },
    ]);
  });

  test('whose own link runs over pages is shown by Alertmanager’s: on a card it would leave no room for any other', () => {
    const [alert] = payload().alerts;
    const generatorURL = `http://prometheus/graph?g0.expr=${'rate%28'.repeat(200)}`;
    const long = payload({ externalURL: 'http://alertmanager', alerts: [{ ...alert, generatorURL }] });
    expect(readAlertmanager(long, rules).alerts).toMatchObject([{ url: 'http://alertmanager' }]);
  });

  test('with two codes becomes an alert for each runbook', () => {
    const { alerts } = readAlertmanager(payload({}, { other: 'PAYMENT_FAILED' }), rules);
    expect(alerts.map(({ runbook }) => runbook)).toEqual(['stuck-orders', 'payment-failures']);
  });

  test('that two rules mean the same runbook by is one alert', () => {
    const twice = { match: { team: 'orders' }, runbook: 'stuck-orders' };
    const alert = payload({}, { code: 'none', component: 'workflow', team: 'orders' });
    const { alerts } = readAlertmanager(alert, { ...rules, labelRules: [...rules.labelRules, twice] });
    expect(alerts.map(({ runbook }) => runbook)).toEqual(['stuck-orders']);
  });

  test('of another environment is refused by name', () => {
    const { alerts, unmatched } = readAlertmanager(payload({}, { environment: 'stage' }), rules);
    expect(alerts).toEqual([]);
    expect(unmatched[0]?.because).toContain('The alert is of stage, this bot serves prod.');
  });

  test('of no code and no words is told by the label of the dependency, and only then', () => {
    const of = (alertname: string) =>
      readAlertmanager(
        payload({
          alerts: [
            {
              status: 'firing',
              labels: { alertname, dependency: 'payment-gateway' },
              startsAt: '2026-01-01T03:00:00Z',
              fingerprint: 'f2',
            },
          ],
        }),
        rules,
      ).alerts.map(({ runbook }) => runbook);
    expect(of('DependencyDown')).toEqual(['payment-failures']);
    expect(of('Order stuck')).toEqual(['stuck-orders']);
  });

  test('of an unknown code says which codes there are', () => {
    const { unmatched } = readAlertmanager(payload({}, { alertname: 'DiskFull', code: 'DISK_FULL' }), {
      ...rules,
      runbooks: rules.runbooks.map((one) => ({ ...one, words: [] })),
    });
    expect(unmatched[0]?.because).toContain('WORKFLOW_STUCK');
  });

  test('keeps the orders that its labels name, each once', () => {
    const { alerts } = readAlertmanager(payload({}, { order: 'ord_label99', other: 'ord_xyz789abc' }), rules);
    expect(alerts[0]?.ids.orders).toEqual(['ord_xyz789abc', 'ord_label99']);
  });

  test('that was truncated says how many are missing', () => {
    expect(readAlertmanager(payload({ truncatedAlerts: 3 }), rules).remarks[0]).toContain('3 more');
  });

  test.each([
    ['another version', payload({ version: '3' }), 'version is "3"'],
    ['the number 4', payload({ version: 4 }), 'version is the number 4; Alertmanager sends the string "4"'],
    ['no object', 'hello', 'version is undefined'],
    ['no alerts', { version: '4' }, 'alerts'],
  ])('of %s is refused with what was wrong', (_rule, body, because) => {
    expect(() => readAlertmanager(body, rules)).toThrow(because);
  });
});

describe('a message of the alerts channel', () => {
  const fired = {
    channel: 'C1',
    ts: '1.1',
    attachments: [{ title: '[FIRING:1] WORKFLOW_STUCK (prod)', title_link: 'http://am/#/alerts' }],
  };

  test('of a trusted bot is an alert', () => {
    const heard = readSlackMessage(
      { ...fired, subtype: 'bot_message', bot_id: 'B9', username: 'Alertmanager' },
      rules,
    );
    expect(heard).toMatchObject({
      kind: 'alert',
      trusted: true,
      reading: { alerts: [{ key: 'C1:1.1', status: 'firing' }] },
    });
  });

  test('of a person with the same words is not trusted', () => {
    const heard = readSlackMessage(
      { channel: 'C1', ts: '1.2', user: 'U7', text: '[FIRING:1] WORKFLOW_STUCK' },
      rules,
    );
    expect(heard).toMatchObject({ kind: 'alert', trusted: false, person: 'U7' });
  });

  test('of a person who only calls himself like the bot is not trusted', () => {
    const heard = readSlackMessage(
      { channel: 'C1', ts: '1.2', user: 'U7', username: 'Alertmanager', text: 'WORKFLOW_STUCK' },
      rules,
    );
    expect(heard).toMatchObject({ kind: 'alert', trusted: false });
  });

  test('that was edited to RESOLVED keeps its key', () => {
    const inner = {
      ...fired,
      bot_id: 'B9',
      username: 'Alertmanager',
      attachments: [{ title: '[RESOLVED] WORKFLOW_STUCK' }],
    };
    const heard = readSlackMessage(
      { channel: 'C1', ts: '9.9', subtype: 'message_changed', message: inner },
      rules,
    );
    expect(heard).toMatchObject({
      kind: 'alert',
      reading: { alerts: [{ key: 'C1:1.1', status: 'resolved' }] },
    });
  });

  test.each([
    ['our own', { channel: 'C1', ts: '1', bot_id: 'BBOT', text: 'WORKFLOW_STUCK' }],
    [
      'our own, edited',
      {
        channel: 'C1',
        ts: '1',
        subtype: 'message_changed',
        message: { ts: '1', bot_id: 'BBOT', text: 'WORKFLOW_STUCK' },
      },
    ],
    ['ordinary talk', { channel: 'C1', ts: '1', user: 'U1', text: 'are orders stuck again?' }],
    ['something unreadable', { channel: 3 }],
  ])('that is %s is ignored', (_rule, event) => {
    expect(readSlackMessage(event, rules).kind).toBe('ignored');
  });
});
