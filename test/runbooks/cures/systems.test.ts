import type { AnyFindings } from '../../../src/runbooks/define-runbook.ts';
import { MINUTE, NOW, seen, trafficSeen } from '../../support/runbooks.ts';
import * as pool from '../database-pool/support.ts';
import * as exports from '../exports/support.ts';
import * as kafka from '../kafka-lag/support.ts';
import * as memory from '../memory/support.ts';
import * as returns from '../returns/support.ts';
import * as stuck from '../stuck-orders/support.ts';
import { type Row, recommendsOnly } from './support.ts';

/** The server has room for larger pools and for more of them. */
const connections = (given: pool.Given): AnyFindings => ({
  ...pool.findings({
    database: seen('healthy', pool.aDatabase({ activity: pool.anActivity({ maxConnections: 1_000 }) })),
    ...given,
  }),
});
const POOL: readonly Row[] = [
  ['6.C1', 'connections are left idle', connections(pool.given.leak), ['R41']],
  ['6.C2', 'a long query', connections(pool.given.sessions(pool.aSession())), ['R42']],
  ['6.C3', 'traffic', connections(pool.given.spike), ['R43', 'R44']],
  ['6.C4', 'a failover', connections(pool.given.database({ moving: true, activity: null })), []],
  [
    '6.C5',
    'a small pool',
    connections({ ...pool.given.small, traffic: seen('healthy', trafficSeen(100)) }),
    ['R43'],
  ],
];

const publishing = (given: Parameters<typeof kafka.findings>[0]): AnyFindings => ({
  ...kafka.findings(given),
});
const KAFKA: readonly Row[] = [
  [
    '7.C1',
    'a broker is away',
    publishing({ brokers: seen('broken', { ready: 2, total: 3, restartedAt: null, waiting: [] }) }),
    [],
  ],
  ['7.C2', 'some pods do not get there', publishing({ path: seen('broken', kafka.aPath(1)) }), ['R50']],
  [
    '7.C2',
    'no pod does',
    publishing({ path: seen('broken', kafka.aPath(3, { mostSince: NOW - MINUTE })) }),
    [],
  ],
  ['7.C3', 'events cannot be written down', publishing(kafka.letters(12, 12)), []],
  [
    '7.C3',
    'a message that stops its partition, consumers running',
    publishing({
      ...kafka.behind(kafka.aGroup(kafka.partitions('still', 'moving', 'moving'))),
      ...kafka.stuckAt(kafka.aStuck({ poison: kafka.aPoison, all: false, members: 2 })),
    }),
    ['R51-stop'],
  ],
  [
    '7.C4',
    'partitions out of sync',
    publishing({ topic: seen('broken', kafka.aTopic({ underReplicated: [2], troubleSince: NOW - MINUTE })) }),
    [],
  ],
  ['7.C5', 'the buffer is full', publishing({ producer: seen('broken', kafka.aProducer(3)) }), ['R50']],
];

const pods = (given: Parameters<typeof memory.findings>[0]): AnyFindings => ({ ...memory.findings(given) });
const usage = (...given: Parameters<typeof memory.usageOf>) => seen('broken', memory.usageOf(...given));
const running = (startedAt: number) => seen('healthy', { running: [exports.anExport({ startedAt })] });
const MEMORY: readonly Row[] = [
  [
    '8.C1',
    'memory rises for an hour',
    pods({ usage: usage(memory.rise(40, 96, 61)), heap: seen('healthy', memory.aHeap()) }),
    ['R57', 'R58', 'R60'],
  ],
  [
    '8.C2',
    'an export',
    pods({ usage: usage(memory.rise(40, 90, 20)), exports: running(NOW - 25 * MINUTE) }),
    [],
  ],
  [
    '8.C3',
    'a route that jumped',
    pods({
      usage: usage(memory.rise(40, 90, 20)),
      traffic: seen(
        'healthy',
        trafficSeen(100, {
          routes: [
            {
              route: '/orders',
              perMinute: 300,
              usual: 100,
              is: 'spike',
              since: NOW - 21 * MINUTE,
              errorPercent: 0,
              counted: null,
            },
          ],
        }),
      ),
    }),
    [],
  ],
  [
    '8.C4',
    'full soon after the start',
    pods({ usage: seen('broken', memory.soonFull([96, 97], 20)) }),
    ['R58'],
  ],
  [
    '8.C5',
    'a query',
    pods({
      usage: usage(memory.rise(40, 90, 20)),
      queries: seen('healthy', { long: [{ pid: 7, beganAt: NOW - 22 * MINUTE }] }),
    }),
    [],
  ],
];

