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
    ['escalate OMS-3', { kind: 'escalate', id: 'OMS-3', reason: '' }],
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
    ['resolve OMS-1', 'It needs a reason'],
    ['stuck-orders older than a while', 'is not understood'],
    ['diagnose', 'It needs a runbook or a code'],
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
