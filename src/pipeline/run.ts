import { dutiesOf, takenBack } from '../domain/duty.ts';
import type { IncidentEvent } from '../domain/incident.ts';
import { countItems, outcomeOf, type Run, type RunItem } from '../domain/run.ts';
import type { ClaimedRun } from '../ports/journal.ts';
import { SystemError } from '../ports/system-error.ts';
import { actionOf } from '../runbooks/catalogue.ts';
import { whoMayRun } from './approve.ts';
import { carryOut } from './carry-out.ts';
import { changeOf } from './change.ts';
import { keepLease } from './lease.ts';
import type { Parts } from './parts.ts';
import { proving } from './proving.ts';
import { readBack } from './read-back.ts';
import { proofPlanned } from './verify.ts';

const MINUTE = 60_000;

/** Works on one approved run, or clears up one whose worker was lost. False when there was none. */
export async function runOnce(parts: Parts): Promise<boolean> {
  const claimedAt = parts.clock.now();
  const claimed = await parts.journal.claimRun(parts.rules.timing.runLeaseMs);
  if (claimed === null) return false;
  const keeper = keepLease(parts, claimed.run, claimedAt);
  try {
    const run = await begin(parts, claimed);
    if (run === null) return true;
    const { stopped, forbidden } = claimed.takenOver
      ? { stopped: 'whoever ran it was lost', forbidden: null }
      : await carryOut(parts, claimed, run, keeper);
    await clearUp(parts, claimed, run, stopped ?? 'the run stopped before its turn');
    await end(parts, claimed, forbidden);
  } finally {
    // A lease that went on being renewed would keep everybody else from clearing up.
    keeper.stop();
  }
  return true;
}

/** Journaled before it begins. Returns null when it ended without beginning: the world changed, or changes are frozen. */
async function begin(parts: Parts, claimed: ClaimedRun): Promise<Run | null> {
  const seen = await parts.journal.transact(
    'read run',
    async (tx) => (await tx.incident(claimed.incident)) ?? null,
  );
  const run = seen?.runs.find(({ id }) => id === claimed.run);
  if (seen == null || run === undefined) return null;
  if (claimed.takenOver) return run;
  const notAllowed = await mayNoLonger(parts, run);
  const still = await stillHolds(parts, run);
  return await parts.journal.transact('run begins', async (tx) => {
    const incident = await tx.incident(claimed.incident);
    // Whoever was slower than its lease finds that somebody else has begun.
    const current = incident?.runs.find(({ id }) => id === run.id);
    if (incident === null || current?.state !== 'approved') return null;
    const frozen = await tx.frozen();
    const because =
      (frozen === null ? null : `changes are frozen: ${frozen.reason}`) ??
      expired(parts, run, tx.now) ??
      notAllowed ??
      ('changed' in still ? still.changed : null);
    const targets = 'changed' in still ? [] : still.targets;
    if (because !== null || targets.length === 0) {
      const line = `Nothing was started: ${because ?? 'nothing that was shown still needs it'}.`;
      const change: Partial<Run> = { state: 'ended', endedAt: tx.now, outcome: 'failed', line };
      tx.save(
        changeOf(
          incident,
          [{ type: 'run updated', run: run.id, change, because: line, at: tx.now }, lookNow(tx.now)],
          parts.rules,
        ),
      );
      return null;
    }
    const dropped = 'changed' in still ? [] : still.dropped;
    const line =
      dropped.length === 0
        ? 'It has begun.'
        : `It has begun; ${dropped.length} of ${run.targets.length} no longer need it.`;
    const change: Partial<Run> = {
      state: 'running',
      beganAt: tx.now,
      targets,
      parameters: 'changed' in still ? run.parameters : { ...run.parameters, ...still.noted },
      counts: { ...run.counts, planned: targets.length },
    };
    await tx.planItems(run.id, targets);
    tx.save(
      changeOf(
        incident,
        [{ type: 'run updated', run: run.id, change, because: line, at: tx.now }],
        parts.rules,
      ),
    );
    return { ...run, ...change };
  });
}

/** A yes holds for a while only: nobody knows what it would mean hours later (design §7). */
function expired({ rules }: Parts, { approvedAt }: Run, now: number): string | null {
  const { expireAfterMinutes } = rules.approvals;
  return now - approvedAt > expireAfterMinutes * MINUTE
    ? `its approval is over ${expireAfterMinutes} min old; it has to be pressed again`
    : null;
}