const returning = (given: Parameters<typeof returns.findings>[0]): AnyFindings => ({
  ...returns.findings({ ...returns.rows(returns.waits('ret_aaa111')), ...given }),
});
const lateVerdict = returns.aWindow(27, { eligible: false, words: 'return window expired' });
const RETURNS: readonly Row[] = [
  [
    '9.C1',
    'the window is computed wrongly',
    returning(returns.rows([returns.aReturn('ret_aaa111'), returns.aScore(0.1), lateVerdict])),
    ['R68'],
  ],
  ['9.C2', 'the fraud model holds it', returning(returns.rows(returns.held('ret_aaa111'))), ['R66']],
  ['9.C3', 'labels fail', returning({ labels: seen('broken', returns.labels(1, 9)) }), []],
  ['9.C4', 'the engine is away', returning({ engine: seen('broken', stuck.engine({ ready: 0 })) }), []],
  [
    '9.C5',
    'a constraint refuses it',
    returning({ approvals: seen('healthy', returns.approvals({ constraint: 6 })) }),
    [],
  ],
];

const failedJob = {
  jobs: seen('broken', {
    jobs: [exports.anExport({ status: 'failed', endedAt: NOW - MINUTE, expectedRows: 90_000 })],
  }),
};
const exporting = (given: Parameters<typeof exports.findings>[0]): AnyFindings => ({
  ...exports.findings({ ...failedJob, ...given }),
});
const exportLogs = (...given: Parameters<typeof exports.logCounts>) => ({
  logs: seen('broken', exports.logCounts(...given)),
});
const slow = seen('healthy', { long: [{ pid: 7, beganAt: NOW - 9 * MINUTE }] });
const job = (quietFor: number) =>
  seen('healthy', { jobs: [exports.anExport({ progressAt: NOW - quietFor, expectedRows: 90_000 })] });
const EXPORTS: readonly Row[] = [
  ['10.C1', 'it ran out of time', exporting(exportLogs({ timeout: 1 })), ['R73', 'R75']],
  [
    '10.C1',
    'it runs for too long and does not move',
    exporting({
      jobs: seen('broken', {
        jobs: [
          exports.anExport({
            startedAt: NOW - 40 * MINUTE,
            progressAt: NOW - 20 * MINUTE,
            expectedRows: 90_000,
          }),
        ],
      }),
    }),
    ['R74'],
  ],
  ['10.C2', 'it is too large', exporting(exportLogs({ size: 1 })), ['R75']],
  ['10.C3', 'memory ran out', exporting(exportLogs({ memory: 1 })), ['R75']],
  [
    '10.C4',
    'the bucket refuses it',
    exporting({ bucket: seen('broken', { ...exports.aBucket, reachable: false, trouble: 'forbidden' }) }),
    [],
  ],
  ['10.C5', 'its query is slow', exporting({ jobs: job(MINUTE), queries: slow }), []],
  [
    '10.C5',
    'its query is slow, and it does not move',
    exporting({ jobs: job(9 * MINUTE), queries: slow }),
    ['R74'],
  ],
];

recommendsOnly('database-pool', POOL);
recommendsOnly('kafka-lag', KAFKA);
recommendsOnly('memory', MEMORY);
recommendsOnly('returns', RETURNS);
recommendsOnly('exports', EXPORTS);
