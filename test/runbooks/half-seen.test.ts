import { describe, expect, test } from 'vitest';
import type { ContainerSummary } from '../../src/ports/kubernetes.ts';
import type { SessionSeen } from '../../src/ports/orders-database.ts';
import type { OrderServiceProbe } from '../../src/ports/probes.ts';
import type { Action } from '../../src/runbooks/define-runbook.ts';
import { type KafkaData, checks as kafkaChecks } from '../../src/runbooks/kafka-lag/checks.ts';
import { resetGroup } from '../../src/runbooks/kafka-lag/reset.ts';
import { restartGroup } from '../../src/runbooks/kafka-lag/restart.ts';
import { skipMessage } from '../../src/runbooks/kafka-lag/skip.ts';
import { causes as memoryCauses } from '../../src/runbooks/memory/causes.ts';
import { causes as refundCauses } from '../../src/runbooks/refund-delays/causes.ts';
import { loadIs } from '../../src/runbooks/shared/load.ts';
import { DEFAULT_THRESHOLDS } from '../../src/runbooks/thresholds.ts';
import { aRun } from '../support/incidents.ts';
import {
  aDeployment,
  aJudging,
  aLog,
  anOrder,
  aPod,
  aProving,
  diagnosed,
  fakeProbes,
  MINUTE,
  NOW,
  seen,
} from '../support/runbooks.ts';
import { aSession } from './database-pool/support.ts';
import { look } from './kafka-lag/looking.ts';
import { aGroup, GROUP, groupNow, lagOf, NAMES, partitions, TOPIC } from './kafka-lag/support.ts';
import { findings as memoryFindings, rise, usageOf } from './memory/support.ts';
import { aPayment, aRefund, type Row, findings as refundFindings, rows } from './refund-delays/support.ts';

// What was not seen, or only in part, is never healthy and rules nothing out.

const aContainer = (pod: string, change: Partial<ContainerSummary> = {}): ContainerSummary => ({
  pod,
  name: 'kafka',
  restarts: 0,
  startedAt: NOW - 600 * MINUTE,
  lastTermination: null,
  memoryLimit: 1024 ** 3,
  ...change,
});

describe('Kafka', () => {
  test('R51: a group that stood still and cannot be read now has not moved', async () => {
    const problem = `${GROUP} could not be read: its coordinator does not answer.`;
    const groups = async () => ({ groups: [], problems: [problem] });
    const before = { lag: lagOf(aGroup(partitions('still', 'still'))) };
    expect(await look(kafkaChecks.stuck, { kafka: { groups } }, { before })).toMatchObject({
      verdict: 'unknown',
      data: null,
      line: expect.stringContaining(problem),
    });
  });

  test('R53: brokers of which the metrics tell nothing', async () => {
    const kubernetes = {
      usage: async () => [{ pod: 'kafka-0', container: 'kafka', memory: 1_000_000, cpu: 1 }],
      containers: async () => ['kafka-0', 'kafka-1', 'kafka-2'].map((pod) => aContainer(pod)),
    };
    expect(await look(kafkaChecks.usage, { kubernetes })).toMatchObject({
      verdict: 'unknown',
      line: expect.stringContaining('Nothing was told of 2 more pods.'),
    });
  });
});

describe('proofs of what a group is behind, while a partition has no leader', () => {
  const gone = `Partition 1 of ${TOPIC} has no leader; it is left out of the lag of ${GROUP}.`;
  const sample = async (action: Action<KafkaData>, parameters: Readonly<Record<string, string>>) => {
    const { groups } = groupNow([400], { members: 2 });
    const kafka = { groups: async () => ({ ...(await groups()), problems: [gone] }) };
    const run = aRun({ targets: ['group/x'], parameters: { group: GROUP, ...parameters } });
    return await action.proof.sample(
      aProving(fakeProbes({ kafka, kubernetes: { deployment: async () => aDeployment() } }), {
        names: NAMES,
        run,
      }),
    );
  };

  test.each<[string, Action<KafkaData>, Readonly<Record<string, string>>]>([
    ['X16', restartGroup, { lag: '900' }],
    ['R51', resetGroup, {}],
    ['R51-skip', skipMessage, { topic: TOPIC, partition: '1', offset: '12' }],
  ])('%s: what was left out has not fallen', async (_step, action, parameters) => {
    const { moved, unknown, line } = await sample(action, parameters);
    expect({ moved, unknown }).toEqual({ moved: [], unknown: ['group/x'] });
    expect(line).toContain('has no leader');
  });
});