/** Whoever approved it must still be on the list; that nobody could tell is a no. */
async function mayNoLonger(parts: Parts, { by, action, targets }: Run): Promise<string | null> {
  const member = await parts.people.isOneOf(by, whoMayRun(parts, action, targets));
  if (member === 'yes') return null;
  return member === 'no'
    ? 'whoever approved it may not any more'
    : 'Slack did not say whether whoever approved it still may';
}

/** What the offer was bound to, read from the system just before; *could not look* starts nothing. */
async function stillHolds(parts: Parts, run: Run) {
  const action = actionOf(run.action);
  try {
    return await parts.step(
      `binding ${run.action}`,
      async () => await action.stillHolds(await proving(parts, run), run),
    );
  } catch (err) {
    return {
      changed:
        err instanceof SystemError
          ? `it could not be checked first (${err.message})`
          : 'it could not be checked first',
    };
  }
}

/** Items that were asked and not answered are read back; those never asked are so recorded. Nothing is sent again. */
async function clearUp(parts: Parts, claimed: ClaimedRun, run: Run, stopped: string): Promise<void> {
  const items = await parts.journal.transact('read items', async (tx) => await tx.items(run.id));
  const open = items.filter(({ state }) => state === 'begun' || state === 'unknown');
  // A lease lapses only after every call under it has had its time, so nobody is still at it.
  await readBack(parts, run, open, claimed.takenOver);
  await parts.journal.transact('unsent items', async (tx) => {
    for (const { target, state } of items) {
      if (state === 'planned') await tx.setItem(run.id, target, 'unsent', `Not asked: ${stopped}.`);
    }
  });
}

async function end(parts: Parts, claimed: ClaimedRun, forbidden: string | null): Promise<void> {
  await parts.journal.transact('run ends', async (tx) => {
    const incident = await tx.incident(claimed.incident);
    const run = incident?.runs.find(({ id }) => id === claimed.run);
    if (incident == null || run === undefined || run.state === 'ended') return;
    const items = await tx.items(run.id);
    const counts = countItems(items);
    const outcome = outcomeOf(counts);
    const trouble = items.find(({ state }) => state === 'failed' || state === 'unknown');
    const unsent = items.find(({ state }) => state === 'unsent');
    const line = run.question
      ? (items[0]?.line ?? '')
      : [
          `${counts.done} of ${items.length} were taken by the service.`,
          ...(unsent === undefined ? [] : [`${counts.unsent} more: ${unsent.line}`]),
          ...(trouble === undefined ? [] : [`First trouble, ${trouble.target}: ${trouble.line}`]),
        ].join(' ');
    const proof =
      counts.done + counts.unknown > 0 && !run.question ? proofPlanned(parts, run.action, tx.now) : null;
    const change: Partial<Run> = {
      state: 'ended',
      endedAt: tx.now,
      counts,
      outcome,
      line,
      proof,
      ...(forbidden === null ? {} : { forbidden }),
    };
    const changed = items.filter(({ state }) => state === 'done' || state === 'unknown');
    const duties = dutiesOf(
      run,
      actionOf(run.action).owes,
      changed.map(({ target }) => target),
      tx.now,
      () => parts.ids.next(),
    );
    const events: IncidentEvent[] = [
      { type: 'run updated', run: run.id, change, because: line, at: tx.now },
      ...(duties.length === 0 ? [] : [{ type: 'owed', duties, at: tx.now } as const]),
      ...(outcome === 'done' ? takenBack(incident, run, tx.now) : []),
      ...(run.question ? [answeredBy(run, items, tx.now)] : []),
      lookNow(tx.now),
    ];
    tx.save(changeOf(incident, events, parts.rules));
  });
}

/** What a question came to, for the causes and for the card. */
function answeredBy(run: Run, items: readonly RunItem[], now: number): IncidentEvent {
  const item = items[0];
  const verdict = item?.state === 'done' ? 'healthy' : item?.state === 'failed' ? 'broken' : 'unknown';
  const answer = { step: run.action, verdict, line: item?.line ?? '', by: run.by, at: now } as const;
  return { type: 'answered', answer, at: now };
}

function lookNow(now: number) {
  return { type: 'look asked', lookAt: now, because: 'A run ended.', at: now } as const;
}
