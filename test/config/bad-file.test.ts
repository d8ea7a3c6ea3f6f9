import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig } from '../../src/config.ts';

function mistakesOf(yaml: string, env: Record<string, string> = {}): readonly string[] {
  try {
    readConfig({ env, readFile: () => yaml });
    return [];
  } catch (err) {
    if (err instanceof ConfigError) return err.mistakes;
    throw err;
  }
}

describe('a file that is not what it should be', () => {
  test.each([
    ['is empty', ''],
    ['holds only a comment', '# nothing yet\n'],
    ['has a group with nothing in it', 'teams:\nchannels:\nenvironment: dev\n'],
  ])('counts as all defaults when it %s', (_rule, yaml) => {
    expect(mistakesOf(yaml)).toEqual([]);
  });

  test.each([
    ['is one word', 'hello\n', 'oms.yaml:1: a file of keys is wanted'],
    ['is a list', '- environment\n', 'oms.yaml:1: a file of keys is wanted'],
    [
      'names a key twice',
      'environment: dev\nenvironment: prod\n',
      'oms.yaml:2: environment stands there twice',
    ],
    ['begins a line with a tab', 'teams:\n\torders:\n', 'oms.yaml:2: a tab stands at the beginning'],
    ['leaves a quote open', 'environment: "prod\n', 'a quote that is opened here or above is not closed'],
    ['holds two documents', '---\nenvironment: dev\n---\n{}\n', 'oms.yaml:3: a second document begins'],
    [
      'indents one line further',
      'escalation:\n  afterMinutes: 20\n   x: 25\n',
      'oms.yaml:2: this line or the next',
    ],
    [
      'begins a text with a star',
      'redis:\n  lockPattern: *lock\n',
      'oms.yaml:2: no &lock comes before *lock; a text that begins with * goes in quotes.',
    ],
    [
      'begins a text with an at sign',
      'approvals:\n  responders: [@ana]\n',
      'oms.yaml:2: a text that begins with @ goes in quotes.',
    ],
    [
      'names a group within itself',
      'teams: &t\n  orders: *t\n',
      'oms.yaml:2: *t stands inside of what it stands for.',
    ],
    [
      'unfolds without an end',
      `a: &a [x,x,x]\nb: &b [${'*a,'.repeat(30)}]\nc: [${'*b,'.repeat(30)}]\n`,
      'oms.yaml: its aliases (*…) stand for too much.',
    ],
    [
      'was pasted from a page',
      'channels:\n\u00a0\u00a0alerts: "#a"\n',
      'oms.yaml:2: a space of this line is none to YAML (U+00A0',
    ],
    [
      'names a channel without quotes',
      'channels:\n  alerts: #orders\n',
      'oms.yaml:2: alerts: to YAML #orders is a comment, so nothing stands there; put it in quotes.',
    ],
    [
      'puts a key at the top that belongs below',
      'afterMinutes: 5\n',
      'oms.yaml:1: afterMinutes is no key. Did you mean escalation.afterMinutes?',
    ],
    [
      'misspells a key that is empty',
      'escalaton:\n',
      'oms.yaml:1: escalaton is no key. Did you mean escalation?',
    ],
  ])('is refused when it %s', (_rule, yaml, mistake) => {
    expect(mistakesOf(yaml)).toEqual([expect.stringContaining(mistake)]);
  });

  test('is named with the system’s reason when it cannot be read', () => {
    const readFile = () => {
      throw new Error('EACCES: permission denied');
    };
    expect(() => readConfig({ env: {}, readFile })).toThrow('oms.yaml cannot be read: EACCES');
  });
});

test('one anchor may serve many groups, and a merge key is one', () => {
  const groups = Array.from({ length: 30 }, (_one, at) => `    g${at}: *worker\n`).join('');
  const yaml = `kafka:\n  consumers:\n    first: &worker { deployment: d, selector: app=d }\n${groups}    last:\n      <<: *worker\n      kind: StatefulSet\n`;
  expect(mistakesOf(yaml)).toEqual([]);
  const { consumers } = readConfig({ env: {}, readFile: () => yaml }).oms.kafka;
  expect(consumers['last']).toMatchObject({ deployment: 'd', kind: 'StatefulSet' });
});

test('mistakes come from top to bottom', () => {
  const found = mistakesOf(
    'timeZone: Mars\nteem: {}\nescalation: { afterMinutes: x }\nquietHours: { from: 22 }\n',
  );
  expect(found.map((mistake) => mistake.split(':')[1])).toEqual(['1', '2', '3', '4']);
});

