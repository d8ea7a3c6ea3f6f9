import type { Cause, Judging } from '../define-runbook.ts';
import { engineSays } from '../shared/engine.ts';
import { absent, dominating } from '../shared/in-words.ts';
import { count } from '../shared/log-check.ts';
import { goesOn, logsSay } from '../shared/log-classes.ts';
import { open, ruledOut, supported } from '../shared/said.ts';
import { spell } from '../shared/spell.ts';
import { verdictsOf } from '../shared/verdicts.ts';
import { WORKFLOW_CLASSES } from '../shared/workflow-log.ts';
import type { ReturnData } from './checks.ts';
import { labelsFail, STOPS } from './logs.ts';

const NO_LOGS = 'The approvals in the logs could not be read (R63).';

const window: Cause<ReturnData> = {
  id: '9.C1',
  title: 'The window is computed wrongly',
  outside: false,
  rule: ({ returnWindowDays, usualLatePercent, spikeFactor, fewestAttempts }) => ({
    supported: `A verdict contradicts its own dates and the ${returnWindowDays} days, or at least ${spikeFactor} × the usual ${usualLatePercent} % of at least ${fewestAttempts} returns were called too late (R63).`,
    ruledOut: 'Verdicts and dates agree. A window that is rightly over is no fault.',
  }),
  judge({ findings, thresholds }) {
    const seen = findings.windows.data;
    const wrong = (seen?.of ?? []).filter(({ agrees }) => agrees === false);
    if (wrong.length > 0)
      return supported(
        `The verdict on ${wrong.length} of ${seen?.of.length} returns contradicts its own dates (${wrong[0]?.id}).`,
      );
    const counted = findings.approvals.data?.returns;
    const share = counted === undefined || counted.all === 0 ? 0 : (counted.window / counted.all) * 100;
    const usual = thresholds.usualLatePercent;
    if (
      counted !== undefined &&
      counted.all >= thresholds.fewestAttempts &&
      share >= usual * thresholds.spikeFactor
    )
      return supported(
        `${Math.round(share)} % of ${counted.all} returns in ${thresholds.logWindowMinutes} min were too late, usual are ${usual} %.`,
      );
    if (seen === null || findings.windows.verdict !== 'healthy')
      return open('Not every verdict on the window could be compared with its dates (R65).');
    return ruledOut(
      seen.of.length === 0
        ? 'No return waits whose window could be wrong.'
        : 'Verdict and dates agree; a window that is rightly over is no fault.',
    );
  },
};

const fraud: Cause<ReturnData> = {
  id: '9.C2',
  title: 'The fraud model holds returns',
  outside: true,
  rule: ({ fraudPercent, fewestAttempts }) => ({
    supported: `The model holds a return that waits, or more than ${fraudPercent} % of at least ${fewestAttempts} returns. Whether rightly, a manager says.`,
    ruledOut: 'It holds none of those that were looked at.',
  }),
  judge({ findings, thresholds }) {
    const seen = findings.scores.data;
    const held = (seen?.of ?? []).filter(({ score }) => score?.held === true);
    if (held.length > 0)
      return supported(
        `It holds ${held.length} of the ${seen?.of.length} that were looked at (${held[0]?.id}); whether rightly, a manager says.`,
      );
    const counted = findings.approvals.data?.returns;
    if (
      counted !== undefined &&
      counted.all >= thresholds.fewestAttempts &&
      (counted.held / counted.all) * 100 > thresholds.fraudPercent
    )
      return supported(
        `It held ${counted.held} of ${counted.all} returns in ${thresholds.logWindowMinutes} min; about ${thresholds.falsePositivePercent} of 100 are held wrongly.`,
      );
    return findings.scores.verdict === 'healthy'
      ? ruledOut('It holds none of those that were looked at.')
      : open('Not every fraud score could be read (R64).');
  },
};

const label: Cause<ReturnData> = {
  id: '9.C3',
  title: 'Labels of returns fail',
  outside: true,
  rule: ({ dominatesLines }) => ({
    supported: `The carrier is down, or at least ${dominatesLines} labels of returns failed and no more were made.`,
    ruledOut: 'The carrier answers, and no label of a return fails.',
  }),
  judge(judging) {
    const { labels, carriers } = judging.findings;
    const since = carriers.data?.downSince ?? null;
    if (carriers.data?.down === true && since !== null)
      return supported(`The carrier has not answered for ${spell(judging.now - since)}.`);
    const counts = labels.data;
    if (counts === null) return open('The labels in the logs could not be read (X11).');
    const { made, failed } = counts.classes;
    const minutes = judging.thresholds.logWindowMinutes;
    const ongoing = goesOn(failed, judging.now, judging.thresholds);
    if (labelsFail(counts, judging) && ongoing)
      return supported(
        `${count(failed.lines, 'label', 'labels')} of returns failed in ${minutes} min, ${made.lines} were made.`,
      );
    if (since !== null) return open('The carrier has been said to be down once; it is asked again.');
    if (carriers.data === null) return open('Whether the carrier answers could not be asked (R31).');
    if (carriers.verdict !== 'healthy') return open('The carrier answers, and not as it should.');
    if (!counts.whole) return open('Not every line about labels could be read (X11).');
    const few = failed.lines < (made.lines + failed.lines) * judging.thresholds.absentShare;
    if (failed.lines === 0 || few || !ongoing)
      return ruledOut('The carrier answers, and no label of a return fails any more.');
    return open(
      `${count(failed.lines, 'label', 'labels')} of returns failed in ${minutes} min, which says little.`,
    );
  },
};

