import { describe, expect, test } from 'vitest';
import { validateBlocks, validateView } from '../../../sim/slack/blocks/validate.ts';
import {
  actions,
  cell,
  input,
  long,
  many,
  mrkdwn,
  option,
  plain,
  points,
  section,
  series,
  typed,
} from './pieces.ts';

describe('a modal', () => {
  const modal = (more: object) => ({ type: 'modal', title: plain('Title'), blocks: [section('x')], ...more });

  test('takes inputs of every kind', () => {
    const kinds = [
      typed({ max_length: 3_000 }),
      { type: 'number_input', is_decimal_allowed: true },
      { type: 'email_text_input' },
      { type: 'url_text_input' },
      { type: 'file_input', max_files: 10 },
      { type: 'datepicker', initial_date: '2026-11-24' },
      { type: 'timepicker', initial_time: '08:30' },
      { type: 'datetimepicker', initial_date_time: 1_795_000_000 },
      { type: 'users_select' },
      { type: 'multi_static_select', options: [option()] },
      { type: 'radio_buttons', options: [option({ text: mrkdwn('*x*') })] },
    ];
    const blocks = [
      ...kinds.map((kind) => input(kind)),
      { type: 'alert', level: 'warning', text: plain('x') },
    ];
    expect(validateView(modal({ submit: plain('Send'), blocks }))).toEqual([]);
  });

  test.each<[string, object, string]>([
    [
      'a title over 24',
      { title: plain(long(25)) },
      'must be less than 25 characters [json-pointer:/view/title/text]',
    ],
    ['a submit over 24', { submit: plain(long(25)) }, 'must be less than 25'],
    ['an input without submit', { blocks: [input(typed())] }, 'missing required field: submit'],
    ['101 blocks', { blocks: many(101, () => section('x')) }, 'no more than 100'],
    ['private_metadata over 3,000', { private_metadata: long(3_001) }, 'must be less than 3001'],
    ['a callback_id over 255', { callback_id: long(256) }, 'must be less than 256'],
    [
      'a table',
      { blocks: [{ type: 'table', rows: [[cell('x')]] }] },
      'unsupported type: table (not in a modal)',
    ],
    ['a chart', { blocks: [series(points)] }, 'not in a modal'],
    ['an unknown key', { footer: 'x' }, 'invalid additional property: footer'],
    ['over 250 KB', { blocks: many(90, () => section(long(2_990))) }, 'must be at most 250000 bytes'],
    [
      'a shortest over the longest',
      { submit: plain('x'), blocks: [input(typed({ min_length: 5, max_length: 4 }))] },
      'must not be more than max_length',
    ],
  ])('is refused for %s', (_rule, change, said) => {
    expect(validateView(modal(change)).join('\n')).toContain(said);
  });

  test('of another type than modal or home is none', () => {
    expect(validateView({ type: 'dialog', blocks: [] }).join()).toContain('unsupported type: dialog');
  });

  test('a home view takes no datetimepicker', () => {
    expect(validateBlocks([actions({ type: 'datetimepicker', action_id: 'a' })], 'home').join()).toContain(
      'not in a home',
    );
  });
});
