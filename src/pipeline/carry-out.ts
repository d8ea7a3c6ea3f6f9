import { countItems, type Run } from '../domain/run.ts';
import type { ClaimedRun } from '../ports/journal.ts';
import { SystemError } from '../ports/system-error.ts';
import { actionOf } from '../runbooks/catalogue.ts';
import type { AnyAction } from '../runbooks/define-runbook.ts';
import { changeOf } from './change.ts';
import type { Keeper } from './lease.ts';
import type { Parts } from './parts.ts';
import { timeLimit } from './time-limit.ts';

/** A batch that takes long says so often how far it is, ms of real time. */
const PROGRESS_MS = 3_000;

/** What came of asking. */
interface CarriedOut {
  /** Why it stopped early; null: all were asked. */
  readonly stopped: string | null;
  /** What the system said when it let the bot do none of what it was asked; null: it let it, or failed otherwise. */
  readonly forbidden: string | null;
}

/** Asks for one target after the other. */
export async function carryOut(
  parts: Parts,
  claimed: ClaimedRun,
  run: Run,
  keeper: Keeper,
): Promise<CarriedOut> {
  const action = actionOf(run.action);
  const queue = [...run.targets];
  const refusals: (string | null)[] = [];
  let stopped: string | null = null;
  let shownAt = parts.clock.now();
  async function worker(): Promise<void> {
    for (;;) {
      const target = stopped === null ? queue.shift() : undefined;
      if (target === undefined) return;
      const because = await mayNotBegin(parts, keeper, run, target);
      if (because !== null) {
        stopped ??= because;
        return;
      }
      refusals.push(await callOnce(parts, action, run, target));
      if (await tooManyFailed(parts, run)) stopped ??= 'too many failed';
      if (queue.length > 0 && parts.clock.now() - shownAt >= PROGRESS_MS) {
        shownAt = parts.clock.now();
        await showProgress(parts, claimed, run);
      }
    }
  }
  const hands = Math.min(parts.rules.thresholds.batchInFlight, run.targets.length);
  try {
    await Promise.all(Array.from({ length: hands }, worker));
  } catch (err) {
    stopped = 'the run was broken off';
    throw err;
  }
  await showProgress(parts, claimed, run);
  return { stopped, forbidden: refusals.every((said) => said !== null) ? (refusals[0] ?? null) : null };
}

/** Marks the item as begun in its own commit, or says why not. After this the call may have been sent, whatever happens to us. */
async function mayNotBegin(parts: Parts, keeper: Keeper, run: Run, target: string): Promise<string | null> {
  if (!keeper.held()) return 'the run was lost to another process';
  return await parts.journal.transact('item begins', async (tx) => {
    if ((await tx.frozen()) !== null) return 'changes were frozen';
    if (await tx.beginItem(run.id, target)) return null;
    return `another run is at ${target}, or took this one over`;
  });
}

/** Resolves with the system's words where it did nothing because the bot may not do this. */
async function callOnce(parts: Parts, action: AnyAction, run: Run, target: string): Promise<string | null> {
  const { state, line, forbidden } = await parts.step(`call ${run.action}`, async () => {
    using limit = timeLimit(parts.clock, parts.rules.timing.callMs);
    try {
      const said = await action.apply(target, run.parameters, {
        levers: parts.levers,
        names: parts.rules.names,
        thresholds: parts.rules.thresholds,
        licence: { key: `${run.id}/${target}`, by: run.by },
        signal: limit.signal,
      });
      return { state: 'done' as const, line: said, forbidden: false };
    } catch (err) {
      if (!(err instanceof SystemError)) throw err;
      const state = err.sent === 'no' ? ('failed' as const) : ('unknown' as const);
      return { state, line: err.message, forbidden: state === 'failed' && err.fault === 'forbidden' };
    }
  });
  await parts.journal.transact('item ends', async (tx) => await tx.setItem(run.id, target, state, line));
  return forbidden ? line : null;
}

/** A batch stops when too many of its first items failed (runbook-knowledge §0: ≥ 20 % of ≥ 5). */
async function tooManyFailed(parts: Parts, run: Run): Promise<boolean> {
  const { batchStopAfter, batchStopShare } = parts.rules.thresholds;
  const items = await parts.journal.transact('read items', async (tx) => await tx.items(run.id));
  const counts = countItems(items);
  const ended = counts.done + counts.failed + counts.unknown;
  return ended >= batchStopAfter && (counts.failed + counts.unknown) / ended >= batchStopShare;
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
            because: 'Calls were answered.',
            at: tx.now,
          },
        ],
        parts.rules,
      ),
    );
  });
}
