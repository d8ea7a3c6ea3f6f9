import { afterEach, beforeEach, expect, test } from 'vitest';
import { addSidecar, PODS, type TestCluster, testCluster } from './support.ts';

const POD = 'order-service-7c9f6d5b8-4kx2p';
const LOG = `${PODS}/${POD}/log`;

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await testCluster();
  await cluster.world.change((state, now) => {
    state.logs.forget(({ pod }) => pod === POD);
    for (const minutes of [90, 30, 3]) {
      state.logs.write(now - minutes * 60_000, POD, 'INFO', `before ${minutes} minutes`);
    }
  });
});
afterEach(async () => {
  await cluster.stop();
});

const lines = async (query: string) =>
  (await cluster.call('GET', `${LOG}?${query}`)).text
    .split('\n')
    .map((line) => line.replace(/^.*INFO /, ''))
    // The pod goes on living meanwhile.
    .filter((line) => line.startsWith('before'));

test('counts seconds back from story time', async () => {
  expect(await lines('')).toEqual(['before 90 minutes', 'before 30 minutes', 'before 3 minutes']);
  expect(await lines('sinceSeconds=3600')).toEqual(['before 30 minutes', 'before 3 minutes']);
  cluster.skip(40 * 60_000);
  expect(await lines('sinceSeconds=3600')).toEqual(['before 3 minutes']);
});

test('tells from a time on, its last lines, its first bytes, with stamps', async () => {
  const from = new Date(cluster.world.now() - 31 * 60_000).toISOString();
  expect(await lines(`sinceTime=${encodeURIComponent(from)}`)).toHaveLength(2);
  expect(await lines('tailLines=1')).toEqual(['before 3 minutes']);
  const whole = (await cluster.call('GET', LOG)).text;
  expect((await cluster.call('GET', `${LOG}?limitBytes=40`)).text).toBe(whole.slice(0, 40));
  const stamped = (await cluster.call('GET', `${LOG}?timestamps=true&tailLines=1`)).text;
  expect(stamped).toMatch(/^(\S+Z) \1 INFO before 3 minutes\n$/);
});

test('has no former one where no container was started anew', async () => {
  expect(await cluster.call('GET', `${LOG}?previous=true`)).toMatchObject({
    status: 400,
    json: { message: `previous terminated container "order-service" in pod "${POD}" not found` },
  });
});

test('wants a container named where there are several', async () => {
  await addSidecar(cluster);
  const answer = await cluster.call('GET', LOG);
  expect(answer).toMatchObject({
    status: 400,
    json: {
      message: `a container name must be specified for pod ${POD}, choose one of: [order-service log-shipper]`,
    },
  });
  expect(await lines('container=order-service')).toHaveLength(3);
  expect(await lines('container=log-shipper')).toHaveLength(0);
});

test('a container started anew has a log of its own, and one before', async () => {
  await cluster.world.change((state, now) => {
    for (const pod of state.pods.filter(({ name }) => name === POD)) {
      pod.restarts = 1;
      pod.startedAt = now - 10 * 60_000;
    }
  });
  expect(await lines('')).toEqual(['before 3 minutes']);
  expect(await lines('previous=true')).toEqual(['before 90 minutes', 'before 30 minutes']);
});

test('one that waits has none', async () => {
  await cluster.world.change((state) => {
    for (const pod of state.pods.filter(({ name }) => name === POD)) {
      pod.waiting = { reason: 'ContainerCreating', message: '' };
    }
  });
  const answer = await cluster.call('GET', LOG);
  expect(answer).toMatchObject({
    status: 400,
    json: { message: `container "order-service" in pod "${POD}" is waiting to start: ContainerCreating` },
  });
});

test('can be followed', async () => {
  const abort = new AbortController();
  const response = await fetch(`${cluster.kubernetes.url}${LOG}?follow=true&tailLines=1`, {
    headers: { authorization: `Bearer ${cluster.kubernetes.token}` },
    signal: abort.signal,
  });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader?.read())?.value).toContain('before 3 minutes');
  cluster.skip(5_000);
  await cluster.world.change((state, now) => state.logs.write(now, POD, 'INFO', 'something new'));
  expect((await reader?.read())?.value).toMatch(/INFO something new\n$/);
  abort.abort();
});
