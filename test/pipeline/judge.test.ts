import { describe, expect, test } from 'vitest';
import type { CauseVerdict, JudgedCause, Verdict } from '../../src/domain/finding.ts';
import { judgeCauses } from '../../src/pipeline/judge.ts';
import { anIncident } from '../support/incidents.ts';
import { aJudging, NOW, seen } from '../support/runbooks.ts';

const MINUTE = 60_000;

/** Supported by a log that fills, ruled out by one that is clean, open where it was not read; it never looks at `other`. */
const full = {
  id: '8.C9',
  title: 'The disk is full',
  outside: false,
  rule: () => ({ supported: '', ruledOut: '' }),
  judge: ({ findings }: ReturnType<typeof aJudging<Record<string, unknown>>>) => {
    const { verdict } = findings['log'] ?? { verdict: 'skipped' };
    if (verdict === 'broken') return { verdict: 'supported', because: 'It fills.' } as const;
    if (verdict === 'healthy') return { verdict: 'ruled out', because: 'It is clean.' } as const;
    return { verdict: 'open', because: 'It could not be read.' } as const;
  },
};

function judged(
  log: Verdict,
  {
    stood = 'supported',
    ago = MINUTE,
    other = 'healthy',
    before = 'broken',
    kept = false,
  }: { stood?: CauseVerdict; ago?: number; other?: Verdict; before?: Verdict; kept?: boolean } = {},
): JudgedCause | undefined {
  const { id, title, outside } = full;
  const causes: JudgedCause[] = [{ id, title, outside, verdict: stood, because: 'It fills.' }].map((cause) =>
    kept ? { ...cause, because: 'It fills (…).', kept: { at: NOW - ago, because: cause.because } } : cause,
  );
  const causeHistory = { [id]: { supportedAt: NOW - ago, clearSince: null } };
  const incident = anIncident([seen(before, null)], { causeHistory }, causes);
  const findings = { log: seen(log, null), other: seen(other, null) };
  return judgeCauses({ causes: [full] }, aJudging<Record<string, unknown>>(findings, { incident }))[0];
}

describe('a cause whose question has no answer now', () => {
  test('stays supported, with how long ago that was and what is missing', () => {
    expect(judged('unknown')).toMatchObject({
      verdict: 'supported',
      because: 'It fills (1 min ago; R16 could not be looked at now).',
      kept: { at: NOW - MINUTE, because: 'It fills.' },
    });
  });

  test('goes on through a second silence, with the words of the look that saw it', () => {
    expect(judged('unknown', { before: 'unknown', kept: true, ago: 2 * MINUTE })).toMatchObject({
      verdict: 'supported',
      because: 'It fills (2 min ago; R16 could not be looked at now).',
      kept: { at: NOW - 2 * MINUTE, because: 'It fills.' },
    });
  });

  test.each<readonly [string, Verdict, Parameters<typeof judged>[1], CauseVerdict]>([
    ['was supported more than five minutes ago', 'unknown', { ago: 6 * MINUTE }, 'open'],
    ['was open at the look before', 'unknown', { stood: 'open' }, 'open'],
    ['was ruled out at the look before', 'unknown', { stood: 'ruled out' }, 'open'],
    ['is not asked at all any more', 'skipped', {}, 'open'],
    ['misses an answer that it never reads', 'skipped', { other: 'unknown' }, 'open'],
    ['was supported without that answer too', 'unknown', { before: 'unknown' }, 'open'],
    ['is ruled out by an answer', 'healthy', {}, 'ruled out'],
  ])('is judged by this look alone when it %s', (_, log, before, verdict) => {
    expect(judged(log, before)?.verdict).toBe(verdict);
    expect(judged(log, before)).not.toHaveProperty('kept');
  });
});
