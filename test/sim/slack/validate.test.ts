import { describe, expect, test } from 'vitest';
import { validateMessage } from '../../../sim/slack/blocks/message.ts';
import { validateBlocks } from '../../../sim/slack/blocks/validate.ts';
import {
  actions,
  button,
  cell,
  confirm,
  input,
  long,
  many,
  mrkdwn,
  option,
  plain,
  points,
  section,
  select,
  series,
  typed,
} from './pieces.ts';

describe('a message takes', () => {
  test.each<[string, object[]]>([
    [
      'what a card is made of',
      [
        { type: 'header', text: plain('Stuck'), level: 2 },
        { type: 'section', fields: many(10, () => mrkdwn('x')), accessory: button(), expand: true },
        {
          type: 'context',
          elements: [mrkdwn('x'), { type: 'image', image_url: 'https://x.example/i.png', alt_text: 'x' }],
        },
        { type: 'divider' },
        actions(button({ confirm: confirm() }), {
          type: 'overflow',
          action_id: 'b',
          options: [option({ url: 'https://x.example' })],
        }),
      ],
    ],
    [
      'rich text with everything in it',
      [
        {
          type: 'rich_text',
          elements: [
            {
              type: 'rich_text_section',
              elements: [
                { type: 'text', text: 'x', style: { bold: true } },
                { type: 'user', user_id: 'U1' },
                { type: 'link', url: 'https://x.example' },
                { type: 'emoji', name: 'fire' },
              ],
            },
            {
              type: 'rich_text_list',
              style: 'bullet',
              elements: [{ type: 'rich_text_section', elements: [] }],
            },
            { type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'log' }] },
            { type: 'rich_text_quote', elements: [{ type: 'text', text: 'x' }] },
          ],
        },
      ],
    ],
    [
      'a chart, a table and a data table',
      [
        series(points),
        { type: 'table', rows: [[cell('a')]] },
        { type: 'data_table', caption: 'x', rows: [[cell('a')], [cell('b')]] },
      ],
    ],
    ['an input', [input(typed())]],
    [
      'a container with blocks in it',
      [{ type: 'container', title: plain('x'), child_blocks: [section('x')] }],
    ],
    ['50 blocks', many(50, () => section('x'))],
  ])('%s', (_rule, blocks) => {
    expect(validateMessage({ text: 'x', blocks })).toEqual([]);
  });
});

