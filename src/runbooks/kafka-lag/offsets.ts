import { backSince } from '../../domain/duty.ts';
import type { StepName } from '../../domain/finding.ts';
import type { Incident } from '../../domain/incident.ts';
import type { Run } from '../../domain/run.ts';
import type { GroupLag, OffsetChange } from '../../ports/kafka.ts';
import type { Judging, Proving } from '../define-runbook.ts';
import { consumersOf } from '../shared/consumers.ts';
import { readGroup } from '../shared/lag.ts';
import type { KafkaData } from './checks.ts';
import type { StuckGroup } from './stuck.ts';

/** Why no offset of this group may be set now, whatever for; null: nothing speaks against it. */
export function offsetsWait(
  { group, kind, members }: Pick<StuckGroup, 'group' | 'kind' | 'members'>,
  { names }: Pick<Judging<KafkaData>, 'names'>,
): string | null {
  if (kind !== 'classic' || members === null)
    return `whether ${group} has members cannot be told, and its offsets are not safe to set from here`;
  if (members === 0) return null;
  const who = `${group} has ${members} ${members === 1 ? 'member' : 'members'}`;
  return consumersOf(names, group) === null
    ? `${who}, and the deployment that runs it is not configured (\`kafka.consumers\`)`
    : `${who}; stop the consumers first`;
}

/** The group as it is now. @throws SystemError */
export async function groupNow(proving: Proving, group: string): Promise<GroupLag | null> {
  return (await readGroup(proving, group)).now;
}

export function committedAt(
  { partitions }: Pick<GroupLag, 'partitions'>,
  { topic, partition }: Pick<OffsetChange, 'topic' | 'partition'>,
): number | null {
  return partitions.find((one) => one.topic === topic && one.partition === partition)?.committed ?? null;
}

/** What speaks against setting these offsets, read just before; null: all is as it was shown. */
export async function movedSince(
  proving: Proving,
  group: string,
  changes: readonly OffsetChange[],
): Promise<string | null> {
  const now = await groupNow(proving, group);
  if (now === null) return `Kafka knows no group ${group} any more`;
  const waits = offsetsWait(now, proving);
  if (waits !== null) return waits;
  for (const change of changes) {
    const stands = committedAt(now, change);
    if (stands !== change.from)
      return `${change.topic}-${change.partition} stood at offset ${change.from ?? 'none'} and stands at ${stands ?? 'none'} now`;
  }
  return null;
}

/** Whether the offsets read as they should: all as set, all as before, or something else. */
export async function offsetsRead(
  proving: Proving,
  group: string,
  changes: readonly OffsetChange[],
): Promise<'done' | 'not done' | 'unknown'> {
  const now = await groupNow(proving, group);
  if (now === null || changes.length === 0) return 'unknown';
  const stand = changes.map((change) => committedAt(now, change));
  if (changes.every(({ to }, place) => stand[place] === to)) return 'done';
  return changes.every(({ from }, place) => stand[place] === from) ? 'not done' : 'unknown';
}

/** Changes as a run's parameters keep them; none where they cannot be read. */
export function readChanges(text: string | undefined): readonly OffsetChange[] {
  const found: unknown = JSON.parse(text ?? '[]');
  return Array.isArray(found) ? found.filter(isChange) : [];
}

function isChange(one: unknown): one is OffsetChange {
  return (
    typeof one === 'object' &&
    one !== null &&
    'topic' in one &&
    'partition' in one &&
    'from' in one &&
    'to' in one &&
    typeof one.topic === 'string' &&
    typeof one.partition === 'number' &&
    (one.from === null || typeof one.from === 'number') &&
    typeof one.to === 'number'
  );
}

/** Runs of this step on this group that were done, or may have been, since their last undoing, here or by hand; oldest first. */
export function standingRuns(
  { runs, owed }: Pick<Incident, 'runs' | 'owed'>,
  {
    step,
    undo,
    same,
  }: { readonly step: StepName; readonly undo: StepName; readonly same: (run: Run) => boolean },
): readonly Run[] {
  const its = runs.filter(same);
  const undone = its.flatMap(({ action, outcome, beganAt }) =>
    action === undo && outcome === 'done' && beganAt !== null ? [beganAt] : [],
  );
  const since = Math.max(backSince(owed, undo, its), ...undone);
  return its
    .filter(
      ({ action, outcome, beganAt }) =>
        action === step && (outcome === 'done' || outcome === 'unknown') && (beganAt ?? since) > since,
    )
    .sort((one, other) => (one.beganAt ?? 0) - (other.beganAt ?? 0));
}
