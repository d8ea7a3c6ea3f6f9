import { foundDone, takenBack } from '../domain/duty.ts';
import type { StepName } from '../domain/finding.ts';
import type { Incident, IncidentEvent } from '../domain/incident.ts';
import type { Proof, ProofSample, ProofVerdict, Run } from '../domain/run.ts';
import { actionOf } from '../runbooks/catalogue.ts';
import { changeOf } from './change.ts';
import { afterHelp } from './look.ts';
import type { Parts } from './parts.ts';
import { proving } from './proving.ts';

/** The proof of a run that has just ended: its first sample is due at once. */
export function proofPlanned(parts: Parts, step: StepName, now: number): Proof {
  const plan = actionOf(step).proof.plan(parts.rules.thresholds);
  return { plan, since: now, nextAt: now, samples: [], verdict: null, line: plan.words };
}

/** Asks the action's check again, once, and decides whether it helped. */
export async function sampleProof(parts: Parts, seen: Incident, run: Run, now: number): Promise<void> {
  const action = actionOf(run.action);
  const items = await parts.journal.transact('read items', async (tx) => await tx.items(run.id));
  const idle = items
    .filter(({ state }) => state === 'failed' || state === 'unsent')
    .map(({ target }) => target);
  const asked = await proving(parts, run, items);
  const silent: ProofSample = {
    at: now,
    moved: [],
    unknown: run.targets,
    line: 'The system did not answer.',
    value: null,
    worse: false,
  };
  const { sample, found } = await parts
    .step(`proof ${run.action}`, async () => ({
      sample: ofAsked({ ...(await action.proof.sample(asked)), at: now }, idle),
      // A duty that nobody could look after stays owed.
      found: (await action.foundDone?.(asked).catch(() => [])) ?? [],
    }))
    .catch(() => ({ sample: silent, found: [] }));
  await parts.journal.transact('proof', async (tx) => {
    const incident = await tx.incident(seen.id);
    const current = incident?.runs.find(({ id }) => id === run.id);
    if (incident == null || current?.proof == null || current.proof.nextAt === null) return;
    // Whoever was slower than its lease: this sample was taken by somebody else meanwhile, and counts once.
    if (current.proof.nextAt !== run.proof?.nextAt) return;
    const proof = judge(current, current.proof, sample, idle.length);
    const events: IncidentEvent[] = [
      { type: 'run updated', run: run.id, change: { proof }, because: proof.line, at: tx.now },
      ...foundDone(incident, run.id, found, tx.now),
    ];
    if (proof.verdict === 'helped') {
      // The call's answer was lost, and the look shows that it was done.
      events.push(...takenBack(incident, run, tx.now));
      events.push(...afterHelp(changeOf(incident, events, parts.rules).after, run, tx.now));
    } else if (proof.verdict !== null) {
      events.push({ type: 'look asked', lookAt: tx.now, because: 'A proof ended.', at: tx.now });
    }
    tx.save(changeOf(incident, events, parts.rules));
  });
}

/** Of what was never asked for, or surely not done, no proof can say that it helped or that it did not. */
function ofAsked(sample: ProofSample, idle: readonly string[]): ProofSample {
  return {
    ...sample,
    moved: sample.moved.filter((target) => !idle.includes(target)),
    unknown: [...new Set([...sample.unknown, ...idle])],
  };
}

/**
 * Pure: what the samples so far say. Targets about which nothing is known never count as moved.
 * @param idle so many targets were never asked for; nobody waits for them
 */
export function judge(run: Run, proof: Proof, sample: ProofSample, idle = 0): Proof {
  const { settleMs, settleEveryMs } = proof.plan;
  if (sample.stuck && !sample.worse && sample.unknown.length > 0)
    return over(proof, sample, 'could not tell');
  if (sample.stuck) return over(proof, sample, sample.worse ? 'made it worse' : 'did not help');
  // Once it had settled, a rollout is somebody else's: it is waited for, and says nothing of what was done here.
  const own = proof.samples.length === 0;
  if (sample.settling && sample.at - proof.since >= (settleMs ?? 0) + (own ? 0 : proof.plan.withinMs))
    return over(proof, sample, sample.worse ? 'made it worse' : own ? 'did not help' : 'could not tell');
  if (sample.settling)
    return { ...proof, line: sample.line, nextAt: sample.at + (settleEveryMs ?? proof.plan.everyMs) };
  // The proof's own time begins when what was asked for has come to its end.
  if (settleMs !== undefined && proof.samples.length === 0)
    return judgeSettled(run, { ...proof, since: sample.at }, sample, idle);
  return judgeSettled(run, proof, sample, idle);
}

function over(proof: Proof, sample: ProofSample, verdict: ProofVerdict): Proof {
  return { ...proof, samples: [...proof.samples, sample], verdict, line: sample.line, nextAt: null };
}

function judgeSettled(run: Run, proof: Proof, sample: ProofSample, idle: number): Proof {
  const samples = [...proof.samples, sample];
  const last = samples.slice(-proof.plan.alike);
  const alike = last.length === proof.plan.alike;
  const moved = run.targets.filter((target) => alike && last.every((one) => one.moved.includes(target)));
  const worse = alike && last.every((one) => one.worse);
  // After a long gap only one sample is past the deadline; one more decides, at most as many as must agree.
  const deadline = proof.since + proof.plan.withinMs;
  const past = samples.filter(({ at }) => at >= deadline).length;
  const settled = alike && new Set(last.map((one) => [...one.moved].sort().join(' '))).size === 1;
  const ended = sample.at >= deadline && (settled || past >= proof.plan.alike);
  const verdict = verdictOf(run, moved.length, idle, worse, ended ? sample : null);
  const seen = sample.moved.length;
  const line =
    run.targets.length === 1
      ? sample.line
      : verdict === null
        ? `${run.targets.length} asked, ${seen} finished. ${sample.line}`
        : `${moved.length} of ${run.targets.length} finished. ${sample.line}`;
  return {
    ...proof,
    samples,
    verdict,
    line,
    nextAt: verdict === null ? sample.at + proof.plan.everyMs : null,
  };
}

function verdictOf(
  run: Run,
  moved: number,
  idle: number,
  worse: boolean,
  atDeadline: ProofSample | null,
): ProofVerdict | null {
  if (moved > 0 && moved + idle === run.targets.length) return idle === 0 ? 'helped' : 'partly helped';
  if (worse) return 'made it worse';
  if (atDeadline === null) return null;
  if (moved > 0) return 'partly helped';
  return atDeadline.unknown.length === run.targets.length ? 'could not tell' : 'did not help';
}
