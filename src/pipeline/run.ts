import { countItems, outcomeOf, type Run, type RunItem } from '../domain/run.ts';
import type { ClaimedRun } from '../ports/journal.ts';
import { SystemError } from '../ports/system-error.ts';
import { actionOf } from '../runbooks/catalogue.ts';
import type { AnyAction } from '../runbooks/define-runbook.ts';
import { changeOf } from './change.ts';
import type { Parts } from './parts.ts';
import { proofPlanned } from './verify.ts';

/** A lease is renewed so often, ms; a call that begins has ended before the lease does. */
const RENEW_MS = 1_000;

/** Works on one approved run, or clears up one whose worker was lost. False when there was none. */
export async function runOnce(parts: Parts): Promise<boolean> {
  const claimed = await parts.journal.claimRun(parts.rules.timing.runLeaseMs);
  if (claimed === null) return false;
  const run = await begin(parts, claimed);
  if (run === null) return true;
  if (!claimed.takenOver) await carryOut(parts, claimed, run);
  await clearUp(parts, claimed, run);
  await end(parts, claimed);
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
  const still = await stillHolds(parts, run);
  return await parts.journal.transact('run begins', async (tx) => {
    const incident = await tx.incident(claimed.incident);
    if (incident === null) return null;
    const frozen = await tx.frozen();
    const because =
      frozen === null ? ('changed' in still ? still.changed : null) : `changes are frozen: ${frozen.reason}`;
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

async function carryOut(parts: Parts, claimed: ClaimedRun, run: Run): Promise<void> {
  const action = actionOf(run.action);
  const keeper = keepLease(parts, run);
  const queue = [...run.targets];
  let stopped = false;
  async function worker(): Promise<void> {
    for (;;) {
      const target = stopped ? undefined : queue.shift();
      if (target === undefined) return;
      if (!(await mayBegin(parts, keeper, run, target))) {
        stopped = true;
        return;
      }
      await callOnce(parts, action, run, target);
      stopped ||= await tooManyFailed(parts, run);
    }
  }
  const hands = Math.min(parts.rules.thresholds.batchInFlight, run.targets.length);
  await Promise.all(Array.from({ length: hands }, worker));
  keeper.stop();
  await showProgress(parts, claimed, run);
}

/** Marks the item as begun in its own commit. After this the call may have been sent, whatever happens to us. */
async function mayBegin(parts: Parts, keeper: Keeper, run: Run, target: string): Promise<boolean> {
  if (!keeper.held()) return false;
  return await parts.journal.transact('item begins', async (tx) => {
    if ((await tx.frozen()) !== null) return false;
    await tx.setItem(run.id, target, 'begun', 'Asked; no answer yet.');
    return true;
  });
}

async function callOnce(parts: Parts, action: AnyAction, run: Run, target: string): Promise<void> {
  const { state, line } = await parts.step(`call ${run.action}`, async () => {
    const ending = new AbortController();
    const timer = new AbortController();
    void parts.clock
      .sleep(parts.rules.timing.callMs, timer.signal)
      .then(() => timer.signal.aborted || ending.abort());
    try {
      const said = await action.apply(target, run.parameters, {
        levers: parts.levers,
        names: parts.rules.names,
        thresholds: parts.rules.thresholds,
        licence: { key: `${run.id}/${target}`, by: run.by },
        signal: ending.signal,
      });
      return { state: 'done' as const, line: said };
    } catch (err) {
      if (!(err instanceof SystemError)) throw err;
      return { state: err.sent === 'no' ? ('failed' as const) : ('unknown' as const), line: err.message };
    } finally {
      timer.abort();
    }
  });
  await parts.journal.transact('item ends', async (tx) => await tx.setItem(run.id, target, state, line));
}

/** A batch stops when too many of its first items failed (runbook-knowledge §0: ≥ 20 % of ≥ 5). */
async function tooManyFailed(parts: Parts, run: Run): Promise<boolean> {
  const { batchStopAfter, batchStopShare } = parts.rules.thresholds;
  const items = await parts.journal.transact('read items', async (tx) => await tx.items(run.id));
  const counts = countItems(items);
  const ended = counts.done + counts.failed + counts.unknown;
  return ended >= batchStopAfter && (counts.failed + counts.unknown) / ended >= batchStopShare;
}

/** Items that were asked and not answered are read back; those never asked are so recorded. Nothing is sent again. */
async function clearUp(parts: Parts, claimed: ClaimedRun, run: Run): Promise<void> {
  const items = await parts.journal.transact('read items', async (tx) => await tx.items(run.id));
  const open = items.filter(({ state }) => state === 'begun' || state === 'unknown');
  // Whoever was lost may have had a call under way: it has ended before we look.
  if (claimed.takenOver && open.some(({ state }) => state === 'begun'))
    await parts.clock.sleep(parts.rules.timing.callMs);
  for (const item of open) await readBack(parts, run, item);
  await parts.journal.transact('unsent items', async (tx) => {
    for (const { target, state } of items) {
      if (state === 'planned')
        await tx.setItem(run.id, target, 'unsent', 'Not asked: the run stopped before its turn.');
    }
  });
}

async function readBack(parts: Parts, run: Run, item: RunItem): Promise<void> {
  const action = actionOf(run.action);
  const read = await parts
    .step(
      `read back ${run.action}`,
      async () => await action.readBack(item.target, run.parameters, await proving(parts, run)),
    )
    .catch(() => 'unknown' as const);
  const [state, line] = {
    done: ['done', 'The answer was lost; the system shows that it was done.'],
    'not done': ['failed', 'The answer was lost; the system shows that it was not done.'],
    unknown: ['unknown', 'The answer was lost and the system does not show whether it was done.'],
  }[read] as ['done' | 'failed' | 'unknown', string];
  await parts.journal.transact(
    'item read back',
    async (tx) => await tx.setItem(run.id, item.target, state, line),
  );
}

async function showProgress(parts: Parts, claimed: ClaimedRun, run: Run): Promise<void> {
  await parts.journal.transact('run progress', async (tx) => {
    const incident = await tx.incident(claimed.incident);
    if (incident === null) return;
    const change: Partial<Run> = { counts: countItems(await tx.items(run.id)) };
    tx.save(
      changeOf(
        incident,
        [
          {
            type: 'run updated',
            run: run.id,
            change,
            because: 'All that could be asked was asked.',
            at: tx.now,
          },
        ],
        parts.rules,
      ),
    );
  });
}

async function end(parts: Parts, claimed: ClaimedRun): Promise<void> {
  await parts.journal.transact('run ends', async (tx) => {
    const incident = await tx.incident(claimed.incident);
    const run = incident?.runs.find(({ id }) => id === claimed.run);
    if (incident == null || run === undefined || run.state === 'ended') return;
    const items = await tx.items(run.id);
    const counts = countItems(items);
    const outcome = outcomeOf(counts);
    const trouble = items.find(({ state }) => state === 'failed' || state === 'unknown');
    const line = [
      `${counts.done} of ${items.length} were taken by the service.`,
      ...(trouble === undefined ? [] : [`First trouble, ${trouble.target}: ${trouble.line}`]),
    ].join(' ');
    const proof = counts.done + counts.unknown > 0 ? proofPlanned(parts, run.action, tx.now) : null;
    const change: Partial<Run> = { state: 'ended', endedAt: tx.now, counts, outcome, line, proof };
    tx.save(
      changeOf(
        incident,
        [{ type: 'run updated', run: run.id, change, because: line, at: tx.now }, lookNow(tx.now)],
        parts.rules,
      ),
    );
  });
}

function lookNow(now: number) {
  return { type: 'look asked', lookAt: now, because: 'A run ended.', at: now } as const;
}

/** What a question about a run's effect may use. Reads only. */
export async function proving(parts: Parts, run: Run) {
  const ending = new AbortController();
  void parts.clock.sleep(parts.rules.timing.callMs).then(() => ending.abort());
  return {
    probes: parts.probes,
    run,
    names: parts.rules.names,
    thresholds: parts.rules.thresholds,
    now: await parts.journal.now(),
    signal: ending.signal,
  };
}

interface Keeper {
  held(): boolean;
  stop(): void;
}

/** Renews the lease every second; once it could not be renewed, nothing more may begin. */
function keepLease(parts: Parts, run: Run): Keeper {
  const { callMs, runLeaseMs } = parts.rules.timing;
  const over = new AbortController();
  let renewedAt = parts.clock.now();
  void (async () => {
    while (!over.signal.aborted) {
      await parts.clock.sleep(Math.min(RENEW_MS, (runLeaseMs - callMs) / 3), over.signal);
      if (over.signal.aborted) return;
      const renewed = await parts.journal.renewRun(run.id, runLeaseMs).catch(() => false);
      if (renewed) renewedAt = parts.clock.now();
    }
  })();
  return {
    // A call that begins now has ended before the lease does.
    held: () => parts.clock.now() - renewedAt < runLeaseMs - callMs,
    stop: () => over.abort(),
  };
}