describe('a message is refused for', () => {
  test.each<[string, unknown, string]>([
    ['51 blocks', many(51, () => section('x')), 'no more than 50 items allowed [json-pointer:/blocks]'],
    ['no list', { type: 'section' }, 'must provide an array [json-pointer:/blocks]'],
    ['an unknown block', [{ type: 'banner' }], 'unsupported type: banner [json-pointer:/blocks/0/type]'],
    ['a file block', [{ type: 'file', source: 'remote', external_id: 'x' }], 'unsupported type: file'],
    ['an alert', [{ type: 'alert', text: plain('x') }], 'unsupported type: alert (not in a message)'],
    [
      'an unknown key',
      [{ ...section('x'), colour: 'red' }],
      'invalid additional property: colour [json-pointer:/blocks/0]',
    ],
    [
      'emoji on mrkdwn',
      [{ type: 'section', text: { ...mrkdwn('x'), emoji: true } }],
      'invalid additional property: emoji',
    ],
    ['an empty text', [section('')], 'must be more than 0 characters [json-pointer:/blocks/0/text/text]'],
    ['a text over 3,000', [section(long(3_001))], 'must be less than 3001 characters'],
    ['a section that says nothing', [{ type: 'section' }], 'must define either `text` or `fields`'],
    [
      '11 fields',
      [{ type: 'section', fields: many(11, () => mrkdwn('x')) }],
      'no more than 10 items allowed',
    ],
    ['a field over 2,000', [{ type: 'section', fields: [mrkdwn(long(2_001))] }], 'must be less than 2001'],
    ['a header of mrkdwn', [{ type: 'header', text: mrkdwn('x') }], 'unsupported type: mrkdwn'],
    ['a header over 150', [{ type: 'header', text: plain(long(151)) }], 'must be less than 151'],
    ['11 context elements', [{ type: 'context', elements: many(11, () => mrkdwn('x')) }], 'no more than 10'],
    ['a button in a context', [{ type: 'context', elements: [button()] }], 'unsupported type: button'],
    ['26 actions', [actions(...many(26, (n) => button({ action_id: `a${n}` })))], 'no more than 25'],
    ['no actions', [actions()], 'no fewer than 1'],
    ['an action_id twice', [actions(button(), button())], '`action_id` already exists'],
    [
      'a block_id twice',
      [
        { ...section('x'), block_id: 'b' },
        { ...section('y'), block_id: 'b' },
      ],
      '`block_id` already exists: b',
    ],
    ['a block_id over 255', [{ ...section('x'), block_id: long(256) }], 'must be less than 256'],
    ['a button text over 75', [actions(button({ text: plain(long(76)) }))], 'must be less than 76'],
    ['a button value over 2,000', [actions(button({ value: long(2_001) }))], 'must be less than 2001'],
    ['a button in a strange style', [actions(button({ style: 'green' }))], 'must be one of primary, danger'],
    [
      'an option value over 150',
      [actions(select({ options: [option({ value: long(151) })] }))],
      'must be less than 151',
    ],
    [
      '101 options',
      [actions(select({ options: many(101, (n) => option({ value: `${n}` })) }))],
      'no more than 100',
    ],
    ['no options', [actions(select({ options: [] }))], 'no fewer than 1'],
    [
      'options and groups',
      [actions(select({ options: [option()], option_groups: [{ label: plain('g'), options: [option()] }] }))],
      'exactly one of options, option_groups',
    ],
    [
      'a start that is no option',
      [actions(select({ options: [option()], initial_option: option({ value: '2' }) }))],
      'must be one of the options',
    ],
    [
      'a link in a select',
      [actions(select({ options: [option({ url: 'https://x.example' })] }))],
      'invalid additional property: url',
    ],
    [
      '6 lines in an overflow menu',
      [actions({ type: 'overflow', action_id: 'a', options: many(6, (n) => option({ value: `${n}` })) })],
      'no more than 5',
    ],
    [
      '11 boxes',
      [input({ type: 'checkboxes', action_id: 'a', options: many(11, (n) => option({ value: `${n}` })) })],
      'no more than 10',
    ],
    [
      'a confirm title over 100',
      [actions(button({ confirm: confirm({ title: plain(long(101)) }) }))],
      'must be less than 101',
    ],
    [
      'a confirm text over 300',
      [actions(button({ confirm: confirm({ text: plain(long(301)) }) }))],
      'must be less than 301',
    ],
    [
      'a confirm button over 30',
      [actions(button({ confirm: confirm({ deny: plain(long(31)) }) }))],
      'must be less than 31',
    ],
    [
      'an image from two places',
      [{ type: 'image', alt_text: 'x', image_url: 'https://x.example', slack_file: { id: 'F1' } }],
      'exactly one of image_url, slack_file',
    ],
    [
      'an image without words',
      [{ type: 'image', image_url: 'https://x.example' }],
      'missing required field: alt_text',
    ],
    ['a text input among actions', [actions(typed())], 'unsupported type: plain_text_input'],
    [
      'a number input',
      [input({ type: 'number_input', is_decimal_allowed: false })],
      'unsupported type: number_input (not in a message)',
    ],
    ['three charts', many(3, () => series(points)), 'no more than 2 data_visualization'],
    [
      'a chart without a point for each category',
      [series(points.slice(1))],
      'exactly one point for each category',
    ],
    [
      'a pie of nothing',
      [
        {
          type: 'data_visualization',
          title: 'x',
          chart: { type: 'pie', segments: [{ label: 'a', value: 0 }] },
        },
      ],
      'must be more than 0',
    ],
    [
      'tables over 10,000 characters',
      [{ type: 'table', rows: many(2, () => [cell(long(5_001))]) }],
      'over all tables',
    ],
    ['a table of 21 columns', [{ type: 'table', rows: [many(21, () => cell('x'))] }], 'no more than 20'],
    [
      'a data table without rows',
      [{ type: 'data_table', caption: 'x', rows: [[cell('a')]] }],
      'no fewer than 2',
    ],
    ['a card that says nothing', [{ type: 'card' }], 'at least one of hero_image'],
    [
      'an unknown piece of rich text',
      [{ type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'smile' }] }] }],
      'unsupported type: smile',
    ],
    [
      'a pending task on its own',
      [{ type: 'task_card', task_id: '1', title: 'x', status: 'pending' }],
      'pending is for tasks of a plan',
    ],
  ])('%s', (_rule, blocks, said) => {
    expect(validateBlocks(blocks, 'message').join('\n')).toContain(said);
  });

  test('over 12,000 characters in all its blocks, wherever they stand', () => {
    const blocks = many(4, () => section(long(2_900)));
    expect(validateMessage({ blocks })).toEqual([]);
    const split = { blocks, attachments: [{ color: 'danger', blocks: [section(long(500))] }] };
    expect(validateMessage(split)).toEqual(['msg_blocks_too_long']);
  });

  test('over 4,000 characters of text in an update', () => {
    expect(validateMessage({ text: long(4_001) })).toEqual([]);
    expect(validateMessage({ text: long(4_001) }, 'update')).toEqual(['msg_too_long']);
  });
});
