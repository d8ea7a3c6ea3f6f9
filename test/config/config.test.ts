import { describe, expect, test } from 'vitest';
import { rowsOf } from '../../src/cli/config.ts';
import { ConfigError, readConfig } from '../../src/config.ts';
import { rulesOf } from '../../src/rules-of.ts';

function mistakesOf(yaml: string, env: Record<string, string> = {}): readonly string[] {
  try {
    readConfig({ env, readFile: () => yaml });
    return [];
  } catch (err) {
    if (err instanceof ConfigError) return err.mistakes;
    throw err;
  }
}

describe('oms.yaml and the environment', () => {
  test('need nothing: every default is the runbook’s own', () => {
    const { oms } = readConfig({ env: {}, readFile: () => null });
    expect(oms.teams.orders.channel).toBe('#orders-team');
    expect(oms.escalation).toMatchObject({ afterMinutes: 20, impactPercent: 25 });
  });

  test('the statuses that a person may set, and the ages in commands to type, reach the runbooks', () => {
    const yaml = 'orders:\n  manualStatuses: [on_hold]\nthresholds:\n  stuckAfterMinutes: 90\n';
    const { names } = rulesOf(readConfig({ env: {}, readFile: () => yaml }), true);
    expect(names.statuses.manual).toEqual(['on_hold']);
    expect(names.statuses.all).toContain('on_hold');
    expect(names.inCommands.stuckAfterMinutes).toBe(90);
    expect(mistakesOf('orders:\n  manualStatuses: []\n').join()).toContain('orders.manualStatuses');
  });

  test.each([
    [
      'a typo in a key names the nearest one and its line',
      'escalation:\n  afterMinuts: 5\n',
      'oms.yaml:2: escalation.afterMinuts is no key. Did you mean afterMinutes?',
    ],
    [
      'a wrong type names key and line',
      'environment: dev\nlookEverySeconds: often\n',
      'oms.yaml:2: lookEverySeconds: a number, in seconds, is wanted, not “often”.',
    ],
    [
      'a channel without # is refused',
      'channels:\n  alerts: orders\n',
      'oms.yaml:2: channels.alerts: a channel is written like "#orders-team"',
    ],
    [
      'a time zone that there is not is refused',
      'timeZone: Mars/Olympus\n',
      'oms.yaml:1: timeZone: a time zone is written like Europe/Berlin or UTC.',
    ],
    [
      'an approver that is no id is refused',
      'approvals:\n  responders: [maria]\n',
      'oms.yaml:2: approvals.responders.0: a user id (U… or W…) or a user group id (S…) is wanted',
    ],
    ['a file that is no YAML names the line', 'teams: [\n', 'oms.yaml:2: '],
  ])('%s', (_rule, yaml, mistake) => {
    expect(mistakesOf(yaml).some((said) => said.startsWith(mistake))).toBe(true);
  });

  test.each(['UTC', 'Etc/UTC', 'Europe/Berlin', 'europe/berlin', 'Europe/Kyiv', 'US/Pacific', '+01:00'])(
    'the time zone %s is taken',
    (timeZone) => {
      expect(mistakesOf(`timeZone: ${timeZone}\n`)).toEqual([]);
    },
  );

  test('all mistakes come in one message', () => {
    const found = mistakesOf('environment: production\nteam: {}\nlookEverySeconds: 1\n', {
      PORT: 'x',
      SLACK_BOT_TOKEN: 'nope',
    });
    expect(found).toHaveLength(5);
  });

  test.each([
    ['kafka', 'KAFKA_BROKERS'],
    ['http://kafka:9092', 'KAFKA_BROKERS'],
    ['one:9092,,two:9092', 'KAFKA_BROKERS'],
    ['one:9092, [::1]:9093', null],
  ])('brokers are written host:port by comma: %s', (brokers, mistake) => {
    const found = mistakesOf('', { KAFKA_BROKERS: brokers });
    expect(found).toEqual(mistake === null ? [] : [expect.stringContaining(mistake)]);
  });

  test('a user of Kafka needs a password, and a password a user', () => {
    for (const half of ['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'])
      expect(mistakesOf('', { [half]: 'x' })).toEqual([expect.stringContaining('go together')]);
  });

  test('a token that the API server would keep for itself is a mistake', () => {
    const yaml = 'workloads:\n  orderService: { service: "order-service:80" }\n';
    const token = { ORDER_SERVICE_TOKEN_FILE: '/run/token' };
    const lost =
      /^oms\.yaml:2: admin\.tokenHeader: the API server keeps authorization for itself .* or set ORDER_SERVICE_URL\.$/;
    expect(mistakesOf(yaml, token)).toEqual([expect.stringMatching(lost)]);
    for (const [text, env] of [
      [yaml, {}],
      [yaml, { ...token, ORDER_SERVICE_URL: 'http://orders' }],
      [`${yaml}admin: { tokenHeader: x-admin-token }\n`, token],
      ['', token],
    ] as const)
      expect(mistakesOf(text, env)).toEqual([]);
    expect(mistakesOf(yaml.replace('order-service:80', 'order-service'))).toEqual([
      expect.stringContaining('a Service is written order-service:80'),
    ]);
  });

  test('a named file that is not there is a mistake', () => {
    expect(() => readConfig({ env: { CONFIG_FILE: 'gone.yaml' }, readFile: () => null })).toThrow(
      'no such file',
    );
  });

  test('an empty environment value counts as unset', () => {
    expect(readConfig({ env: { DATABASE_URL: '' }, readFile: () => null }).env.DATABASE_URL).toBeUndefined();
  });

  test('explain never shows a secret, and says where a value came from', () => {
    const config = readConfig({
      env: { SLACK_BOT_TOKEN: 'xoxb-secret-1' },
      readFile: () => 'environment: stage\n',
    });
    const rows = rowsOf(config);
    expect(JSON.stringify(rows)).not.toContain('secret-1');
    expect(rows.find(({ key }) => key === 'SLACK_BOT_TOKEN')?.value).toBe('set');
    expect(rows.find(({ key }) => key === 'environment')).toMatchObject({
      value: '"stage"',
      origin: 'oms.yaml:1',
    });
  });
});