describe('sessions of the database, beside many of others that run longer', () => {
  const nightly = Array.from({ length: 40 }, (_, place) =>
    aSession({ pid: 100 + place, application: 'etl', forMs: 3_600_000, blockedBy: place === 0 ? [] : [1] }),
  );
  const asked = (...ours: readonly SessionSeen[]) =>
    fakeProbes({
      ordersDatabase: {
        sessions: async (most: number) => [...nightly, ...ours].slice(0, most),
      },
    });

  test('6.C2: a long query of ours', async () => {
    const found = await diagnosed('database-pool', asked(aSession({ forMs: 600_000 })));
    expect(found.of('R39')).toMatchObject({ verdict: 'broken', line: expect.stringContaining('4711') });
    expect(found.of('R39').evidence.length).toBeLessThanOrEqual(10);
    expect(found.causes.find(({ id }) => id === '6.C2')?.verdict).toBe('supported');
  });

  test('8.C5: a long query of ours', async () => {
    const found = await diagnosed('memory', asked(aSession({ forMs: 600_000 })));
    expect(found.of('R39').line).toContain('1 query of the order service runs for long');
  });

  test('3.C5: one of ours that waits', async () => {
    const found = await diagnosed('stuck-orders', asked(aSession({ forMs: 600_000, blockedBy: [1] })));
    expect(found.of('R39').verdict).toBe('broken');
  });
});

describe('lists of which no row could be understood', () => {
  const none = async () => ({ rows: [], total: 40, unread: 40, next: null });

  test('9.C1, 9.C2: nobody looked at a return', async () => {
    const orderService: Partial<OrderServiceProbe> = { returns: none };
    const found = await diagnosed('returns', fakeProbes({ orderService }));
    for (const step of ['R64', 'R65']) expect(found.of(step).verdict).toBe('unknown');
    for (const id of ['9.C1', '9.C2'])
      expect(found.causes.find((cause) => cause.id === id)?.verdict).toBe('open');
  });

  test('4.C3: nobody compared a refund', async () => {
    const orderService: Partial<OrderServiceProbe> = { refunds: none };
    const found = await diagnosed('refund-delays', fakeProbes({ orderService }));
    for (const step of ['R25', 'R28']) expect(found.of(step).verdict).toBe('unknown');
    for (const id of ['4.C2', '4.C3'])
      expect(found.causes.find((cause) => cause.id === id)?.verdict).toBe('open');
  });

  test('4.C2, 4.C3: of refunds that no page showed nobody knows anything', () => {
    const row: Row = [aRefund('ref_aaa100'), 'pending', aPayment('ref_aaa100')];
    const of = rows(row);
    const pending = seen('healthy', { total: 240, refunds: [row[0]], elsewhere: [] });
    const judging = aJudging(refundFindings({ ...of, pending }));
    for (const id of ['4.C2', '4.C3'])
      expect(refundCauses.find((cause) => cause.id === id)?.judge(judging)).toMatchObject({
        verdict: 'open',
        because: expect.stringContaining('Of 239 refunds'),
      });
  });

  test('X10: nobody looked at a stuck order', async () => {
    const stuckOrders = async () => ({ orders: [], total: 40, unread: 5, next: null });
    const orderService: Partial<OrderServiceProbe> = { stuckOrders };
    const found = await diagnosed('stuck-orders', fakeProbes({ orderService }));
    expect(found.of('X10').verdict).toBe('unknown');
  });

  test('5.C2, X10: nobody looked at a packed order', async () => {
    const stuckOrders = async () => ({ orders: [], total: 40, unread: 5, next: null });
    const kubernetes = { logs: async () => [aLog([])] };
    const found = await diagnosed(
      'shipping-labels',
      fakeProbes({ orderService: { stuckOrders }, kubernetes }),
    );
    expect(found.of('X10').verdict).toBe('unknown');
    expect(found.causes.find(({ id }) => id === '5.C2')?.verdict).toBe('open');
  });

  test('X10: some of them', async () => {
    const one = anOrder('ord_aaa100', { lastEvent: { type: 'order.created', at: NOW } });
    const stuckOrders = async () => ({ orders: [one], total: 5, unread: 4, next: null });
    const orderService: Partial<OrderServiceProbe> = { stuckOrders, order: async () => one };
    expect((await diagnosed('stuck-orders', fakeProbes({ orderService }))).of('X10')).toMatchObject({
      verdict: 'unknown',
      line: expect.stringContaining('4 could not be read.'),
    });
  });
});

