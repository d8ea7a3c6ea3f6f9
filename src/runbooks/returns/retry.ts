import { isOver } from '../../domain/cause-history.ts';
import { ReturnId } from '../../domain/ids.ts';
import type { ReturnSummary } from '../../ports/order-service.ts';
import type { Judging, Proving } from '../define-runbook.ts';
import { batchOf, type Standing } from '../shared/batch.ts';
import { pendingAmong } from '../shared/pending.ts';
import { triedInVain } from '../shared/tried.ts';
import { scoreOf, windowSeen } from './approve.ts';
import { causes, engineFails, stands } from './causes.ts';
import { EXPIRED, type ReturnData } from './checks.ts';
import { isNamed, listOf, scoresOf } from './listed.ts';
import { leftPending } from './shared.ts';

const MINUTE = 60_000;
const PROOF_MINUTES = 15;
/** A retry may renew a return's age, and the list shows what is older than a minute: before that it says nothing. */
const TELLING_MS = 2 * MINUTE;

/** Causes that have to end before a retry goes further. */
const PASSING = ['9.C3', '9.C4'] as const;

/** Why this one return is not retried; null: it may be. */
function whyNotThis(judging: Judging<ReturnData>, { id, errorCode }: ReturnSummary): string | null {
  if (scoreOf(judging, id)?.held === true) return 'the fraud model holds it, and it would stop there again';
  if (judging.findings.approvals.data?.violating.includes(id) === true)
    return 'the database refused it, and it would hit the same constraint';
  const window = windowSeen(judging, id)?.window ?? null;
  if (window?.eligible === false || (errorCode === EXPIRED && window === null))
    return 'its window comes first: extend it';
  return null;
}

/** Why a retry is recommended now; null: it is only possible. As decision 5 has it for orders. */
function whyRetry(judging: Judging<ReturnData>, targets: readonly string[]): string | null {
  const { findings, incident, now } = judging;
  if (findings.pending.verdict !== 'broken') return null;
  // A crash since the first symptom keeps 9.C4 supported for as long as that return waits, also when the engine is back.
  const well = findings.engine.verdict === 'healthy' && engineFails(judging) === null;
  const back = well && stands(judging, '9.C4');
  const standing = [...PASSING, '9.C5'].filter((id) => stands(judging, id) && !(id === '9.C4' && back));
  if (standing.length > 0) return null;
  const over = PASSING.filter((id) => isOver(incident.causeHistory, id, now));
  const overSince = Math.max(...over.map((id) => incident.causeHistory[id]?.clearSince ?? 0), 0);
  const tried = triedInVain(incident, 'R67');
  // What did not help is worth another try only after something has changed.
  if (targets.every((target) => (tried.get(target) ?? -1) >= overSince)) return null;
  if (back) return 'the workflow engine is back, and returns still wait';
  const ended = causes.find(({ id }) => over.some((one) => one === id));
  if (ended !== undefined) return `“${ended.title}” is over, and returns still wait`;
  return 'returns wait, nothing that could be looked at speaks against it, and a retry does no harm';
}

/** Of the run's returns, those that are still pending and that the fraud model does not hold. */
async function qualify(proving: Proving): Promise<{ readonly standings: readonly Standing[] }> {
  const { targets } = proving.run;
  const { found, whole } = await pendingAmong(listOf(proving), targets);
  const scores = await scoresOf(
    proving,
    targets.filter((target) => found.has(target)),
  );
  return {
    standings: targets.map((target) => {
      if (!found.has(target)) return { target, so: whole ? false : null, words: 'it is no longer pending' };
      const score = scores.get(target) ?? null;
      return { target, so: score === null ? null : !score.held, words: 'the fraud model holds it by now' };
    }),
  };
}

async function gone(proving: Proving): Promise<readonly Standing[]> {
  const since = proving.now - (proving.run.proof?.since ?? proving.now);
  const found = await leftPending(proving);
  return since < TELLING_MS ? found.map((one) => (one.so === true ? { ...one, so: false } : one)) : found;
}

function line(found: readonly Standing[], minutes: number): string {
  const silent = found.filter(({ so }) => so === null).length;
  const [only] = found;
  if (found.length === 1 && only !== undefined)
    return only.so === null
      ? 'The return could not be looked up.'
      : `The return is ${only.words} after ${minutes} min.`;
  return `${minutes} min have passed.${silent === 0 ? '' : ` ${silent} could not be looked up.`}`;
}

/** R67, for all that wait and for one alone. */
export const retryReturn = batchOf<ReturnData>({
  step: 'R67',
  title: 'Retry return workflow',
  source:
    'kubectl exec -it deployment/order-service -- \\\n  curl -X POST localhost:8080/admin/returns/ret_abc123/retry-workflow',
  path: (names) => names.paths.retryReturn,
  rule: () => ({
    when: '9.C3 or 9.C4 is over, the engine is back after a restart, or nothing that could be looked at speaks against it, and returns wait (R62).',
    notWhile: [
      'The workflow engine is not well: nobody would take it.',
      'The database refuses returns (9.C5): it would hit the same constraint.',
      'The fraud model holds it: it would stop there again.',
      'Its window is over: that comes first (R68).',
      'It is not pending any more.',
    ],
  }),
  notes: ['A return’s workflow may be retried more than once without harm.'],
  one: 'return',
  many: 'returns',
  says: (what) => `The workflow of ${what} starts again.`,
  bound: 'Returns that are decided meanwhile, or that the fraud model holds, are left alone.',
  found(judging) {
    const returns = judging.findings.pending.data?.returns ?? [];
    const ids = returns.filter((one) => whyNotThis(judging, one) === null).map(({ id }) => id);
    const more = Math.max(0, (judging.findings.pending.data?.total ?? 0) - returns.length);
    return { ids, total: ids.length + more };
  },
  alone: ({ findings, incident }) =>
    (findings.pending.data?.returns ?? []).filter((one) => isNamed(one, incident.ids)).map(({ id }) => id),
  when: whyRetry,
  notWhile(judging, targets) {
    const { engine, pending } = judging.findings;
    if (engine.data !== null && engine.data.ready === 0)
      return 'the workflow engine is down, nobody would take it';
    if (engine.verdict === 'broken') return 'the workflow engine is not well and might not take it';
    for (const target of targets) {
      const one = pending.data?.returns.find(({ id }) => id === target);
      const why = one === undefined ? 'it is not pending' : whyNotThis(judging, one);
      if (why !== null) return why;
    }
    return stands(judging, '9.C5')
      ? 'the database refuses returns, and they would hit the same constraint'
      : null;
  },
  qualify,
  apply: async (target, _parameters, { levers, licence, signal }) =>
    await levers.orderService.retryReturn(ReturnId.parse(target), licence, signal),
  // The service keeps no record of who asked; the proof reads what came of it.
  readBack: async () => 'unknown',
  plan: () => ({
    everyMs: MINUTE,
    withinMs: PROOF_MINUTES * MINUTE,
    alike: 2,
    words: `The returns leave the list of pending ones within ${PROOF_MINUTES} min.`,
  }),
  finished: gone,
  line,
});
