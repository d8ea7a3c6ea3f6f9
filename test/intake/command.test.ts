import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCommand, USAGE } from '../../src/intake/command.ts';

describe('/oms', () => {
  test.each([
    ['', { kind: 'help' }],
    ['stuck-orders', { kind: 'stuck-orders', status: null, olderThanMinutes: null }],
    ['stuck-orders processing', { kind: 'stuck-orders', status: 'processing', olderThanMinutes: null }],
    ['stuck-orders older than 2h', { kind: 'stuck-orders', status: null, olderThanMinutes: 120 }],
    [
      'Stuck-Orders pending_payment older than 90m',
      { kind: 'stuck-orders', status: 'pending_payment', olderThanMinutes: 90 },
    ],
    ['hold 12 10 watching it', { kind: 'hold', id: 'OMS-12', minutes: 10, reason: 'watching it' }],
    ['resolve oms-3 provider is back', { kind: 'resolve', id: 'OMS-3', reason: 'provider is back' }],
    ['freeze 2h big release', { kind: 'freeze', minutes: 120, reason: 'big release' }],
    ['Freeze 1D weekend', { kind: 'freeze', minutes: 1440, reason: 'weekend' }],
    ['owed', { kind: 'owed' }],
    [
      'report returns a customer  waits for ret_abc123 &lt;!channel&gt;',
      { kind: 'report', runbook: 'returns', text: 'a customer waits for ret_abc123 <!channel>' },
    ],
    ['unfreeze', { kind: 'unfreeze' }],
    ['escalate OMS-3', { kind: 'escalate', id: 'OMS-3', reason: '' }],
    ['resolve 3 a &gt; b &amp;amp; &lt;c&gt;', { kind: 'resolve', id: 'OMS-3', reason: 'a > b &amp; <c>' }],
    ['stuck-orders older than 30d', { kind: 'stuck-orders', status: null, olderThanMinutes: 43_200 }],
  ])('“%s” is understood', (text, command) => {
    expect(readCommand(text)).toEqual({ ok: true, command });
  });

  test.each([
    ['stuk-orders', 'Did you mean `/oms stuck-orders'],
    ['acknowledge-everything-now', 'Type `/oms help`'],
    ['show', 'It needs an incident.'],
    ['show banana', 'looks like OMS-12'],
    ['hold OMS-1 soon', 'It needs the minutes'],
    ['hold OMS-1 10', 'It needs a reason'],
    ['freeze', 'It needs how long'],
    ['freeze 2 hours release', 'It needs how long'],
    ['freeze 2h', 'It needs a reason'],
    ['resolve OMS-1', 'It needs a reason'],
    ['stuck-orders older than a while', 'is not understood'],
    ['diagnose', 'It needs a runbook or a code'],
    ['report', 'It needs a runbook and what you heard'],
    ['report returns', 'It needs what you heard, behind the runbook'],
    ['reprt returns slow', 'Did you mean `/oms report'],
    ['help me please', '“me please” is not understood. It looks like this: `/oms help`'],
    ['incidents today', '“today” is not understood'],
    ['show OMS-1 OMS-2', '“OMS-2” is not understood. It looks like this: `/oms show OMS-12`'],
    ['ack OMS-1 on it', '“on it” is not understood'],
    ['diagnose stuck-orders now', '“now” is no id of an order, refund, return, export or payment'],
    [
      'stuck-orders older than 0m',
      '“older than 0m” is not between 1 min and 30 d. It looks like this: `/oms',
    ],
    ['stuck-orders older than -2h', '“older than -2h” is not between 1 min and 30 d'],
    ['stuck-orders older than 31d', '“older than 31d” is not between 1 min and 30 d'],
    ['stuck-orders processing older than 43201 min', 'is not between 1 min and 30 d'],
  ])('“%s” gets what would be right', (text, because) => {
    const read = readCommand(text);
    expect(read.ok).toBe(false);
    expect(read.ok ? '' : read.because).toContain(because);
  });

  test('never throws, whatever is typed', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => typeof readCommand(text).ok === 'boolean'),
    );
  });

  test('understands each example of its own help', () => {
    for (const usage of Object.values(USAGE)) {
      expect(readCommand(usage.replace('/oms ', '').replace('[status] [older than 2h]', ''))).toMatchObject({
        ok: true,
      });
    }
  });
});
