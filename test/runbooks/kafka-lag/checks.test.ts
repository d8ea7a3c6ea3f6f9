import { describe, expect, test } from 'vitest';
import type { KafkaProbe } from '../../../src/ports/kafka.ts';
import type { PathAnswer } from '../../../src/ports/kubernetes.ts';
import { checks } from '../../../src/runbooks/kafka-lag/checks.ts';
import { publishClass } from '../../../src/runbooks/kafka-lag/producer.ts';
import { answers, aPod, diagnosed, fakeProbes, MINUTE, NOW, silent } from '../../support/runbooks.ts';
import { look } from './looking.ts';
import { NAMES, TOPIC } from './support.ts';

test('systems that are not configured are skipped, those that do not answer unknown', async () => {
  const absent = await diagnosed('kafka-lag', fakeProbes({}));
  const verdicts = Object.fromEntries(absent.findings.map(({ step, verdict }) => [step, verdict]));
  expect(verdicts).toEqual(
    Object.fromEntries(
      'R45 R46 R47 R48 R49 R50 R51 R53 X12 X13 X16'.split(' ').map((step) => [step, 'skipped']),
    ),
  );
  const no = async () => {
    throw silent('Kafka');
  };
  const dark = await diagnosed('kafka-lag', fakeProbes({ kafka: { groups: no, topic: no } }));
  expect([dark.of('R46'), dark.of('R49')]).toMatchObject([
    { verdict: 'unknown', line: 'Kafka did not answer.' },
    { verdict: 'unknown', line: 'Kafka did not answer.' },
  ]);
  expect(dark.impact).toMatchObject({
    known: false,
    because: expect.stringContaining('Ordering itself goes on'),
  });
});

describe('R45, R53', () => {
  const mib = 1024 ** 2;
  const use = (memory: number) => ({
    usage: async () => [{ pod: 'kafka-0', container: 'kafka', memory: memory * mib, cpu: 120 }],
    containers: async () => [
      {
        pod: 'kafka-0',
        name: 'kafka',
        restarts: 0,
        startedAt: 0,
        lastTermination: null,
        memoryLimit: 1000 * mib,
      },
    ],
  });

  test('a broker that is not ready', async () => {
    const pods = async () => [
      aPod({ name: 'kafka-0' }),
      aPod({ name: 'kafka-1', ready: false, waiting: 'CrashLoopBackOff' }),
    ];
    expect(await look(checks.brokers, { kubernetes: { pods } })).toMatchObject({
      verdict: 'broken',
      line: 'Kafka: 1 of 2 pods are ready, waiting: CrashLoopBackOff.',
    });
  });

  test('run by somebody else: not applicable', async () => {
    const names = { ...NAMES, kafka: { ...NAMES.kafka, managed: true } };
    for (const check of [checks.brokers, checks.usage])
      expect(await look<unknown>(check, {}, { names })).toMatchObject({
        verdict: 'skipped',
        line: 'Not applicable: run by somebody else.',
      });
  });

  test.each([
    [899, 'healthy'],
    [900, 'broken'],
  ])('%i of 1000 MiB is %s', async (memory, verdict) => {
    const seen = await look(checks.usage, { kubernetes: use(memory) });
    expect(seen.verdict).toBe(verdict);
    expect(seen.evidence).toEqual([`kafka-0/kafka  ${memory} MiB  120m CPU`]);
  });

  test('without metrics nobody says that there is room', async () => {
    const usage = async () => [];
    expect((await look(checks.usage, { kubernetes: { ...use(1), usage } })).verdict).toBe('unknown');
  });
});

describe('R47', () => {
  test.each([
    ['SerializationException: Error serializing Avro message', 'serialization'],
    ['SerializationException: schema registry timed out', 'serialization'],
    ['BufferExhaustedException: Failed to allocate 512 bytes within 60000 ms', 'buffer'],
    ['TimeoutException: Topic order-events not present in metadata', 'unreachable'],
    ['NotEnoughReplicasException: fewer in-sync replicas', 'unreachable'],
    ['connect ECONNREFUSED 10.0.0.1:9092', 'unreachable'],
    ['something else', null],
  ])('%s', (line, of) => expect(publishClass(`KAFKA_PUBLISH_FAILED error="${line}"`)).toBe(of));
});

