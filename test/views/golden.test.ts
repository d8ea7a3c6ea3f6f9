import type { KnownBlock } from '@slack/types';
import { describe, expect, test } from 'vitest';
import { validateMessage } from '../../sim/slack/blocks/message.ts';
import { validateView } from '../../sim/slack/blocks/validate.ts';
import { incidentCard } from '../../src/views/incident-card.ts';
import { lengthOf, type Message } from '../../src/views/kit.ts';
import { toldModal, windowOf } from '../../src/views/modal.ts';
import { stuckList } from '../../src/views/stuck-list.ts';
import { OPENED } from '../support/incidents.ts';
import { ASKS_FIRST, CARDS, FORM } from './states.ts';

const MINUTE = 60_000;

const order = (n: number, errorCode: string | null, minute: number) => ({
  id: `ord_list${n}`,
  status: 'processing',
  errorCode,
  updatedAt: OPENED - minute * MINUTE,
  lastEvent: { type: 'order.paid', at: OPENED - minute * MINUTE },
  attempts: n === 1 ? [{ kind: 'retry-workflow', at: OPENED - 30 * MINUTE, by: 'UOTHER' }] : [],
});

const LIST = stuckList({
  orders: [
    order(1, 'WORKFLOW_STUCK', 300),
    order(2, 'WORKFLOW_STUCK', 295),
    order(3, 'WORKFLOW_STUCK', 200),
    order(4, null, 299),
  ],
  unread: 0,
  total: 37,
  status: 'processing',
  olderThanMinutes: 120,
  now: OPENED,
  cursor: 'cursor3',
  next: 'cursor4',
});

const MESSAGES: readonly (readonly [string, Message])[] = [
  ...CARDS.map(([name, view]) => [`card ${name}`, incidentCard(view)] as const),
  ['list of stuck orders', LIST],
];
const VIEWS = [
  ['form', windowOf(FORM)],
  ['asks first', windowOf(ASKS_FIRST)],
  ['told', toldModal('Restart workflow engine', '<@UOTHER> approved it already; it does not run twice.')],
] as const;

function golden(name: string, ending: string): string {
  return `../golden/views/${name.replaceAll(' ', '-')}.${ending}`;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** What a person reads, one block after the other. */
function asText({ text, blocks }: { text?: string; blocks: readonly KnownBlock[] }): string {
  return `${[...(text === undefined ? [] : [text, '---']), ...blocks.flatMap(wordsOf)].join('\n')}\n`;
}

function wordsOf(block: KnownBlock): readonly string[] {
  const row = 'elements' in block && block.type === 'actions' ? block.elements : [];
  if (row.length > 0) {
    return [
      row
        .map((element) =>
          element.type === 'button' ? `[${element.text.text}]` : `[⋯ ${textsOf(element).join(' | ')}]`,
        )
        .join(' '),
    ];
  }
  return textsOf(block);
}

function textsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'text' && typeof inner === 'string' ? [inner] : textsOf(inner),
  );
}

describe('what is shown, word for word', () => {
  test.each(MESSAGES)('%s', async (name, message) => {
    await expect(json(message)).toMatchFileSnapshot(golden(name, 'json'));
    await expect(asText(message)).toMatchFileSnapshot(golden(name, 'txt'));
  });

  test.each(VIEWS)('%s', async (name, view) => {
    await expect(json(view)).toMatchFileSnapshot(golden(`window ${name}`, 'json'));
    await expect(asText({ blocks: (view?.blocks ?? []) as KnownBlock[] })).toMatchFileSnapshot(
      golden(`window ${name}`, 'txt'),
    );
  });

  test('all of it is taken by Slack', () => {
    for (const [name, message] of MESSAGES) {
      expect(validateMessage(message), name).toEqual([]);
      expect(validateMessage(message, 'update'), name).toEqual([]);
      expect(lengthOf(message), name).toBeLessThan(10_000);
    }
    for (const [name, view] of VIEWS) expect(validateView(view), name).toEqual([]);
  });
});