const engine: Cause<ReturnData> = {
  id: '9.C4',
  title: 'Workflow engine in trouble',
  outside: true,
  rule: (thresholds) => ({
    supported: `Fewer than half of the engine’s pods are ready, one crashes again and again or ended since the oldest return waits (R18), approvals do not reach it (R63), or failures of returns dominate its log (X9: ${dominating(thresholds)}).`,
    ruledOut: `All its pods are ready and none ended lately (R18), and failures of returns are absent from its log (X9: ${absent(thresholds)}); where that is not configured, so are approvals that do not reach it (R63).`,
  }),
  judge(judging) {
    const { engine: pods, pending, workflow, approvals } = judging.findings;
    const fails = engineFails(judging);
    if (fails !== null) return supported(fails);
    const said = engineSays(pods.data, pending.data?.returns[0]?.createdAt, judging);
    if (said.verdict !== 'ruled out' || workflowSays(judging) === 'quiet') return said;
    if (workflow.verdict === 'skipped')
      return logsSay(approvals.data, 'engine', STOPS, judging) === 'quiet'
        ? said
        : open('Its pods are well; whether approvals reach it (R63) is not sure.');
    return open(
      workflow.data === null
        ? 'Its pods are well; its log (X9) could not be looked at.'
        : 'Its pods are well; its log (X9) does not say it clearly.',
    );
  },
};

function workflowSays(judging: Judging<ReturnData>): ReturnType<typeof logsSay> {
  return logsSay(judging.findings.workflow.data, 'return', WORKFLOW_CLASSES, judging);
}

/** What the logs say of an engine that fails returns now, whatever its pods are like; null: nothing. */
export function engineFails(judging: Judging<ReturnData>): string | null {
  const { approvals, workflow } = judging.findings;
  const minutes = judging.thresholds.logWindowMinutes;
  if (logsSay(approvals.data, 'engine', STOPS, judging) === 'dominates')
    return `${approvals.data?.classes.engine.lines} approvals did not reach the engine in ${minutes} min.`;
  if (workflow.data === null || workflowSays(judging) !== 'dominates') return null;
  const { classes, failedReturns } = workflow.data;
  const named = failedReturns.length === 0 ? '' : `, the last of ${failedReturns.at(-1)}`;
  return `${classes.return.lines} workflows of returns failed in the engine in ${minutes} min${named}.`;
}

const constraint: Cause<ReturnData> = {
  id: '9.C5',
  title: 'The database refuses returns',
  outside: false,
  rule: ({ dominatesLines, dominatesShare }) => ({
    supported: `The database refused a return that waits by a constraint, or such refusals make up ${dominatesShare * 100} % of what stops approvals (${dominatesLines} lines at least).`,
    ruledOut: 'No approval meets a constraint, or one came through after the last that did.',
  }),
  judge(judging) {
    const counts = judging.findings.approvals.data;
    const waiting = judging.findings.pending.data?.returns ?? [];
    const named = waiting.filter(({ id }) => counts?.violating.includes(id) ?? false);
    if (named.length > 0)
      return supported(
        `It refused ${named[0]?.id} by a constraint${named.length === 1 ? '' : ` and ${named.length - 1} more`}.`,
      );
    const says = logsSay(counts, 'constraint', STOPS, judging);
    if (says === 'dominates')
      return supported(
        `${counts?.classes.constraint.lines} approvals met a constraint in ${judging.thresholds.logWindowMinutes} min.`,
      );
    if (counts === null) return open(NO_LOGS);
    // Where nobody tries, nothing is refused.
    const { approved, constraint: met } = counts.classes;
    if (says === 'quiet' && met.lastAt !== null && (approved.lastAt ?? 0) <= met.lastAt)
      return open('An approval met a constraint, and none has come through since.');
    return says === 'quiet'
      ? ruledOut('No approval meets a constraint.')
      : open('The logs do not say it clearly.');
  },
};

/** 9.C1 to 9.C5. */
export const causes: readonly Cause<ReturnData>[] = [window, fraud, label, engine, constraint];

export const { stands, whyNot } = verdictsOf(causes);