describe('R48', () => {
  const path = (...results: readonly (PathAnswer['result'] | null)[]) => ({
    kubernetes: {
      path: async () =>
        results.map((result, place) => ({
          pod: `pod-${place}`,
          value: result === null ? null : { result, words: null },
          problem: result === null ? 'not permitted.' : null,
        })),
    },
  });

  test.each([
    ['all', path('open', 'open'), 'healthy', 'All 2 pods get to kafka-0.kafka-headless:9092.'],
    [
      'some do not',
      path('open', 'timed out'),
      'broken',
      '1 of 2 pods does not get to kafka-0.kafka-headless:9092: no answer comes in time.',
    ],
    [
      'some could not try',
      path('open', null),
      'unknown',
      '1 of 2 pods get to kafka-0.kafka-headless:9092. 1 could not try: not permitted.',
    ],
    [
      'none has a tool',
      path('no tool'),
      'skipped',
      'The path to kafka-0.kafka-headless:9092 cannot be tried: the pods have no tool for it.',
    ],
    ['no pod', path(), 'unknown', 'No pod of the service is ready to try it from.'],
  ])('%s', async (_what, given, verdict, line) => {
    expect(await look(checks.path, given)).toMatchObject({ verdict, line });
  });

  test('half of the pods, and since when', async () => {
    const first = await look(checks.path, path('open', 'refused'), { now: NOW });
    expect(first.data?.mostSince).toBe(NOW);
    expect(
      (await look(checks.path, path('refused', 'refused'), { before: { path: first.data } })).data?.mostSince,
    ).toBe(NOW);
    expect(
      (await look(checks.path, path('open', 'open', 'refused'), { before: { path: first.data } })).data
        ?.mostSince,
    ).toBeNull();
  });
});

describe('R49', () => {
  const topic = (offline: readonly number[], underReplicated: readonly number[]) => ({
    kafka: { topic: async () => ({ topic: TOPIC, partitions: 6, offline, underReplicated, brokers: [] }) },
  });

  test.each([
    [[], [], 'healthy', 'All 6 partitions of order-events are in sync.'],
    [
      [1],
      [1, 2, 4],
      'broken',
      'Of 6 partitions of order-events 1 has no leader (1), 2 have replicas out of sync (2, 4).',
    ],
  ])('offline %j, late %j', async (offline, late, verdict, line) => {
    expect(await look(checks.topic, topic(offline, late))).toMatchObject({ verdict, line });
  });

  test('a topic that is not there is unknown', async () => {
    const seen = await look(checks.topic, { kafka: { topic: async () => null } });
    expect(seen).toMatchObject({ verdict: 'unknown', line: expect.stringContaining('`kafka.ordersTopic`') });
  });
});

describe('X12', () => {
  const pods = (...free: readonly number[]) => ({
    orderService: {
      metrics: async () => answers(...free.map((one) => ({ free: one, total: 100, failed: 7 }))),
    },
  });

  test('the worst pod counts', async () => {
    expect(await look(checks.producer, pods(80, 9))).toMatchObject({
      verdict: 'broken',
      data: { freePercent: 9 },
    });
    expect(await look(checks.producer, pods(80, 10))).toMatchObject({ verdict: 'healthy' });
  });

  test('failures since the look before', async () => {
    const before = { producer: { failed: { 'pod-1': 1, 'pod-2': 7 } } };
    expect(await look(checks.producer, pods(80, 90), { before })).toMatchObject({
      verdict: 'broken',
      line: 'The producers: 80 % of the buffer is free on the worst pod, 6 events failed since the look before.',
    });
  });

  test('a pod that did not answer, and figures that are not there', async () => {
    const half = { orderService: { metrics: async () => answers({ free: 80, total: 100 }, null) } };
    expect((await look(checks.producer, half)).verdict).toBe('unknown');
    const none = { orderService: { metrics: async () => answers({}) } };
    expect((await look(checks.producer, none)).verdict).toBe('unknown');
  });
});

describe('X13', () => {
  const dead = {
    total: 40,
    oldestAt: NOW - 3 * 60 * MINUTE,
    byClass: { TimeoutException: 28, SerializationException: 12 },
    orders: null,
  };

  test('from the service, with when the oldest is dropped', async () => {
    expect(
      await look(checks.deadLetters, { orderService: { failedEvents: async () => dead } }, { now: NOW }),
    ).toMatchObject({
      verdict: 'broken',
      data: { total: 40, serialization: 12 },
      line: '40 events wait among the dead letters, the oldest for 3 h; it is dropped in 7 d. 12 of them cannot be serialized and would fail the same way again.',
    });
  });

  test('from the topic, where one is configured', async () => {
    const asked: unknown[] = [];
    const deadLetters: KafkaProbe['deadLetters'] = async (topic, group) => {
      asked.push([topic, group]);
      return { total: 0, oldestAt: null, byClass: {}, whole: true, orders: [] };
    };
    const names = {
      ...NAMES,
      kafka: { ...NAMES.kafka, deadLetterTopic: 'dead', deadLetterGroup: 'replayer' },
    };
    expect((await look(checks.deadLetters, { kafka: { deadLetters } }, { names })).verdict).toBe('healthy');
    expect(asked).toEqual([['dead', 'replayer']]);
  });
});
