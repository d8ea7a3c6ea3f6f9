import { endsBecause, proofEnds, toWatch, watchFor } from '../domain/ending.ts';
import { overall } from '../domain/finding.ts';
import type { Diagnosis, Incident, IncidentEvent } from '../domain/incident.ts';
import type { Run } from '../domain/run.ts';
import { changeOf } from './change.ts';
import { diagnose, type Look } from './diagnose.ts';
import type { Parts } from './parts.ts';
import { propose } from './propose.ts';
import { sampleProof } from './verify.ts';

/** A first *broken* is asked again so soon (runbook-knowledge §0: down is broken twice, 15 s apart). */
const SECOND_LOOK_MS = 15_000;

/**
 * Does what is due of one incident: its proofs, else the whole diagnosis, which then comes next. Each fits into the lease by
 * itself. False when nothing was due.
 */
export async function lookOnce(parts: Parts): Promise<boolean> {
  const { journal, rules } = parts;
  const { diagnosisMs, readMs, lookSlackMs } = rules.timing;
  const claimed = await journal.claimLook(Math.max(diagnosisMs, readMs) + lookSlackMs);
  if (claimed === null) return false;
  try {
    const now = await journal.now();
    const due = claimed.runs.filter(({ proof }) => proof?.nextAt != null && proof.nextAt <= now);
    if (due.length > 0)
      await Promise.all(due.map(async (run) => await sampleProof(parts, claimed, run, now)));
    else if (claimed.lookAt !== null && claimed.lookAt <= now) await lookWhole(parts, claimed, now);
  } finally {
    await journal.releaseLook(claimed.id);
  }
  return true;
}

/** What rules ask of other incidents: the runbooks that have one open, and what is owed in any. */
export async function elsewhere({ journal }: Pick<Parts, 'journal'>): Promise<Pick<Look, 'open' | 'owed'>> {
  const [open, owed] = await Promise.all([journal.openRunbooks(), journal.owed()]);
  return { open, owed: owed.map(({ duty }) => duty) };
}

async function lookWhole(parts: Parts, claimed: Incident, now: number): Promise<void> {
  const look = await diagnose(parts, claimed, now, await elsewhere(parts));
  await parts.journal.transact('diagnosis', async (tx) => {
    const incident = await tx.incident(claimed.id);
    if (incident === null || incident.state === 'resolved') return;
    // Whoever was slower than its lease: two looks at the same moment are not two looks.
    if (incident.diagnosis?.round !== claimed.diagnosis?.round) return;
    const asked = incident.lookAt !== claimed.lookAt ? incident.lookAt : null;
    const events: IncidentEvent[] = [diagnosed(parts, incident, look, tx.now, asked)];
    events.push(...consequences(changeOf(incident, events, parts.rules).after, look, tx.now));
    tx.save(changeOf(incident, events, parts.rules));
  });
}

/** @param asked another look that was asked for while this one was under way; it may have come too early to see why */
function diagnosed(
  parts: Parts,
  incident: Incident,
  look: Look,
  now: number,
  asked: number | null,
): IncidentEvent {
  const diagnosis: Diagnosis = {
    round: (incident.diagnosis?.round ?? 0) + 1,
    at: now,
    tookMs: look.tookMs,
    findings: look.findings,
    causes: look.causes,
    advice: look.advice,
    byHand: look.byHand,
    atOnce: look.atOnce,
  };
  const soon = diagnosis.round === 1 && overall(look.findings) === 'broken';
  return {
    type: 'diagnosed',
    diagnosis,
    lookAt:
      asked ?? now + (soon ? Math.min(SECOND_LOOK_MS, parts.rules.lookEveryMs) : parts.rules.lookEveryMs),
    impact: look.impact,
    offers: propose(parts, incident, look, now),
    at: now,
  };
}

/** What a new diagnosis means for the incident: a relapse, a watch that begins, the end. */
function consequences(incident: Incident, look: Look, now: number): readonly IncidentEvent[] {
  const busy = incident.runs.some(({ state }) => state !== 'ended');
  if (look.harmless !== null && !busy)
    return [{ type: 'resolved', by: null, because: look.harmless, at: now }];
  if (incident.state === 'mitigated' && overall(incident.diagnosis?.findings ?? []) === 'broken') {
    return [{ type: 'relapsed', because: 'A check is broken again.', at: now }];
  }
  const watch = toWatch(incident);
  if (watch !== undefined && incident.healthySince !== null) {
    const because = `“${watch.title}” helped.`;
    return [{ type: 'mitigated', run: watch.id, until: now + watchFor(incident), because, at: now }];
  }
  const ends = endsBecause(incident, now);
  return ends === null ? [] : [{ type: 'resolved', by: null, because: ends, at: now }];
}

/** After a run has proven that it helped: watched after a restart, over where only people had said so, else let the checks decide. */
export function afterHelp(incident: Incident, run: Run, now: number): readonly IncidentEvent[] {
  if (incident.state !== 'open') return [];
  if (!run.mitigates && proofEnds(incident))
    return [{ type: 'resolved', by: null, because: `“${run.title}” helped, as its check shows.`, at: now }];
  return [{ type: 'look asked', lookAt: now, because: 'A run helped.', at: now }];
}
