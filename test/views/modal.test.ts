import { describe, expect, test } from 'vitest';
import { validateView } from '../../sim/slack/blocks/validate.ts';
import type { Field } from '../../src/domain/offer.ts';
import { toldModal, windowOf } from '../../src/views/modal.ts';
import { anOffer } from '../support/incidents.ts';

function fieldOf(field: Partial<Field>) {
  const offer = anOffer({ fields: [{ name: 'f', label: 'Label', kind: 'text', ...field }] });
  const view = windowOf(offer);
  expect(validateView(view)).toEqual([]);
  return view?.blocks.find(({ type }) => type === 'input');
}

const options = [
  { value: 'yes', text: 'Yes' },
  { value: 'no', text: 'No' },
];

describe('a form', () => {
  test.each<[string, Partial<Field>, boolean]>([
    ['a tick', { kind: 'tick', options }, false],
    ['a tick that must be', { kind: 'tick', options, optional: false }, false],
    ['a tick that may be', { kind: 'tick', options, optional: true }, true],
    ['a text', { kind: 'text' }, false],
    ['a text that may be', { kind: 'text', optional: true }, true],
  ])('%s is asked for as it says', (_rule, field, optional) => {
    expect(fieldOf(field)).toMatchObject({ optional });
  });

  test.each<[string, Partial<Field>, object]>([
    ['a text', { initial: 'as before' }, { initial_value: 'as before' }],
    ['a text too long', { initial: 'x'.repeat(20), maxLength: 5 }, { initial_value: 'xxxx…' }],
    ['a choice', { kind: 'select', options, initial: 'no' }, { initial_option: { value: 'no' } }],
    ['a tick', { kind: 'tick', options, initial: 'yes' }, { initial_options: [{ value: 'yes' }] }],
  ])('shows what stands at first in %s', (_rule, field, element) => {
    expect(fieldOf(field)).toMatchObject({ element });
  });

  test('leaves a choice open where its first value is none of the options', () => {
    expect(fieldOf({ kind: 'select', options, initial: 'gone' })).not.toHaveProperty(
      'element.initial_option',
    );
  });

  test('writes out a name that its title has no room for', () => {
    const first = (title: string) =>
      JSON.stringify(
        windowOf(anOffer({ title, fields: [{ name: 'f', label: 'L', kind: 'text' }] }))?.blocks[0],
      );
    expect(first('Put the staged credentials in use')).toContain('*Put the staged credentials in use*');
    expect(first('Retry workflow')).not.toContain('Retry workflow');
  });

  test('shows the hint', () => {
    expect(fieldOf({ hint: 'At least 15 characters.' })).toMatchObject({
      hint: { text: 'At least 15 characters.' },
    });
  });
});

describe('what a line of the menu opens', () => {
  test('is nothing for a safe one', () => {
    expect(windowOf(anOffer({ tier: 'safe' }))).toBeNull();
  });

  test.each([
    ['disruptive', anOffer({ tier: 'disruptive', preview: ['2 pods → 4 pods'] })],
    ['guarded', anOffer({ tier: 'guarded', preview: ['2 pods → 4 pods'] })],
    [
      'a large batch',
      anOffer({
        tier: 'safe',
        targets: Array.from({ length: 51 }, (_, n) => `ord_${n}`),
        preview: ['2 pods → 4 pods'],
      }),
    ],
  ])('is before → after for one that is %s', (_rule, offer) => {
    const view = windowOf(offer);
    expect(validateView(view)).toEqual([]);
    expect(view).toMatchObject({ callback_id: 'oms_confirm', private_metadata: offer.id });
    expect(JSON.stringify(view)).toContain('2 pods → 4 pods');
  });

  test('is also what the runbook says of it', () => {
    const notes = ['Nothing brings it back.'];
    for (const offer of [
      anOffer({ tier: 'disruptive', notes }),
      anOffer({ notes, fields: [{ name: 'f', label: 'L', kind: 'text' }] }),
    ])
      expect(JSON.stringify(windowOf(offer))).toContain('Nothing brings it back.');
  });

  test('keeps that, and what must still be true, behind however long a preview', () => {
    const notes = ['Nothing brings it back.'];
    const preview = Array.from({ length: 200 }, (_, n) => `ord_${n} is changed from paid to shipped.`);
    const long = anOffer({ tier: 'disruptive', notes, preview });
    for (const offer of [long, { ...long, fields: [{ name: 'f', label: 'L', kind: 'text' }] as const }]) {
      const view = windowOf(offer);
      expect(validateView(view)).toEqual([]);
      const said = JSON.stringify(view);
      for (const line of ['ord_0 ', ...notes, offer.binding.words]) expect(said).toContain(line);
    }
  });

  test('ends with what came of it', () => {
    const view = toldModal('Restart', '<@U1> is at it: <!here>');
    expect(validateView(view)).toEqual([]);
    expect(JSON.stringify(view)).toContain('<@U1> is at it: &lt;!');
  });
});
