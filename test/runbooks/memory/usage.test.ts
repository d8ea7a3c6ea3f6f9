import { describe, expect, test } from 'vitest';
import { risingFor } from '../../../src/runbooks/memory/usage.ts';
import { diagnosed, fakeProbes, MINUTE, NOW } from '../../support/runbooks.ts';
import { GIB, rise, usageOf } from './support.ts';

describe('for how long memory rises', () => {
  test('a fall begins anew, a wobble does not', () => {
    const saw = usageOf([...rise(40, 95, 20), ...rise(50, 90, 10)]);
    expect(risingFor(saw)).toEqual({ ms: 10 * MINUTE, pods: 2 });
    const wobble = usageOf([
      [50, 50],
      [55, 55],
      [54.5, 54.5],
      [62, 62],
      [70, 70],
    ]);
    expect(risingFor(wobble)).toEqual({ ms: 4 * MINUTE, pods: 2 });
  });

  test('it is told of at least half of the pods', () => {
    const one = usageOf([
      [40, 60],
      [50, 60],
      [60, 60],
      [70, 60],
    ]);
    expect(risingFor(one)).toEqual({ ms: 3 * MINUTE, pods: 1 });
    const pods = [...one.pods, ...one.pods.map((pod) => ({ ...pod, pod: `${pod.pod}2` }))];
    expect(risingFor({ ...one, pods }).ms).toBe(0);
  });
});

describe('R55: a limit is a container’s, so what runs beside the service takes nothing from how near it is', () => {
  const look = async (main: string, beside: { readonly used: number; readonly limit: number | null }) => {
    const containers = [
      { name: 'proxy', memory: beside.used, memoryLimit: beside.limit },
      { name: main, memory: 0.97 * GIB, memoryLimit: GIB },
    ];
    const kubernetes = {
      usage: async () =>
        containers.map(({ name, memory }) => ({ pod: 'a', container: name, memory, cpu: 1 })),
      containers: async () =>
        containers.map(({ name, memoryLimit }) => ({
          pod: 'a',
          name,
          restarts: 0,
          startedAt: NOW - 600 * MINUTE,
          lastTermination: null,
          memoryLimit,
        })),
    };
    return (await diagnosed('memory', fakeProbes({ kubernetes }))).of('R55');
  };

  test.each<[string, number | null]>([
    ['a proxy with much room', 4 * GIB],
    ['a proxy without a limit', null],
  ])('%s', async (_what, limit) => {
    expect(await look('order-service', { used: 0.1 * GIB, limit })).toMatchObject({
      verdict: 'broken',
      line: expect.stringContaining('a uses 97 % of its memory limit'),
    });
  });

  test('a service that is not told of beside a proxy that is', async () => {
    const kubernetes = {
      usage: async () => [{ pod: 'a', container: 'proxy', memory: 1, cpu: 1 }],
      containers: async () =>
        ['proxy', 'order-service'].map((name) => ({
          pod: 'a',
          name,
          restarts: 0,
          startedAt: NOW,
          lastTermination: null,
          memoryLimit: GIB,
        })),
    };
    expect((await diagnosed('memory', fakeProbes({ kubernetes }))).of('R55').verdict).toBe('unknown');
  });

  test('where none is called like the service, all of them count together', async () => {
    const seen = await look('app', { used: 0.1 * GIB, limit: 4 * GIB });
    expect(seen.line).toContain('a uses 21 % of its memory limit');
  });
});
