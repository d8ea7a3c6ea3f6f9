import { describe, expect, test } from 'vitest';
import { risingFor } from '../../../src/runbooks/memory/usage.ts';
import { MINUTE } from '../../support/runbooks.ts';
import { rise, usageOf } from './support.ts';

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
