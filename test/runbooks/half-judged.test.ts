import { describe, expect, test } from 'vitest';
import { causes as inventoryCauses } from '../../src/runbooks/inventory-reservation/causes.ts';
import { causes as kafkaCauses } from '../../src/runbooks/kafka-lag/causes.ts';
import { causes as memoryCauses } from '../../src/runbooks/memory/causes.ts';
import { aJudging, seen } from '../support/runbooks.ts';
import { aLag, aRate, findings as inventory } from './inventory-reservation/support.ts';
import { aProducer, findings as kafka } from './kafka-lag/support.ts';
import { findings as memory, rise, soonFull, usageOf } from './memory/support.ts';

// What only some of the pods, or of the partitions, said supports nothing about all of them, and rules nothing out.

describe('a cause of what only a part said', () => {
  const of = <C extends { readonly id: string }>(causes: readonly C[], id: string): C => {
    const found = causes.find((cause) => cause.id === id);
    if (found === undefined) throw new Error(`No cause ${id}.`);
    return found;
  };

  test('8.C1: memory rises on two pods, and of six nothing was told', () => {
    const judge = (silent: number) =>
      of(memoryCauses, '8.C1').judge(
        aJudging(memory({ usage: seen('unknown', usageOf(rise(40, 85, 61), { silent })) })),
      );
    expect(judge(2).verdict).toBe('supported');
    expect(judge(2).because).toContain('on 2 of 4 pods');
    expect(judge(6).verdict).toBe('open');
  });

  test('8.C4: the pods that were told of filled soon, and of others nothing was told', () => {
    const judge = (silent: number) =>
      of(memoryCauses, '8.C4').judge(
        aJudging(memory({ usage: seen('unknown', soonFull([96, 97], 6, { silent })) })),
      );
    expect(judge(0).verdict).toBe('supported');
    expect(judge(3).verdict).toBe('open');
  });

  test('7.C5: one of three pods said how much of its buffer is free', () => {
    const judge = (answered: number) =>
      of(kafkaCauses, '7.C5').judge(
        aJudging(
          kafka({ producer: seen(answered < 3 ? 'unknown' : 'healthy', { ...aProducer(97), answered }) }),
        ),
      );
    expect(judge(3).verdict).toBe('ruled out');
    expect(judge(1)).toMatchObject({ verdict: 'open', because: expect.stringContaining('1 of 3 pods') });
  });

  test('2.C1: one of three pods said how many reservations succeed', () => {
    const judge = (answered: number) =>
      of(inventoryCauses, '2.C1').judge(
        aJudging(inventory({ rate: seen(answered < 3 ? 'unknown' : 'healthy', aRate({ answered })) })),
      );
    expect(judge(3).verdict).toBe('ruled out');
    expect(judge(1).verdict).toBe('open');
  });

  test('2.C2: a partition of the stock events was left out', () => {
    const judge = (whole: boolean) =>
      of(inventoryCauses, '2.C2').judge(
        aJudging(inventory({ lag: seen(whole ? 'healthy' : 'unknown', { ...aLag(), whole }) })),
      );
    expect(judge(true).verdict).toBe('ruled out');
    expect(judge(false).verdict).toBe('open');
  });
});
