import type pg from 'pg';
import { readConfig } from '../../src/config.ts';
import { broken, healthy } from '../../src/domain/finding.ts';
import type { IncidentEvent } from '../../src/domain/incident.ts';
import { changeOf } from '../../src/pipeline/change.ts';
import { ladderFor } from '../../src/pipeline/rules.ts';
import { rulesOf } from '../../src/rules-of.ts';

const MINUTE = 60_000;
const CHECKS = 7;
/** From the opening, ms: an hour and more after the first rung. */
const LOOK_AFTER_MS = 90 * MINUTE;

/**
 * Puts open incidents into the bot's tables as the bot itself would have left them: announced, diagnosed, their cards
 * shown, the first rung of the ladder due at even distances within `withinMs` from `from`. Their next look is an hour
 * away.
 * @param cardTs a message of the bot's in `cardChannel`, which stands for all cards
 */
export async function plantIncidents(
  pool: pg.Pool,
  plan: {
    readonly count: number;
    readonly from: number;
    readonly withinMs: number;
    readonly cardChannel: string;
    readonly cardTs: string;
  },
): Promise<void> {
  const rules = rulesOf(readConfig({ env: {}, readFile: () => 'environment: prod' }), true);
  const rows = Array.from({ length: plan.count }, (_, place) => {
    const dueAt = plan.from + (plan.withinMs * place) / plan.count;
    const openedAt = Math.round(dueAt - rules.escalation.afterMinutes * MINUTE);
    const id = `OMS-${1_000_000 + place}` as const;
    const { after, dueAt: decided, lookAt } = changeOf(null, history(id, openedAt, rules), rules);
    return {
      id,
      scope: after.scope,
      version: after.version,
      body: { ...after, diagnosis: null },
      diagnosis: after.diagnosis,
      due_at: iso(decided ?? 0),
      opened_at: iso(openedAt),
      look_at: iso(lookAt ?? 0),
    };
  });
  await pool.query(
    `insert into incidents (id, runbook, scope, generation, version, format, state, severity, body, diagnosis, opened_at, due_at, look_at)
     select id, 'stuck-orders', scope, 1, version, 1, 'open', 'medium', body, diagnosis, opened_at, due_at, look_at
     from jsonb_to_recordset($1) as r (id text, scope text, version int, body jsonb, diagnosis jsonb, due_at timestamptz, opened_at timestamptz, look_at timestamptz)`,
    [JSON.stringify(rows)],
  );
  await pool.query(
    'insert into cards (incident, channel, ts, shown_version) select id, $1, $2, version from incidents',
    [plan.cardChannel, plan.cardTs],
  );
  await pool.query('create table due as select id, due_at from incidents');
  await pool.query('vacuum analyze');
}

function history(
  id: `OMS-${number}`,
  at: number,
  rules: ReturnType<typeof rulesOf>,
): readonly IncidentEvent[] {
  const seen = { stuck: 37, oldestMinutes: 151, pods: ['a', 'b', 'c', 'd'] };
  const findings = Array.from({ length: CHECKS }, (_, place) => ({
    ...(place === 0
      ? broken('37 orders have been in processing for over 2 h, the oldest for 2 h 31 min.', seen)
      : healthy('4 of 4 pods are ready; the last restart was 14 h ago.', seen)),
    step: `R${place + 1}` as const,
    at,
    tookMs: 20,
  }));
  return [
    {
      type: 'opened',
      id,
      runbook: 'stuck-orders',
      scope: id,
      severity: 'medium',
      environment: 'prod',
      clockStartedAt: at,
      ladder: ladderFor('medium', 'orders', rules),
      at,
    },
    { type: 'announced', at },
    {
      type: 'diagnosed',
      diagnosis: { round: 1, at, tookMs: 50, findings, causes: [], advice: [], byHand: [], atOnce: null },
      lookAt: at + LOOK_AFTER_MS,
      impact: { known: false, because: '9 of 11 orders: too few to say.', at },
      offers: [],
      at,
    },
  ];
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
