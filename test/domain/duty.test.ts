import { expect, test } from 'vitest';
import {
  type DutyTeam,
  dutiesOf,
  dutiesOfTick,
  foundDone,
  GROUP_OWNER,
  reminderAt,
  teamOf,
} from '../../src/domain/duty.ts';
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

const HOUR = 60 * 60_000;

test.each([
  ['after half an hour', 0, HOUR / 2],
  ['after two hours', 1, 2 * HOUR],
  ['a day later', 2, 26 * HOUR],
  ['and every day', 3, 50 * HOUR],
])('a change for a while is reminded of %s', (_when, reminded, at) => {
  const [duty] = dutiesOf(aRun(), [{ what: 'x', owner: 'orders', undo: 'R43-undo' }], ['x'], 0, () => 'd1');
  if (duty === undefined) throw new Error('No duty.');
  expect(reminderAt({ ...duty, reminded })).toBe(at);
  expect(reminderAt({ ...duty, reminded, done: { by: 'U1', at: 1 } })).toBeNull();
  expect(reminderAt({ ...duty, undo: null })).toBeNull();
});

test('a duty to tell a team goes into that team’s channel, with the run’s own words', () => {
  const tell = { to: 'warehouse', says: '{targets}: {group}' } as const;
  const owes = [
    { what: 'x', owner: 'whoever asked', tell },
    { what: 'x', owner: 'customer service' },
    { what: 'x', owner: 'whoever asked' },
    { what: 'x', owner: 'whoever asked', tell: { to: GROUP_OWNER, says: '{group}' } },
  ] as const;
  const run = aRun({ parameters: { group: 'mailer' } });
  const duties = dutiesOf(run, owes, ['a', 'b'], 0, () => 'd1');
  const teams = (groupOwner: DutyTeam | null) => duties.map((duty) => teamOf(duty, groupOwner));
  expect(teams(null)).toEqual(['warehouse', 'customerService', null, null]);
  expect(teams('catalog')).toEqual(['warehouse', 'customerService', null, 'catalog']);
  expect(duties[0]?.tell?.says).toBe('a, b: mailer');
});

test('a step by hand owes once, however often it is ticked off', () => {
  const tick = { step: 'm1.4', answer: 'done', by: 'U1', at: 5 } as const;
  const owes = [{ what: 'Switch back.', owner: 'whoever asked' }] as const;
  const first = dutiesOfTick({ owed: [] }, tick, owes, () => 'd1');
  expect(first).toMatchObject([{ owner: 'U1', step: 'm1.4', run: null, at: 5 }]);
  expect(dutiesOfTick({ owed: first }, tick, owes, () => 'd2')).toEqual([]);
});

test('what a check has found done is ticked off in the bot’s own name, of that run alone', () => {
  const owed = dutiesOf(
    aRun(),
    [
      { what: 'Add a note.', owner: 'orders' },
      { what: 'Tell them.', owner: 'orders' },
    ],
    ['x'],
    0,
    () => 'd1',
  ).map((duty, place) => ({ ...duty, id: `d${place}` }));
  const found = [{ what: 'Add a note.', from: 'X10' as const }];
  expect(foundDone({ owed }, 'run-1', found, 7)).toEqual([
    { type: 'duty done', duty: 'd0', by: 'oms-bot, from X10', at: 7 },
  ]);
  expect(foundDone({ owed }, 'run-2', found, 7)).toEqual([]);
  expect(foundDone({ owed }, 'run-1', [], 7)).toEqual([]);
  const done = owed.map((duty) => ({ ...duty, done: { by: 'U1', at: 5 } }));
  expect(foundDone({ owed: done }, 'run-1', found, 7)).toEqual([]);
});
