import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Fault } from '../../sim/lib/faults.ts';
import { type PagerDuty, startPagerDuty } from '../../sim/pagerduty/pagerduty.ts';
import { PAGERDUTY, pagerDuty } from '../../src/adapters/pagerduty/pager.ts';
import { policyFor } from '../../src/adapters/resilience.ts';
import type { Page } from '../../src/ports/pager.ts';
import { outcome, patient } from '../support/trouble.ts';

const KEY = 'a'.repeat(32);
const PAGE: Page = {
  action: 'trigger',
  team: 'orders',
  dedupKey: 'oms/prod/OMS-1/1/rung-1',
  summary: 'OMS-1 Orders stuck in processing (prod). 37 orders are stuck.',
  severity: 'high',
  details: {},
  links: [],
};

let system: PagerDuty;
beforeEach(async () => {
  system = await startPagerDuty({ routingKeys: { [KEY]: 'orders' } });
});
afterEach(async () => await system.stop());

function pager() {
  return pagerDuty({
    url: `${system.url}/v2/enqueue`,
    routingKeys: { default: KEY },
    source: 'oms-bot',
    policy: policyFor(PAGERDUTY),
  });
}

function impatient(): AbortSignal {
  const caller = new AbortController();
  void expect
    .poll(() => system.requests.length, { interval: 5 })
    .toBe(1)
    .then(() => caller.abort());
  return caller.signal;
}

const broken = { fault: 'unreachable', sent: 'maybe', mayRetry: true };
const slow = { fault: 'too slow', sent: 'maybe', mayRetry: true };
const failed = { fault: 'failed', sent: 'maybe', mayRetry: true };
const garbage = { fault: 'not understood', sent: 'maybe', mayRetry: true };
const limited = { fault: 'rate limited', sent: 'no', mayRetry: false };

/** Fault, hangs up, what it says, requests, incidents in the end. A page may be sent again: its key makes it harmless. */
const rows: readonly [string, Fault, boolean, object, number, number][] = [
  ['tears the connection down', { mode: 'down' }, false, broken, 3, 0],
  ['is slower than the deadline', { mode: 'slow', ms: 60_000 }, true, slow, 1, 0],
  ['answers 500', { mode: 'status', status: 500 }, false, failed, 3, 0],
  ['answers garbage', { mode: 'garbage' }, false, garbage, 3, 0],
  ['breaks off in the middle', { mode: 'cut' }, false, broken, 3, 1],
  ['does it and loses the answer', { mode: 'lost' }, false, broken, 3, 1],
  ['does it after we hung up', { mode: 'late', ms: 500 }, true, slow, 1, 1],
  ['wants to rest', { mode: 'rate-limited', retryAfterS: 3 }, false, limited, 1, 0],
];

describe('a PagerDuty that', () => {
  test.each(rows)('%s', async (_what, fault, hangsUp, says, requests, incidents) => {
    system.faults.add({ fault });
    const said = await outcome(pager().send(PAGE, hangsUp ? impatient() : patient()));
    expect(said).toMatchObject(says);
    await expect.poll(() => system.incidents.length).toBe(incidents);
    expect(system.requests).toHaveLength(requests);
    expect(system.incidents.every(({ pages }) => pages === 1)).toBe(true);
  });

  test('stumbles once is asked again, and wakes somebody once', async () => {
    system.faults.add({ fault: { mode: 'lost' }, times: 1 });
    expect(await pager().send(PAGE, patient())).toBe(PAGE.dedupKey);
    expect(system.incidents).toMatchObject([{ pages: 1 }]);
  });

  test('confirms another key has not confirmed ours', async () => {
    const body = { status: 'success', message: 'Event processed', dedup_key: 'another' };
    system.faults.add({ fault: { mode: 'status', status: 202, body } });
    expect(await outcome(pager().send(PAGE, patient()))).toEqual({
      fault: 'not understood',
      sent: 'maybe',
      mayRetry: false,
      message: `PagerDuty did not confirm the page ${PAGE.dedupKey}; nobody can be sure that it was heard.`,
    });
  });
});
