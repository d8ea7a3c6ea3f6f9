import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checks } from '../../src/runbooks/stuck-orders/checks.ts';
import { look } from '../runbooks/kafka-lag/looking.ts';
import { type Connected, connected, QUESTION, soon, WORKLOAD } from './support.ts';

let here: Connected;
beforeEach(async () => {
  here = await connected();
});
afterEach(async () => {
  await here.stop();
});

const MADE = '2026-03-10T01:00:00Z';

interface Given {
  readonly phase?: string;
  readonly reason?: string;
  readonly owner?: string;
}

/** As the API server lists it; ready, where it has no other phase. */
function aPod(name: string, { phase = 'Running', reason, owner = 'ReplicaSet' }: Given = {}) {
  const runs = phase === 'Running';
  return {
    metadata: {
      name,
      creationTimestamp: MADE,
      ownerReferences: [{ kind: owner, name: 'its-owner', controller: true }],
    },
    spec: { containers: [{ name: 'app', image: 'app:1' }] },
    status: {
      phase,
      ...(reason === undefined ? {} : { reason }),
      conditions: [{ type: 'Ready', status: runs ? 'True' : 'False' }],
      containerStatuses: runs
        ? [{ name: 'app', restartCount: 0, ready: true, state: { running: { startedAt: MADE } } }]
        : [],
    },
  };
}

function lists(...items: readonly ReturnType<typeof aPod>[]): void {
  here.kubernetes.faults.add({
    match: { path: /\/pods$/ },
    fault: { mode: 'status', status: 200, body: { kind: 'PodList', metadata: {}, items } },
  });
}

describe('a pod that has ended for good and whose place another one has taken', () => {
  test.each<[string, Given]>([
    ['evicted', { phase: 'Failed', reason: 'Evicted' }],
    ['ended with its node', { phase: 'Failed', reason: 'Terminated' }],
    ['a job of the same label that is done', { phase: 'Succeeded', owner: 'Job' }],
    ['a job of the same label that failed', { phase: 'Failed', owner: 'Job' }],
  ])('is none of the workload: %s', async (_what, given) => {
    lists(aPod('one'), aPod('two'), aPod('old', given));
    const { probe } = here.connection;
    expect((await probe.pods(WORKLOAD, soon())).map(({ name }) => name)).toEqual(['one', 'two']);
    expect((await probe.containers(WORKLOAD, soon())).map(({ pod }) => pod)).toEqual(['one', 'two']);
    // Its log is gone with it, and nobody could ever read it.
    expect((await probe.logs(QUESTION, soon())).map(({ pod }) => pod)).toEqual(['one', 'two']);
    expect(await look(checks.engine, { kubernetes: probe })).toMatchObject({
      verdict: 'healthy',
      line: expect.stringContaining('2 of 2 pods are ready.'),
    });
  });

  test.each<[string, Given, string]>([
    ['nobody makes another one under another name', { phase: 'Failed', owner: 'StatefulSet' }, 'Failed'],
    ['it still waits for its node', { phase: 'Pending' }, 'Pending'],
  ])('counts where %s', async (_what, given, why) => {
    lists(aPod('one'), aPod('two', given));
    expect(await look(checks.engine, { kubernetes: here.connection.probe })).toMatchObject({
      verdict: 'broken',
      line: expect.stringContaining(`1 of 2 pods are ready, waiting: ${why}.`),
    });
  });

  test('leaves nobody behind', async () => {
    lists(aPod('old', { phase: 'Failed', reason: 'Evicted' }));
    expect(await look(checks.engine, { kubernetes: here.connection.probe })).toMatchObject({
      verdict: 'unknown',
      line: expect.stringContaining('has no pod with'),
    });
  });
});
