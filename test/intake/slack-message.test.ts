import { describe, expect, test } from 'vitest';
import type { IntakeRules } from '../../src/intake/rules.ts';
import { readSlackMessage } from '../../src/intake/slack-message.ts';

const rules: IntakeRules = {
  environment: 'prod',
  environmentLabel: 'environment',
  scopeLabels: [],
  runbooks: [{ id: 'stuck-orders', codes: ['WORKFLOW_STUCK'], words: [['stuck', 'order']] }],
  labelRules: [],
  ownLabels: [],
  owners: [],
  trustedSenders: ['Alertmanager'],
  own: { userId: 'UBOT', botId: 'BBOT' },
};

const bot = { channel: 'C1', ts: '1.1', subtype: 'bot_message', bot_id: 'B9', username: 'Alertmanager' };

function heard(message: object) {
  const read = readSlackMessage({ ...bot, ...message }, rules);
  return read.kind === 'alert' ? read : null;
}

const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });
const richText = (...pieces: string[]) => ({
  type: 'rich_text',
  elements: [{ type: 'rich_text_section', elements: pieces.map((text) => ({ type: 'text', text })) }],
});

describe('the environment of an alert that came as a message', () => {
  test.each([
    ['the title’s values', { text: '[FIRING:1] WORKFLOW_STUCK (stage order-service critical)' }, 'stage'],
    ['another word for it', { text: '[FIRING:1] WORKFLOW_STUCK (order-service staging)' }, 'staging'],
    ['a label in the text', { text: '[FIRING:1] WORKFLOW_STUCK\n*environment:* `eu-west-2`' }, 'eu-west-2'],
    ['a label with “=”', { text: '[FIRING:1] WORKFLOW_STUCK environment="dev"' }, 'dev'],
    [
      'an attachment’s field',
      {
        attachments: [
          { title: '[FIRING:1] WORKFLOW_STUCK', fields: [{ title: 'environment', value: 'stage' }] },
        ],
      },
      'stage',
    ],
  ])('by %s, is refused by name', (_rule, message, environment) => {
    expect(heard(message)?.reading).toMatchObject({
      alerts: [],
      unmatched: [
        {
          key: 'C1:1.1',
          reason: 'other environment',
          because: expect.stringContaining(`The alert is of ${environment}, this bot serves prod.`),
        },
      ],
    });
    expect(heard(message)?.answer).toBeNull();
  });

  test.each([
    ['ours in the title', '[FIRING:1] WORKFLOW_STUCK (production order-service)'],
    ['ours as a label', '[FIRING:1] WORKFLOW_STUCK environment: prod'],
    ['none', '[FIRING:1] WORKFLOW_STUCK (order-service critical)'],
    ['only a word that looks like one', '[FIRING:1] WORKFLOW_STUCK\nThe test of the workflow engine failed.'],
  ])('when it names %s, is taken', (_rule, text) => {
    expect(heard({ text })?.reading).toMatchObject({ alerts: [{ runbook: 'stuck-orders' }], unmatched: [] });
  });
});

describe('an alert that no runbook knows', () => {
  test('of a trusted bot is noted and answered', () => {
    const read = heard({ attachments: [{ title: '[FIRING:1] DISK_FULL (prod)' }] });
    expect(read?.reading).toMatchObject({ alerts: [], unmatched: [{ reason: 'unknown code' }] });
    expect(read?.answer).toContain('No runbook knows the alert DISK_FULL.');
    expect(read?.answer).toContain('WORKFLOW_STUCK');
  });

  test('is answered once, not again when it is edited or resolved', () => {
    const inner = { ...bot, text: '[FIRING:2] DISK_FULL' };
    expect(heard({ subtype: 'message_changed', message: inner })?.answer).toBeNull();
    expect(heard({ text: '[RESOLVED] DISK_FULL' })?.answer).toBeNull();
  });

  test.each([
    ['chatter of a trusted bot', { text: 'Good morning. The disk of db-2 is 40 % full.' }],
    ['one of an untrusted bot', { text: '[FIRING:1] DISK_FULL', username: 'Joker' }],
    ['one that a person wrote', { text: '[FIRING:1] DISK_FULL', bot_id: undefined, user: 'U7' }],
  ])('that is %s is ignored', (_rule, message) => {
    expect(heard(message)).toBeNull();
  });
});

describe('where the words of an alert may stand', () => {
  test.each([
    ['a section', { blocks: [section('*[FIRING:1] WORKFLOW_STUCK*'), section('ord_inblock1')] }],
    [
      'a header',
      { blocks: [{ type: 'header', text: { type: 'plain_text', text: 'WORKFLOW_STUCK ord_inblock1' } }] },
    ],
    [
      'fields of a section',
      { blocks: [{ type: 'section', fields: [{ type: 'mrkdwn', text: 'WORKFLOW_STUCK\nord_inblock1' }] }] },
    ],
    [
      'rich text, in pieces',
      { blocks: [richText('[FIRING:1] WORKFLOW', '_STUCK'), richText('ord_in', 'block1')] },
    ],
    [
      'a field of an attachment',
      {
        attachments: [
          {
            fields: [
              { title: 'code', value: 'WORKFLOW_STUCK' },
              { title: 'order', value: 'ord_inblock1' },
            ],
          },
        ],
      },
    ],
    [
      'an attachment’s fallback, beside its title',
      { attachments: [{ title: 'Look here', fallback: '[FIRING:1] WORKFLOW_STUCK ord_inblock1' }] },
    ],
    ['an attachment’s blocks', { attachments: [{ blocks: [section('WORKFLOW_STUCK ord_inblock1')] }] }],
    ['null beside it', { text: 'WORKFLOW_STUCK ord_inblock1', attachments: [{ title: null }], blocks: null }],
  ])('%s', (_rule, message) => {
    expect(heard(message)?.reading.alerts).toMatchObject([
      { code: 'WORKFLOW_STUCK', ids: { orders: ['ord_inblock1'] } },
    ]);
  });

  test('are summed up once where Slack says them twice', () => {
    const read = heard({ text: '[FIRING:1] WORKFLOW_STUCK', blocks: [section('[FIRING:1] WORKFLOW_STUCK')] });
    expect(read?.reading.alerts[0]?.summary).toBe('[FIRING:1] WORKFLOW_STUCK');
  });
});
