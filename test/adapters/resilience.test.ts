import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { policyFor } from '../../src/adapters/resilience.ts';
import { type Sent, SystemError, type SystemFault } from '../../src/ports/system-error.ts';
import { outcome, patient } from '../support/trouble.ts';

const SOON = { backoffMs: [1, 1] };

function trouble(fault: SystemFault, more: { sent?: Sent; mayRetry?: boolean } = {}): SystemError {
  return new SystemError('The thing', fault, `The thing: ${fault}.`, {
    sent: 'maybe',
    mayRetry: true,
    ...more,
  });
}

/** Work that fails with these, one after the other, and then succeeds. */
function failing(...errors: readonly Error[]) {
  const work = async () => {
    const err = errors[work.calls];
    work.calls += 1;
    if (err !== undefined) throw err;
    return 'well';
  };
  work.calls = 0;
  return work;
}

function times(count: number, err: Error): readonly Error[] {
  return Array.from({ length: count }, () => err);
}

describe('repeating', () => {
  test('a question is asked up to twice more while its error says that it can help', async () => {
    const work = failing(...times(2, trouble('unreachable')));
    expect(await policyFor('The thing', SOON).repeatable(work, patient())).toBe('well');
    const hopeless = failing(...times(3, trouble('unreachable')));
    expect(await outcome(policyFor('The thing', SOON).repeatable(hopeless, patient()))).toMatchObject({
      fault: 'unreachable',
    });
    expect([work.calls, hopeless.calls]).toEqual([3, 3]);
  });

  test('a question whose error says that it cannot help is asked once', async () => {
    const work = failing(trouble('forbidden', { mayRetry: false }));
    expect(await outcome(policyFor('The thing', SOON).repeatable(work, patient()))).toMatchObject({
      fault: 'forbidden',
    });
    expect(work.calls).toBe(1);
  });

  test('a question is not asked again once its caller has hung up', async () => {
    const caller = new AbortController();
    const work = failing(...times(3, trouble('unreachable')));
    const asked = policyFor('The thing', SOON).repeatable(async () => {
      caller.abort();
      return await work();
    }, caller.signal);
    expect(await outcome(asked)).toMatchObject({ fault: 'unreachable' });
    expect(work.calls).toBe(1);
  });

  test('an error of our own is passed on as it is', async () => {
    const work = failing(new TypeError('a mistake'));
    await expect(policyFor('The thing', SOON).repeatable(work, patient())).rejects.toThrow('a mistake');
  });

  test.each(['unreachable', 'too slow', 'failed', 'not understood'] as const)(
    'a change is sent once when the answer is %s',
    async (fault) => {
      const work = failing(trouble(fault));
      expect(await outcome(policyFor('The thing', SOON).once(work, patient()))).toMatchObject({ fault });
      expect(work.calls).toBe(1);
    },
  );

  test('a change whose caller has hung up before is surely not sent', async () => {
    const work = failing();
    const outcomeOf = await outcome(policyFor('The thing').once(work, AbortSignal.abort()));
    expect(outcomeOf).toMatchObject({ fault: 'too slow', sent: 'no' });
    expect(work.calls).toBe(0);
  });
});

describe('the breaker', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  async function opened() {
    const policy = policyFor('The thing', { backoffMs: [] });
    const down = failing(...times(5, trouble('unreachable', { sent: 'no' })));
    for (let time = 0; time < 5; time += 1) await outcome(policy.repeatable(down, patient()));
    return policy;
  }

  function pass(ms: number): void {
    vi.setSystemTime(Date.now() + ms);
  }

  test('opens after five failures in a row; then nothing is sent, and it says so', async () => {
    const policy = await opened();
    const change = failing();
    pass(2_000);
    expect(await outcome(policy.once(change, patient()))).toEqual({
      fault: 'unreachable',
      sent: 'no',
      mayRetry: true,
      message:
        'The thing has failed 5 times in a row; it is asked again in 6 s. The last time: The thing: unreachable.',
    });
    expect(change.calls).toBe(0);
  });

  test('lets one call try after its rest; a good answer closes it', async () => {
    const policy = await opened();
    pass(8_000);
    expect(await outcome(policy.repeatable(failing(), patient()))).toBe('done');
    expect(await outcome(policy.once(failing(), patient()))).toBe('done');
  });

  test('rests again when the one call that tries fails too', async () => {
    const policy = await opened();
    pass(8_000);
    const work = failing(...times(9, trouble('failed')));
    expect(await outcome(policy.repeatable(work, patient()))).toMatchObject({ fault: 'failed' });
    expect(await outcome(policy.repeatable(work, patient()))).toMatchObject({
      message: expect.stringContaining('has failed 6 times in a row; it is asked again in 8 s.'),
    });
    expect(work.calls).toBe(1);
  });

  test('whoever waits for the one that tries gives up at the own deadline, unsent', async () => {
    const policy = await opened();
    pass(8_000);
    const trying = Promise.withResolvers<string>();
    const first = outcome(policy.repeatable(async () => await trying.promise, patient()));
    const caller = new AbortController();
    const change = failing();
    const second = outcome(policy.once(change, caller.signal));
    caller.abort();
    expect(await second).toMatchObject({ fault: 'too slow', sent: 'no' });
    trying.resolve('well');
    expect(await first).toBe('done');
    expect(await outcome(policy.repeatable(failing(), patient()))).toBe('done');
    expect(change.calls).toBe(0);
  });

  test.each(['refused', 'not found', 'forbidden', 'rate limited', 'not understood', 'exhausted'] as const)(
    'stays closed on answers: %s',
    async (fault) => {
      const policy = policyFor('The thing', { backoffMs: [] });
      for (let time = 0; time < 9; time += 1)
        await outcome(policy.repeatable(failing(trouble(fault)), patient()));
      expect(await outcome(policy.repeatable(failing(), patient()))).toBe('done');
    },
  );

  test('is not opened by changes whose answers were lost: they are read back next', async () => {
    const policy = policyFor('The thing', { backoffMs: [] });
    for (let time = 0; time < 9; time += 1)
      await outcome(policy.once(failing(trouble('unreachable')), patient()));
    expect(await outcome(policy.repeatable(failing(), patient()))).toBe('done');
  });

  test('is opened by changes that surely did not arrive', async () => {
    const policy = policyFor('The thing', { backoffMs: [] });
    for (let time = 0; time < 5; time += 1)
      await outcome(policy.once(failing(trouble('unreachable', { sent: 'no' })), patient()));
    const change = failing();
    expect(await outcome(policy.once(change, patient()))).toMatchObject({ sent: 'no' });
    expect(change.calls).toBe(0);
  });
});
