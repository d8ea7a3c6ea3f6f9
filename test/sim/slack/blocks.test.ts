import { expect, test } from 'vitest';
import { refuseBlocks, refuseView } from '../../../sim/slack/blocks.ts';

const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });
const button = (action_id: string, text = 'Go') => ({
  type: 'button',
  action_id,
  text: { type: 'plain_text', text },
});

test.each([
  ['an empty text', [section('')], 'invalid_blocks'],
  ['a text over 3,000 characters', [section('x'.repeat(3_001))], 'invalid_blocks'],
  [
    'a header over 150 characters',
    [{ type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } }],
    'invalid_blocks',
  ],
  ['a block that does not exist', [{ type: 'banner', text: 'x' }], 'invalid_blocks'],
  ['51 blocks', Array.from({ length: 51 }, () => section('x')), 'invalid_blocks'],
  [
    'an action_id twice in a row',
    [{ type: 'actions', elements: [button('a'), button('a')] }],
    'invalid_blocks',
  ],
  [
    'a button text over 75 characters',
    [{ type: 'actions', elements: [button('a', 'x'.repeat(76))] }],
    'invalid_blocks',
  ],
  ['a section that says nothing', [{ type: 'section' }], 'invalid_blocks'],
  [
    'over 12,000 characters in all',
    Array.from({ length: 5 }, () => section('x'.repeat(2_900))),
    'msg_blocks_too_long',
  ],
])('Slack refuses %s', (_rule, blocks, error) => {
  expect(refuseBlocks(blocks)?.error).toBe(error);
});

test('Slack takes a plain section with a button', () => {
  expect(refuseBlocks([section('ok'), { type: 'actions', elements: [button('a'), button('b')] }])).toBeNull();
});

test.each([
  ['a title over 24 characters', { title: { type: 'plain_text', text: 'x'.repeat(25) } }],
  [
    'an input without submit',
    {
      blocks: [
        {
          type: 'input',
          label: { type: 'plain_text', text: 'Why' },
          element: { type: 'plain_text_input', action_id: 'a' },
        },
      ],
    },
  ],
  ['no block', { blocks: [] }],
])('Slack refuses a modal with %s', (_rule, change) => {
  const view = {
    type: 'modal',
    title: { type: 'plain_text', text: 'Title' },
    blocks: [section('x')],
    ...change,
  };
  expect(refuseView(view)).not.toBeNull();
});
