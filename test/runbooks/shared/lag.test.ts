import { describe, expect, test } from 'vitest';
import type { Finding, Seen } from '../../../src/domain/finding.ts';
import type { GroupLag, GroupsSeen, PartitionLag } from '../../../src/ports/kafka.ts';
import { RUNBOOK_NAMES } from '../../../src/runbooks/names.ts';
import { type LagSeen, lagCheck } from '../../../src/runbooks/shared/lag.ts';
import { standing } from '../../../src/runbooks/shared/lag-memory.ts';
import { DEFAULT_THRESHOLDS } from '../../../src/runbooks/thresholds.ts';
import { anIncident } from '../../support/incidents.ts';
import { fakeProbes, MINUTE, NOW } from '../../support/runbooks.ts';

const SECOND = 1_000;

const check = (wanted: string | 'all' = 'all') =>
  lagCheck({
    step: 'R46',
    title: 'How far behind are the consumers?',
    source: 'x',
    equivalent: () => 'x',
    wanted: () => wanted,
  });

/** Partitions 0, 1, … of order-events: what is committed and how much is left to read. */
const partitions = (...of: readonly (readonly [committed: number | null, lag: number])[]): PartitionLag[] =>
  of.map(([committed, lag], partition) => ({
    topic: 'order-events',
    partition,
    committed,
    end: (committed ?? 0) + lag,
    lag,
  }));

function group(of: readonly PartitionLag[], change: Partial<GroupLag> = {}): GroupLag {
  return {
    group: 'notification-consumer',
    kind: 'classic',
    state: 'Stable',
    members: 3,
    partitions: of,
    lag: of.reduce((sum, { lag }) => sum + lag, 0),
    ...change,
  };
}

const quiet = group(partitions([500, 3]), { group: 'search-consumer' });

/** The looks one after the other, each with what the one before remembered. */
async function looks(
  rounds: readonly (readonly [afterMs: number, groups: readonly GroupLag[]])[],
  { wanted = 'all', problems = [], names = RUNBOOK_NAMES.kafka } = {} as {
    wanted?: string;
    problems?: readonly string[];
    names?: typeof RUNBOOK_NAMES.kafka;
  },
): Promise<Seen<LagSeen>> {
  let seen: Seen<LagSeen> | null = null;
  for (const [afterMs, groups] of rounds) {
    const answer: GroupsSeen = { groups, problems };
    const previous: Finding | null = seen === null ? null : { ...seen, step: 'R46', at: 0, tookMs: 1 };
    seen = await check(wanted).look({
      probes: fakeProbes({ kafka: { groups: async () => answer } }),
      ids: anIncident([]).ids,
      thresholds: DEFAULT_THRESHOLDS,
      names: { ...RUNBOOK_NAMES, kafka: names },
      now: NOW + afterMs,
      previous: previous === null ? null : { lag: previous },
      incident: anIncident([]),
      signal: new AbortController().signal,
      history: async () => [],
      histories: async () => ({}),
    });
  }
  if (seen === null) throw new Error('No look.');
  return seen;
}

/** A look every minute. */
const minutely = (...rounds: readonly (readonly PartitionLag[])[]) =>
  rounds.map((of, place) => [place * MINUTE, [group(of), quiet]] as const);

describe('the verdict', () => {
  test.each([
    ['under 100', minutely(partitions([10, 99])), 'healthy', 'All 2 consumer groups are less than 100'],
    ['100, once', minutely(partitions([10, 100])), 'broken', 'three looks will tell whether that grows'],
    [
      'each of three samples higher',
      minutely(partitions([10, 100]), partitions([20, 150]), partitions([30, 400])),
      'broken',
      'notification-consumer is 400 messages behind, rising.',
    ],
    [
      'each of three samples lower',
      minutely(partitions([10, 900]), partitions([20, 800]), partitions([30, 700])),
      'healthy',
      'notification-consumer is 700 messages behind and catching up, about 7 min.',
    ],
    [
      'lower twice is not yet falling',
      minutely(partitions([10, 900]), partitions([20, 800])),
      'broken',
      'three looks will tell',
    ],
    [
      'now more, now less',
      minutely(partitions([10, 900]), partitions([20, 800]), partitions([30, 850])),
      'broken',
      'now more, now less',
    ],
  ] as const)('%s', async (_name, rounds, verdict, line) => {
    const seen = await looks(rounds);
    expect(seen.verdict).toBe(verdict);
    expect(seen.line).toContain(line);
  });

  test('a look sooner than 30 s after the last sample is no sample', async () => {
    const of = (lag: number) => [group(partitions([10, lag]))];
    const seen = await looks([
      [0, of(900)],
      [15 * SECOND, of(800)],
      [29 * SECOND, of(700)],
    ]);
    expect(seen.data?.groups[0]?.trend).toBeNull();
    expect(seen.verdict).toBe('broken');
  });

  test('a group without members is told as such', async () => {
    const seen = await looks([[0, [group(partitions([10, 300]), { members: 0, state: 'Empty' })]]]);
    expect(seen.line).toBe('notification-consumer is 300 messages behind and has no member: nobody reads.');
  });

  test('half an answer is never healthy, and what was seen is told', async () => {
    const problems = ['search-consumer: its offsets could not be read.'];
    const half = await looks(minutely(partitions([10, 3])), { problems });
    expect(half.verdict).toBe('unknown');
    expect(half.line).toContain(problems[0]);
    expect((await looks(minutely(partitions([10, 300])), { problems })).verdict).toBe('broken');
    expect((await looks([[0, []]], { problems })).line).toContain(problems[0]);
  });

  test('who replays dead letters is not late with them', async () => {
    const names = { ...RUNBOOK_NAMES.kafka, deadLetterGroup: 'notification-consumer' };
    expect((await looks(minutely(partitions([10, 900])), { names })).verdict).toBe('healthy');
  });
});

