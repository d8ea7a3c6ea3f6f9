import { ASKER } from '../../domain/duty.ts';
import { ReturnId } from '../../domain/ids.ts';
import type { Action, Judging, Proving } from '../define-runbook.ts';
import { curl, shellWord } from '../names.ts';
import { pendingAmong } from '../shared/pending.ts';
import { reasonField, wrongReason } from '../shared/reason.ts';
import { type ReturnData, type Scores, spellScore, type Windows } from './checks.ts';
import { isNamed, listOf, scoresOf, windowsOf } from './listed.ts';
import { exceptionNoted, leftPending } from './shared.ts';

const MINUTE = 60_000;

const NOTE = 'Note the exception at the return: who, why.';

export function scoreOf({ findings }: Judging<ReturnData>, id: string): Scores['of'][number]['score'] {
  return findings.scores.data?.of.find((one) => one.id === id)?.score ?? null;
}

export function windowSeen({ findings }: Judging<ReturnData>, id: string): Windows['of'][number] | null {
  return findings.windows.data?.of.find((one) => one.id === id) ?? null;
}

/** What R65 says of it, for whoever decides. */
function windowLine(judging: Judging<ReturnData>, id: string): string {
  const seen = windowSeen(judging, id);
  if (seen?.window != null) return seen.window.eligible ? 'Its window is open.' : 'Its window is over.';
  return seen?.order === null
    ? 'Its order is not known, so nobody looked at its window.'
    : 'Its window could not be read.';
}

/** R66, guarded: past the fraud model, by a manager's approval alone (runbook). */
export const approveReturn: Action<ReturnData> = {
  step: 'R66',
  title: 'Approve return',
  tier: 'guarded',
  approvers: 'managers',
  source:
    'kubectl exec -it deployment/order-service -- \\\n  curl -X POST localhost:8080/admin/returns/ret_abc123/approve \\\n  -d \'{"reason": "manual_review_passed"}\'',
  equivalent: (names, targets, { reason }) =>
    curl(
      names,
      names.paths.approveReturn.replace('{id}', targets[0] ?? '<return>'),
      `-X POST -d ${shellWord(JSON.stringify({ reason: reason ?? '<reason>' }))} `,
    ),
  rule: () => ({
    when: 'The fraud model holds the return (9.C2).',
    notWhile: [
      'Its fraud score could not be read: it must be seen first.',
      'Its window is over: that comes first (R68).',
      'It is not pending any more.',
    ],
  }),
  notes: ['Nothing takes the approval back.'],
  draft(judging) {
    const { findings, incident, thresholds } = judging;
    const wanted = (findings.pending.data?.returns ?? []).filter(
      (one) =>
        scoreOf(judging, one.id)?.held === true ||
        (isNamed(one, incident.ids) && scoreOf(judging, one.id) === null),
    );
    return wanted.slice(0, thresholds.sampledOrders).map(({ id, order }) => {
      const score = scoreOf(judging, id);
      return {
        targets: [id],
        parameters: {
          order: order ?? '',
          ...(score === null ? {} : { score: String(score.score), threshold: String(score.threshold) }),
        },
        preview: [
          `${id} is approved past the fraud model: ${score === null ? 'score unknown' : spellScore(score)}.`,
          `The model holds about ${thresholds.falsePositivePercent} honest returns of 100. ${windowLine(judging, id)}`,
          'Only a manager’s approval counts.',
        ],
        binding: {
          kind: 'exact',
          expected: score === null ? 'unknown' : String(score.score),
          words: 'Only while it is pending with that score.',
        },
        fields: [reasonField(thresholds, 'Reason, for the return’s notes and the audit log')],
      };
    });
  },
  when: (judging, { targets }) =>
    scoreOf(judging, targets[0] ?? '')?.held === true
      ? 'the fraud model holds it, and only a person can say'
      : null,
  notWhile(judging, { targets }) {
    const id = targets[0] ?? '';
    if (!(judging.findings.pending.data?.returns ?? []).some((one) => one.id === id))
      return 'it is not pending';
    if (scoreOf(judging, id) === null) return 'its fraud score has to be seen first';
    const seen = windowSeen(judging, id);
    if (seen?.window?.eligible === false) return 'its window comes first: extend it';
    return seen === null || (seen.window === null && seen.order !== null)
      ? 'its window could not be read'
      : null;
  },
  validate: ({ reason }, { thresholds }) => wrongReason(reason, thresholds),
  async stillHolds(proving: Proving, run) {
    const id = run.targets[0] ?? '';
    const { order, score } = run.parameters;
    const { found, whole } = await pendingAmong(listOf(proving), [id]);
    if (!found.has(id))
      return { changed: whole ? 'the return is no longer pending' : 'the return could not be found first' };
    const now = (await scoresOf(proving, [id])).get(id) ?? null;
    if (now === null) return { changed: 'its fraud score could not be read first' };
    if (String(now.score) !== score)
      return { changed: `its fraud score was ${score} and is ${now.score} now` };
    if (order !== undefined && order !== '') {
      const window = (await windowsOf(proving, [order])).get(order) ?? null;
      if (window === null) return { changed: 'its window could not be read first' };
      if (!window.eligible) return { changed: 'its window is over' };
    }
    return { targets: run.targets, dropped: [] };
  },
  apply: async (target, { reason }, { levers, licence, signal }) =>
    await levers.orderService.approveReturn(ReturnId.parse(target), reason ?? '', licence, signal),
  async readBack(target, _parameters, proving) {
    const { found, whole } = await pendingAmong(listOf(proving), [target]);
    if (found.has(target)) return 'not done';
    return whole ? 'done' : 'unknown';
  },
  proof: {
    plan: () => ({
      everyMs: MINUTE / 2,
      withinMs: 5 * MINUTE,
      alike: 2,
      words: 'The return leaves the list of pending ones within 5 min.',
    }),
    async sample(proving) {
      const [left] = await leftPending(proving);
      const so = left?.so ?? null;
      return {
        moved: so === true ? proving.run.targets : [],
        unknown: so === null ? proving.run.targets : [],
        line:
          so === null
            ? 'The list of returns could not be read to its end.'
            : so
              ? 'The return is no longer pending.'
              : 'The return is still pending.',
        value: null,
        worse: false,
      };
    },
  },
  mitigates: false,
  owes: [
    { what: NOTE, owner: ASKER },
    {
      what: 'Tell customer service what was decided about the return.',
      owner: ASKER,
      tell: { to: 'customerService', says: 'The return {targets} was approved by hand.' },
    },
  ],
  foundDone: async (proving) => await exceptionNoted(proving, NOTE),
};
