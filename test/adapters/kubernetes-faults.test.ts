import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Fault } from '../../sim/lib/faults.ts';
import { connectKubernetes } from '../../src/adapters/kubernetes/connect.ts';
import { plainPolicy } from '../support/policy.ts';
import { type Connected, connected, failure, QUESTION, SECRET, soon, WORKLOAD, within } from './support.ts';

let here: Connected;
beforeEach(async () => {
  here = await connected();
});
afterEach(async () => {
  await here.stop();
});

const UNAVAILABLE = {
  kind: 'Status',
  apiVersion: 'v1',
  message: 'etcdserver: leader\u0007 changed\nretry later',
};

/** What comes out of each way to misbehave: of a question, and of the one request that changes something. */
const TABLE: readonly {
  readonly fault: Fault;
  readonly asks: { readonly fault: string; readonly mayRetry: boolean };
  readonly changes: { readonly fault: string; readonly sent: string; readonly done: boolean };
}[] = [
  {
    fault: { mode: 'down' },
    asks: { fault: 'unreachable', mayRetry: true },
    changes: { fault: 'unreachable', sent: 'maybe', done: false },
  },
  {
    fault: { mode: 'slow', ms: 5_000 },
    asks: { fault: 'too slow', mayRetry: true },
    changes: { fault: 'too slow', sent: 'maybe', done: false },
  },
  {
    fault: { mode: 'status', status: 500, body: UNAVAILABLE },
    asks: { fault: 'failed', mayRetry: true },
    changes: { fault: 'failed', sent: 'maybe', done: false },
  },
  {
    fault: { mode: 'status', status: 503, body: 'no JSON at all' },
    asks: { fault: 'failed', mayRetry: true },
    changes: { fault: 'failed', sent: 'maybe', done: false },
  },
  {
    fault: { mode: 'garbage' },
    asks: { fault: 'not understood', mayRetry: true },
    changes: { fault: 'not understood', sent: 'maybe', done: false },
  },
  {
    fault: { mode: 'status', status: 200, body: { kind: 'Other', items: {} } },
    asks: { fault: 'not understood', mayRetry: false },
    changes: { fault: 'not understood', sent: 'maybe', done: false },
  },
  {
    fault: { mode: 'cut' },
    asks: { fault: 'unreachable', mayRetry: true },
    changes: { fault: 'unreachable', sent: 'maybe', done: true },
  },
  {
    fault: { mode: 'lost' },
    asks: { fault: 'unreachable', mayRetry: true },
    changes: { fault: 'unreachable', sent: 'maybe', done: true },
  },
  {
    fault: { mode: 'late', ms: 1_500 },
    asks: { fault: 'too slow', mayRetry: true },
    changes: { fault: 'too slow', sent: 'maybe', done: true },
  },
  {
    fault: { mode: 'rate-limited', retryAfterS: 1 },
    asks: { fault: 'rate limited', mayRetry: false },
    changes: { fault: 'rate limited', sent: 'no', done: false },
  },
  {
    fault: { mode: 'status', status: 409, body: { kind: 'Status', message: 'modified' } },
    asks: { fault: 'refused', mayRetry: false },
    changes: { fault: 'refused', sent: 'no', done: false },
  },
];

const patience = (fault: Fault) => (fault.mode === 'slow' || fault.mode === 'late' ? 500 : 20_000);
const named = TABLE.map(
  (row) => [`${row.fault.mode}${'status' in row.fault ? ` ${row.fault.status}` : ''}`, row] as const,
);