describe('the inventory', () => {
  test('R9, 2.C2: a sync that is said to end later today has not ended', async () => {
    // As a service says it that writes its own time of day and calls it UTC.
    const seen = { running: false, lastSyncAt: NOW + 25 * MINUTE, words: null, catalogUp: true };
    const orderService = { inventorySync: async () => seen };
    const kafka = groupNow([400], { group: 'order-inventory-consumer' });
    const found = await diagnosed('inventory-reservation', fakeProbes({ orderService, kafka }));
    expect(found.of('R9')).toMatchObject({
      verdict: 'unknown',
      line: expect.stringContaining('in the future'),
    });
    expect(found.causes.find(({ id }) => id === '2.C2')?.verdict).toBe('open');
  });
});

describe('memory', () => {
  const nothing = { containers: async () => [], events: async () => [], pods: async () => [] };

  test('R54: without a pod nobody knows whether one was killed', async () => {
    const kubernetes = nothing;
    for (const runbook of ['memory', 'exports'] as const) {
      const found = (await diagnosed(runbook, fakeProbes({ kubernetes }))).of('R54');
      expect(found).toMatchObject({ verdict: 'unknown', data: null });
      expect(found.line).toContain('has no pod with');
    }
  });

  test('R54, 10.C3: a container that ran out of memory, and another of its pod that ended later', async () => {
    const killed = { reason: 'OOMKilled', exitCode: 137, at: NOW - 5 * MINUTE };
    const ended = { reason: 'Completed', exitCode: 0, at: NOW - 2 * MINUTE };
    const kubernetes = {
      // Of a pod only its newest end is told.
      pods: async () => [aPod({ lastTermination: ended })],
      containers: async () => [
        aContainer('pod-1', { name: 'order-service', restarts: 1, lastTermination: killed }),
        aContainer('pod-1', { name: 'proxy', restarts: 1, lastTermination: ended }),
      ],
    };
    const found = (await diagnosed('exports', fakeProbes({ kubernetes }))).of('R54');
    expect(found).toMatchObject({ verdict: 'broken', data: { killedAt: killed.at } });
  });

  test.each(['8.C1', '8.C3'])('%s: flat on some pods, and of others nothing was told', (id) => {
    const usage = seen('unknown', usageOf(rise(50, 50, 61), { silent: 6 }));
    const judging = aJudging(memoryFindings({ usage }));
    expect(memoryCauses.find((cause) => cause.id === id)?.judge(judging).verdict).toBe('open');
  });

  test('as little as usual is usual, also where that is nothing', () => {
    expect(loadIs({ perMinute: 0, usual: 0 }, DEFAULT_THRESHOLDS)).toBe('usual');
    expect(loadIs({ perMinute: 5, usual: 0 }, DEFAULT_THRESHOLDS)).toBe('more');
  });
});
