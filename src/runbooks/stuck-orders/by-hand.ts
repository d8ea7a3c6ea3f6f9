import { ASKER } from '../../domain/duty.ts';
import type { ByHand, Ends, Judging } from '../define-runbook.ts';
import { owedFor } from '../shared/by-hand.ts';
import { clock } from '../shared/spell.ts';
import { warehouse } from './causes.ts';
import type { StuckData } from './checks.ts';

const NOTE: Ends = { after: ['R22'], begins: 'Add the order note' };
const TELL: Ends = { after: ['R22'], begins: 'Tell the warehouse' };

/** What was set by hand, the newest first. */
function setByHand({ incident }: Pick<Judging<StuckData>, 'incident'>) {
  return incident.runs
    .filter(({ action, outcome }) => action === 'R22' && outcome !== null && outcome !== 'failed')
    .reverse();
}

/** *ord_a: processing → shipped, by UANNA at 2026-01-01 03:25 UTC.* */
function changes(judging: Pick<Judging<StuckData>, 'incident'>): string {
  return setByHand(judging)
    .map(
      ({ targets, parameters, by, requestedBy, beganAt }) =>
        `${targets[0]}: ${parameters['from']} → ${parameters['status']}, set by hand by <@${requestedBy ?? by}>${beganAt === null ? '' : ` at ${clock(beganAt)}`}.`,
    )
    .join('\n');
}

export const byHand: readonly ByHand<StuckData>[] = [
  {
    id: 'm3.1',
    owner: 'warehouse',
    what: 'Say whether our orders arrive and whether your system is up.',
    link: 'warehouseStatus',
    shown:
      'while orders are stuck and the warehouse does not take our calls (3.C4), or nobody could see (R19)',
    answers: ['orders arrive', 'nothing arrives', 'our system is down'],
    when(judging) {
      if (judging.findings.stuck.verdict !== 'broken') return null;
      const { verdict, because } = warehouse.judge(judging);
      if (verdict === 'supported') return because;
      return judging.findings.webhooks.verdict === 'unknown'
        ? 'Nobody could see how our calls to the warehouse ended.'
        : null;
    },
  },
  {
    id: 'm3.2',
    owner: 'orders',
    what: 'Add the order’s note: who, why, old → new status.',
    link: 'orderAdmin',
    shown: 'after a status was set by hand (R22), until that duty is ticked off',
    ends: NOTE,
    when: ({ incident }) => (owedFor(incident, NOTE).length > 0 ? 'A status was set by hand.' : null),
    text: (judging) =>
      `${changes(judging)}\n${setByHand(judging)
        .map(({ targets, parameters }) => `${targets[0]}, why: ${parameters['reason']}`)
        .join('\n')}`,
  },
  {
    id: 'm3.3',
    owner: ASKER,
    what: 'Tell the warehouse: order, old → new status, by whom.',
    link: null,
    shown: 'after a status was set by hand (R22), until that duty is ticked off',
    ends: TELL,
    when: ({ incident }) => (owedFor(incident, TELL).length > 0 ? 'A status was set by hand.' : null),
    text: changes,
  },
];
