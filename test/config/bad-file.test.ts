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
    ['names a key twice', 'environment: dev\nenvironment: prod\n', 'oms.yaml:2: '],
    ['names nothing by an alias', 'links: *nothing\n', 'oms.yaml: an alias (*name) names nothing'],
    [
      'grows without end by aliases',
      'a: &a [x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a]\nc: [*b, *b, *b, *b, *b, *b, *b]\n',
      'aliases of aliases grow too large; write it out.',
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

describe('a value of the wrong kind', () => {
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
