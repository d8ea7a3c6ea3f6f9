import { describe, expect, test } from 'vitest';
import { escalation } from '../../src/views/calls.ts';
import { incidentCard } from '../../src/views/incident-card.ts';
import type { Message } from '../../src/views/kit.ts';
import { commands, news, notTrusted, reply, threadLine, told } from '../../src/views/plain.ts';
import { anIncident, anOffer, aRun } from '../support/incidents.ts';
import { HOSTILE, textsOf } from './hostile.ts';

describe('foreign words', () => {
  const opened = anIncident([]);
  const at = opened.openedAt;
  const by = 'U1';
  const run = aRun({ line: HOSTILE, title: HOSTILE });

  test.each<[string, Message | null]>([
    [
      'a waiting offer',
      incidentCard({
        incident: anIncident([], { offers: [anOffer({ title: HOSTILE, waits: HOSTILE })] }),
        title: 'x',
        next: null,
        links: [],
      }),
    ],
    [
      'a binding',
      incidentCard({
        incident: anIncident([], { offers: [anOffer({ binding: { kind: 'none', words: HOSTILE } })] }),
        title: 'x',
        next: null,
        links: [],
      }),
    ],
    [
      'a rung',
      incidentCard({
        incident: anIncident([], {
          climbed: [{ rung: 1, reason: 'asked', because: HOSTILE, at, paged: false, by: null }],
        }),
        title: 'x',
        next: null,
        links: [],
      }),
    ],
    ['news', news(opened, 'Orders stuck', [HOSTILE])],
    ['a mitigation', threadLine({ type: 'mitigated', run: 'r', because: HOSTILE, until: at, at }, opened)],
    ['a withdrawal', threadLine({ type: 'withdrawn', offer: 'o', because: HOSTILE, at }, opened)],
    ['a refusal', threadLine({ type: 'refused', offer: 'o', by, because: HOSTILE, at }, opened)],
    ['a reason to resolve', threadLine({ type: 'resolved', by, because: HOSTILE, at }, opened)],
    [
      'a request',
      threadLine(
        {
          type: 'requested',
          by,
          offer: anOffer({ title: HOSTILE, preview: [HOSTILE], targets: [HOSTILE] }),
          at,
        },
        opened,
      ),
    ],
    [
      'a run',
      threadLine(
        { type: 'run updated', run: run.id, change: { state: 'ended' }, because: '', at },
        { ...opened, runs: [run] },
      ),
    ],
    ['an escalation', escalation(opened, HOSTILE, 1, HOSTILE, null)],
    ['an answer of the pipeline', told(HOSTILE)],
    ['an answer', reply(HOSTILE)],
    [
      'a command',
      commands('OMS-1', { unseen: [], others: [{ step: 'R1', title: HOSTILE, equivalent: HOSTILE }] }),
    ],
    ['a question', notTrusted(HOSTILE, 'stuck-orders', HOSTILE)],
  ])('of %s wake nobody', (_rule, shown) => {
    const whole = JSON.stringify(shown);
    expect(whole).toContain('example|bank');
    for (const word of [
      '<!channel>',
      '<!here>',
      '@everyone',
      '4242 4242',
      'maria@example',
      'xoxb-12',
      '\u202e',
    ])
      expect(whole).not.toContain(word);
    const markup = [shown?.text ?? '', ...textsOf(shown?.blocks)].join('\n');
    expect(markup).not.toContain('<https://evil');
  });

  test('in an answer to somebody call nobody, not even one person', () => {
    expect(reply('“<@U1> <!subteam^S1>” is not understood. Type `/oms help`.').text).toBe(
      '“&lt;@U1&gt; &lt;!subteam^S1&gt;” is not understood. Type `/oms help`.',
    );
  });

  test('keep the people whom the pipeline names', () => {
    const no = threadLine(
      { type: 'refused', offer: 'o', by, because: 'These may: <!subteam^S1>, <@U2>.', at },
      opened,
    );
    expect(no?.text).toBe('Refused to <@U1>: These may: <!subteam^S1>, <@U2>.');
  });
});
