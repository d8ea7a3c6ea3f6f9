import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Parts } from '../../src/pipeline/parts.ts';
import { createSampler } from '../../src/pipeline/sampler.ts';
import type { PodAnswer } from '../../src/ports/probes.ts';
import { createSamples } from '../../src/store/samples.ts';
import { sweep } from '../../src/store/sweep.ts';
import { aRules } from '../support/builders.ts';
import { fakeProbes } from '../support/runbooks.ts';
import { openStore } from '../support/store.ts';

let store: Awaited<ReturnType<typeof openStore>>;
beforeAll(async () => {
  store = await openStore();
});
afterAll(async () => await store.close());

const RATE = 'payment_success_rate';
const MINUTE = 60_000;

function sampler(metrics: () => readonly PodAnswer<Record<string, number>>[]) {
  return createSampler({
    journal: store.journal,
    samples: createSamples(store.owner),
    probes: fakeProbes({ orderService: { metrics: async () => metrics() } }),
    rules: aRules(),
    clock: { now: () => 0, sleep: async () => await new Promise(() => undefined) },
  } as unknown as Parts);
}

const pod = (pod: string, rate: number | null) => ({
  pod,
  value: rate === null ? null : { [RATE]: rate },
  problem: rate === null ? 'It did not answer.' : null,
});

async function kept() {
  const samples = createSamples(store.owner);
  return (await samples.since(`metric ${RATE}`, 0)).map(({ value }) => value);
}

test('once a minute, by one replica, and not while a pod is silent; gone after eight days', async () => {
  let pods = [pod('a', 0.5), pod('b', 1)];
  const one = sampler(() => pods);
  const other = sampler(() => pods);
  await one();
  await one();
  await other();
  expect(await kept()).toEqual([1.5]);
  await store.skip(MINUTE);
  pods = [pod('a', 0.5), pod('b', null)];
  await one();
  expect(await kept()).toEqual([1.5]);
  await store.skip(MINUTE);
  pods = [pod('a', 1), pod('b', 1)];
  await other();
  expect(await kept()).toEqual([1.5, 2]);
  await store.skip(8 * 24 * 60 * MINUTE - MINUTE);
  const client = await store.owner.connect();
  await sweep(client);
  client.release();
  expect(await kept()).toEqual([2]);
});
