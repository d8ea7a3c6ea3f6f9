import { describe, expect, test } from 'vitest';
import { oms } from '../support/oms.ts';

describe('oms config', () => {
  const TOKENS = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' };

  test('check says that all is well, and what is not set', async () => {
    const yaml =
      'environment: prod\napprovals: { responders: [U0MARA], approvers: [S0LEADS], managers: [S0BOSS] }\npayments: { backup: Adyen }\n';
    const { code, said } = await oms(['config', 'check'], yaml, { ...TOKENS, ALERT_WEBHOOK_TOKEN: 'x' });
    expect(said).toBe(
      'oms.yaml and the environment are ready.\nThe bot serves prod.\n' +
        'Not set: DATABASE_URL, ORDERS_DATABASE_URL, ORDER_SERVICE_URL, KUBECONFIG, KAFKA_BROKERS, REDIS_URL, AWS_REGION, PAGERDUTY_ROUTING_KEY.\n',
    );
    expect(code).toBe(0);
  });

  test('check says that nobody may approve', async () => {
    const { said } = await oms(['config', 'check'], '', TOKENS);
    expect(said).toContain('approvals.responders is empty: nobody may approve.');
  });

  test('check is not content with what npm start would refuse', async () => {
    const { code, said } = await oms(['config', 'check'], '', { SLACK_BOT_TOKEN: 'xoxb-1' });
    expect(code).toBe(1);
    expect(said).toContain('SLACK_APP_TOKEN is not set');
  });

  test('check names every mistake and that nothing was started', async () => {
    const { code, said } = await oms(['config', 'check'], 'environment: production\nteam: {}\n', {
      PORT: 'x',
    });
    expect(code).toBe(1);
    expect(said).toContain('Nothing was started');
    for (const mistake of ['oms.yaml:1: environment', 'oms.yaml:2: team is no key', 'PORT']) {
      expect(said).toContain(mistake);
    }
  });

  test('explain says value, origin and meaning of a group', async () => {
    const { code, said } = await oms(['config', 'explain', 'escalation'], 'escalation:\n  afterMinutes: 5\n');
    expect(code).toBe(0);
    expect(said).toContain('escalation.afterMinutes = 5  (oms.yaml:2)');
    expect(said).toContain('escalation.impactPercent = 25  (the runbook)');
    expect(said).toContain('runbook: 20');
    expect(said).not.toContain('teams.');
  });

  test('explain shows no secret, whether it came whole or inside an address', async () => {
    const { said } = await oms(['config', 'explain'], '', {
      SLACK_BOT_TOKEN: 'xoxb-hunter2',
      DATABASE_URL: 'postgres://bot:hunter2@db/oms',
      PAGERDUTY_ROUTING_KEY: 'hunter2',
      ALERT_WEBHOOK_TOKEN: 'hunter2',
      PAGERDUTY_WEBHOOK_SECRET: 'hunter2',
    });
    expect(said).not.toContain('hunter2');
    expect(said).toContain('DATABASE_URL = set  (environment)');
    expect(said).toContain('SLACK_APP_TOKEN = not set');
  });

  test('explain says who uses a key, and what is not set', async () => {
    const { said } = await oms(['config', 'explain', 'kafka']);
    expect(said).toMatch(/kafka\.host = "kafka-0\.kafka-headless" {2}\(default\)\n.*\n {4}Used by: R48\.\n/);
    expect(said).toMatch(/kafka\.deadLetterTopic = not set {2}\(default\)\n.*\n {4}Used by: X13\.\n/);
    const threshold = await oms(['config', 'explain', 'thresholds.stuckAfterMinutes']);
    expect(threshold.said).toMatch(
      /= 120 {2}\(the runbook\)\n.*In minutes; the runbook says 120\.\n {4}Used by: R16[,.]/,
    );
  });

  test('explain of a misspelt key names the nearest one', async () => {
    const { code, said } = await oms(['config', 'explain', 'esclation']);
    expect({ code, said }).toEqual({
      code: 1,
      said: 'There is no key esclation. Did you mean escalation?\n',
    });
  });

  test('a misspelt command names the nearest one', async () => {
    const { code, said } = await oms(['confg']);
    expect(code).toBe(1);
    expect(said).toContain('Did you mean config?');
  });
});