test.each(['#orders-alerts', '#störungen', '#注文', '#_ops', '#operações-sp'])(
  'Slack’s channel %s is taken',
  (channel) => {
    expect(mistakesOf(`channels:\n  alerts: "${channel}"\n`)).toEqual([]);
  },
);

test.each(['C012ABCDE', 'orders', '#Orders', '#a b', '#a.b'])('%s is no channel', (channel) => {
  expect(mistakesOf(`channels:\n  alerts: "${channel}"\n`)).toEqual([
    expect.stringContaining('is written like "#orders-team"'),
  ]);
});

describe('a value of the wrong kind', () => {
  test.each([
    [
      '20m',
      'escalation.afterMinutes: a number, in minutes, is wanted, not “20m”.',
      'escalation:\n  afterMinutes: 20m\n',
    ],
    [
      '25%',
      'escalation.impactPercent: a number, in percent and without the sign, is wanted, not “25%”.',
      'escalation:\n  impactPercent: 25%\n',
    ],
    [
      'a number in quotes',
      'a number is wanted, not “8080”: take the quotes away.',
      'workloads: { orderService: { port: "8080" } }\n',
    ],
    [
      'one for a list',
      'approvals.approvers: a list is wanted, in brackets: [U012AB].',
      'approvals:\n  approvers: U012AB\n',
    ],
    ['a list for one', 'orders.processing: one text is wanted, not a list.', 'orders:\n  processing: [a]\n'],
    [
      'keys for one',
      'selector: one text is wanted, not keys.',
      'workloads: { kafka: { selector: { app: kafka } } }\n',
    ],
    ['yes', 'managed: true or false is wanted, not “yes”.', 'workloads: { kafka: { managed: yes } }\n'],
    ['true for on', 'actions.rollback: on or off is wanted, not true.', 'actions: { rollback: true }\n'],
    ['too little', 'lookEverySeconds: at least 5 is wanted, not 3.', 'lookEverySeconds: 3\n'],
    ['an hour', 'quietHours.from: a time of day is written 22:00.', 'quietHours: { from: 22 }\n'],
    ['none of a list', 'orders.statuses: it lists at least 1.', 'orders:\n  statuses: []\n'],
    ['a user’s name', 'is wanted, no name;', 'approvals:\n  responders: ["@ana"]\n'],
  ])('%s is told with what is wanted', (_what, mistake, yaml) => {
    expect(mistakesOf(yaml)).toEqual([expect.stringContaining(mistake)]);
  });

  test.each([
    ['a word for a number', 'escalation:\n  afterMinutes: twenty\n', 'oms.yaml:2: escalation.afterMinutes'],
    ['a number out of range', 'escalation:\n  impactPercent: 250\n', 'oms.yaml:2: escalation.impactPercent'],
    ['a word for a list', 'approvals:\n  approvers: U012AB\n', 'oms.yaml:2: approvals.approvers'],
    ['an unknown environment', 'environment: production\n', 'oms.yaml:1: environment'],
    ['a link that is none', 'links:\n  dashboard: grafana\n', 'oms.yaml:2: links.dashboard'],
    ['a rule without labels', 'alerts:\n  rules:\n    - runbook: x\n', 'oms.yaml:3: alerts.rules.0.match'],
    [
      'a key that has to be there',
      'kafka:\n  consumers: { mails: { deployment: mailer } }\n',
      'oms.yaml:2: kafka.consumers.mails.selector: it has to be set.',
    ],
  ])('%s is named with its line', (_rule, yaml, mistake) => {
    expect(mistakesOf(yaml)).toEqual([expect.stringContaining(mistake)]);
  });

  test.each([
    ['DATABASE_URL', 'mysql://user:hunter2@host/db', 'postgres://'],
    ['REDIS_URL', 'http://user:hunter2@host', 'redis://'],
    ['ORDER_SERVICE_URL', 'hunter2', 'http://'],
    ['SLACK_BOT_TOKEN', 'hunter2', 'xoxb-'],
    ['SLACK_APP_TOKEN', 'hunter2', 'xapp-'],
    ['PORT', '99999', '65535'],
    ['PAGERDUTY_ROUTING_KEY_ORDER', 'hunter2', 'Did you mean PAGERDUTY_ROUTING_KEY_ORDERS?'],
  ])('%s says what would be right and never what was there', (name, value, right) => {
    const found = mistakesOf('', { [name]: value });
    expect(found).toEqual([expect.stringContaining(right)]);
    expect(found.join()).toContain(name);
    expect(found.join()).not.toContain('hunter2');
  });
});
