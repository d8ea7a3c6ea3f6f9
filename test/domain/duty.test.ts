import { expect, test } from 'vitest';
import { dutiesOf } from '../../src/domain/duty.ts';
import { aRun } from '../support/incidents.ts';

const owed = (what: string) =>
  dutiesOf(
    aRun({ parameters: { group: 'mailer', count: '240' } }),
    [{ what, owner: 'orders' }],
    ['x'],
    0,
    () => 'd1',
  );

test.each([
  [
    'Ask the owner of {group}; {count} messages were skipped.',
    'Ask the owner of mailer; 240 messages were skipped.',
  ],
  ['Write a note.', 'Write a note.'],
  ['What nobody knows stays {unknown}.', 'What nobody knows stays {unknown}.'],
])('%s', (what, said) => {
  expect(owed(what)).toMatchObject([{ what: said, run: 'run-1' }]);
});