describe('one group', () => {
  const wanted = 'notification-consumer';

  test('is there also under the limit', async () => {
    const seen = await looks([[0, [group(partitions([10, 5]))]]], { wanted });
    expect(seen.data?.groups).toHaveLength(1);
    expect(seen.line).toBe('notification-consumer is 5 messages behind; under 100 is normal.');
  });

  test('that Kafka does not know is unknown, with the setting that names it', async () => {
    const seen = await looks([[0, []]], { wanted });
    expect(seen.verdict).toBe('unknown');
    expect(seen.line).toContain('Kafka knows no consumer group notification-consumer; `kafka` in oms.yaml');
  });
});

describe('what stands still', () => {
  /** Three looks a minute apart, from the committed offsets and lags of each. */
  const standingAfter = async (...rounds: readonly (readonly PartitionLag[])[]) => {
    const seen = await looks(minutely(...rounds));
    const found = seen.data?.groups[0];
    if (found === undefined) throw new Error('No group.');
    return {
      how: standing(found, NOW + (rounds.length - 1) * MINUTE),
      line: seen.line,
      verdict: seen.verdict,
    };
  };

  test('one while the others move is told with its offset and for how long', async () => {
    const found = await standingAfter(
      partitions([7, 300], [10, 5]),
      partitions([7, 350], [40, 5]),
      partitions([7, 400], [70, 0]),
    );
    expect(found.how).toBe('one');
    expect(found.line).toBe(
      'notification-consumer is 400 messages behind; partition order-events-0 has stood at offset 7 for at least 2 min.',
    );
  });

  test('one stays trouble while the others catch up', async () => {
    const found = await standingAfter(
      partitions([7, 100], [10, 900]),
      partitions([7, 101], [400, 500]),
      partitions([7, 102], [800, 100]),
    );
    expect(found).toMatchObject({ how: 'one', verdict: 'broken' });
  });

  test('one while the others are at their end', async () => {
    const still = partitions([7, 300], [10, 0], [20, 0]);
    expect((await standingAfter(still, still, still)).how).toBe('one');
  });

  test('the only partition of its topic could be either', async () => {
    const still = partitions([7, 300]);
    expect((await standingAfter(still, still, still)).how).toBe('only');
  });

  test('several while another moves', async () => {
    const at = (moved: number) => partitions([7, 300], [9, 200], [moved, 10]);
    expect((await standingAfter(at(1), at(2), at(3))).how).toBe('some');
  });

  test('all, when none moves, idle ones among them', async () => {
    const still = partitions([7, 300], [9, 200], [20, 0]);
    const found = await standingAfter(still, still, still);
    expect(found.how).toBe('all');
    expect(found.line).toBe(
      'notification-consumer is 500 messages behind, and nothing of it has moved for at least 2 min.',
    );
  });

  test('two looks do not say it, nor does an idle partition whose first message has just come', async () => {
    const still = partitions([7, 300], [10, 0]);
    expect((await standingAfter(still, still)).how).toBe('none');
    const idle = (lag: number) => partitions([7, lag], [10, 200]);
    const moving = (lag: number, other: number) => partitions([7, lag], [other, 200]);
    expect((await standingAfter(idle(0), moving(0, 20), moving(1, 30))).how).toBe('none');
  });
});

test('of five hundred groups with many partitions only the worst are kept', async () => {
  const many = Array.from({ length: 500 }, (_, place) =>
    group(
      Array.from({ length: 100 }, (_one, partition) => ({
        topic: 'order-events',
        partition,
        committed: 1,
        end: 2 + place + partition,
        lag: 1 + place + partition,
      })),
      { group: `group-${place}` },
    ),
  );
  const { data } = await looks([[0, many]]);
  expect(data).toMatchObject({ total: 500, behind: 500 });
  expect(data?.groups.map((one) => one.group)).toContain('group-499');
  expect(data?.groups).toHaveLength(10);
  expect(data?.groups[0]?.partitions).toHaveLength(64);
  expect(data?.groups[0]).toMatchObject({ more: 36, partitions: [{ partition: 99 }, ...Array(63).fill({})] });
});
