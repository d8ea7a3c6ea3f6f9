import { FREEZE_AT_MOST_MS, type Freeze, freezing, lifting } from '../domain/freeze.ts';
import type { PersonId } from '../domain/ids.ts';
import type { Transaction } from '../ports/journal.ts';
import type { Answer, Parts } from './parts.ts';
import { notResponder } from './responders.ts';

const MINUTE = 60_000;

/** Nothing is started for so long. A responder's word. */
export async function freeze(parts: Parts, by: PersonId, minutes: number, reason: string): Promise<Answer> {
  const not = await notResponder(parts, by, 'freeze changes');
  if (not !== null) return not;
  if (minutes < 1 || minutes * MINUTE > FREEZE_AT_MOST_MS)
    return { ok: false, because: 'A freeze takes 1 minute to 7 days.' };
  return await parts.journal.transact('freeze', async (tx) => {
    const standing = await tx.frozen('to change it');
    const after = freezing(standing, { until: tx.now + minutes * MINUTE, by, at: tx.now, reason });
    if (after === null)
      return {
        ok: false,
        because: `Changes are frozen by <@${standing?.by}> already, for longer. Nothing was changed.`,
      };
    const change = standing === null ? 'frozen' : 'extended';
    tx.note({ type: change, by, until: after.until, reason });
    await tell(parts, tx, change, after, by);
    return {
      ok: true,
      because: `Changes are frozen for ${words(minutes)}. You may lift it alone within 10 minutes, later it takes two people.`,
    };
  });
}

/** Two responders, or the one who froze within 10 minutes, lift it. */
export async function unfreeze(parts: Parts, by: PersonId): Promise<Answer> {
  const not = await notResponder(parts, by, 'lift a freeze');
  if (not !== null) return not;
  return await parts.journal.transact('unfreeze', async (tx) => {
    const standing = await tx.frozen('to change it');
    if (standing === null) return { ok: false, because: 'Nothing is frozen.' };
    const step = lifting(standing, by, tx.now);
    if (step === 'asked before')
      return { ok: false, because: 'You asked already; a second responder has to type `/oms unfreeze`.' };
    tx.note({ type: step === 'lifted' ? 'freeze lifted' : 'lift asked', by, asked: standing.liftAskedBy });
    if (step === 'lifted') {
      await tell(parts, tx, 'lifted', { ...standing, until: tx.now }, by);
      return { ok: true, because: 'The freeze is lifted; buttons work again.' };
    }
    await tell(parts, tx, 'lift asked', { ...standing, liftAskedBy: by }, by);
    return {
      ok: true,
      because: 'You ask to lift the freeze. A second responder has to type `/oms unfreeze` too.',
    };
  });
}

/** A freeze whose time is over ends by itself. */
export async function endFreeze(parts: Parts, tx: Transaction): Promise<boolean> {
  const over = await tx.freezeOver();
  if (over === null) return false;
  tx.note({ type: 'freeze ended', by: over.by, until: over.until });
  await tell(parts, tx, 'ended', over, over.by);
  return true;
}

async function tell(
  parts: Parts,
  tx: Transaction,
  change: 'frozen' | 'extended' | 'lift asked' | 'lifted' | 'ended',
  freeze: Freeze,
  by: PersonId,
): Promise<void> {
  const version = await tx.setFreeze(change === 'lifted' || change === 'ended' ? null : freeze);
  tx.say({
    stream: `channel ${parts.rules.channels.alerts}`,
    key: `freeze/${version}`,
    kind: 'slack post',
    payload: { what: 'freeze', change, freeze, by },
  });
}

function words(minutes: number): string {
  if (minutes % 1_440 === 0) return `${minutes / 1_440} d`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`;
}