describe.each(named)('an API server that is %s', (_name, { fault, asks, changes }) => {
  test('is told of by every question', async () => {
    here.kubernetes.faults.add({ fault });
    const { probe, podHttp } = here.connection;
    const signal = () => within(patience(fault));
    const questions = [
      probe.pods(WORKLOAD, signal()),
      probe.logs(QUESTION, signal()),
      probe.deployment(WORKLOAD, signal()),
      probe.settings(WORKLOAD, [], signal()),
      probe.containers(WORKLOAD, signal()),
      probe.events(WORKLOAD, signal()),
      probe.usage(WORKLOAD, signal()),
      probe.secret('default', SECRET, null, signal()),
      podHttp(WORKLOAD, 8080).readyPods(signal()),
    ];
    for (const error of await Promise.all(questions.map(failure))) {
      expect(error).toMatchObject({ system: 'Kubernetes', ...asks });
      expect(error.message).not.toMatch(/\p{Cc}/u);
      expect(error.message.length).toBeLessThan(300);
    }
  });

  test('leaves a restart known or unknown, never sent twice', async () => {
    here.kubernetes.faults.add({ match: { method: 'PATCH' }, fault });
    const error = await failure(
      here.connection.lever.restart(WORKLOAD, 1, 'a-stamp', within(patience(fault))),
    );
    expect(error).toMatchObject({ fault: changes.fault, sent: changes.sent });
    if (fault.mode === 'late') await new Promise((resolve) => setTimeout(resolve, fault.ms));
    expect(here.kubernetes.count('PATCH', /deployments/)).toBe(1);
    const state = await here.connection.probe.deployment(WORKLOAD, soon());
    expect(state?.restartedAt).toBe(changes.done ? 'a-stamp' : null);
  });

  test('before the patch is a restart that was surely not sent', async () => {
    here.kubernetes.faults.add({ match: { method: 'GET' }, fault });
    const error = await failure(
      here.connection.lever.restart(WORKLOAD, 1, 'a-stamp', within(patience(fault))),
    );
    expect(error).toMatchObject({ fault: asks.fault, sent: 'no' });
    expect(here.kubernetes.count('PATCH', /./)).toBe(0);
  });

  test('is a problem of the one container that it hits', async () => {
    const match = { path: /4kx2p\/log$/ };
    here.kubernetes.faults.add({ match, fault });
    const logs = await here.connection.probe.logs(QUESTION, within(Math.max(patience(fault), 2_000)));
    const hit = logs.find(({ pod }) => pod.endsWith('4kx2p'));
    // What is no plain text is a page of somebody else, with no line in it that failed.
    if (fault.mode === 'late') expect(hit).toMatchObject({ problem: null });
    else expect(hit).toMatchObject({ problem: expect.stringContaining('Kubernetes'), lines: [] });
    const others = logs.filter((log) => log !== hit);
    expect(others).toHaveLength(2);
    for (const log of others) expect(log).toMatchObject({ problem: null, truncated: false });
  });
});

describe('no API server at all', () => {
  test('is known never to have been reached', async () => {
    const port = await freePort();
    const connection = await connectKubernetes({
      kubeconfig: { text: kubeconfig(port) },
      policy: plainPolicy,
    });
    const error = await failure(connection.probe.pods(WORKLOAD, soon()));
    expect(error).toMatchObject({ fault: 'unreachable', sent: 'no', mayRetry: true });
    await connection.close();
  });

  test.each([
    ['no file', { file: 'no/such/kubeconfig' }],
    ['no cluster', { text: 'apiVersion: v1\nkind: Config\nclusters: []\nusers: []\ncontexts: []\n' }],
    ['no YAML', { text: '{' }],
  ])('is said at once: %s', async (_what, config) => {
    await expect(connectKubernetes({ kubeconfig: config, policy: plainPolicy })).rejects.toThrow(
      /kubeconfig/,
    );
  });

  test('nor credentials that can be read: nothing is sent, and nothing of them is told', async () => {
    const text = here.kubernetes.kubeconfig().replace(
      /user: \{ token.*\}/,
      `user:
      exec:
        apiVersion: client.authentication.k8s.io/v1
        command: no-such-plugin-s3cret
        interactiveMode: Never`,
    );
    const connection = await connectKubernetes({ kubeconfig: { text }, policy: plainPolicy });
    const error = await failure(connection.lever.restart(WORKLOAD, 1, 'x', soon()));
    expect(error).toMatchObject({ fault: 'forbidden', sent: 'no' });
    expect(error.message).not.toContain('s3cret');
    expect(here.kubernetes.requests).toHaveLength(0);
    await connection.close();
  });
});

describe('a caller that gives up', () => {
  test('before the call: nothing is sent', async () => {
    const error = await failure(
      here.connection.lever.restart(WORKLOAD, 1, 'x', AbortSignal.abort(new Error('enough'))),
    );
    expect(error).toMatchObject({ fault: 'too slow', sent: 'no' });
    expect(here.kubernetes.requests).toHaveLength(0);
  });

  test('in the middle of a body ends the reading, and keeps what others said', async () => {
    here.kubernetes.faults.add({ match: { path: /9vqzt\/log$/ }, fault: { mode: 'slow', ms: 20_000 } });
    const logs = await here.connection.probe.logs(QUESTION, within(1_500));
    expect(logs.filter(({ problem }) => problem === null)).toHaveLength(2);
    expect(logs.find(({ problem }) => problem !== null)?.problem).toContain('did not answer in time');
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function kubeconfig(port: number): string {
  return here.kubernetes.kubeconfig().replace(here.kubernetes.url, `http://127.0.0.1:${port}`);
}
