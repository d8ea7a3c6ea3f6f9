import type { Run, RunItem } from '../domain/run.ts';
import { actionOf } from '../runbooks/catalogue.ts';
import type { Parts } from './parts.ts';
import { proving } from './proving.ts';

type Read = 'done' | 'not done' | 'unknown' | 'not read';

/**
 * Reads back items that were asked and not answered; nothing is sent again. *Done* is believed at once. *Not done*
 * only when it still reads so a call's time later: what we hung up on may be done late. A system that could not be
 * read is asked once more then, too.
 * @param waited a call's time has passed already since the last of them was asked
 */
export async function readBack(
  parts: Parts,
  run: Run,
  items: readonly RunItem[],
  waited: boolean,
): Promise<void> {
  const left = await readOnce(parts, run, items, waited);
  if (left.length === 0) return;
  await parts.clock.sleep(parts.rules.timing.callMs);
  await readOnce(parts, run, left, true);
}

/** Returns the items that nothing is recorded of yet; none on the last reading. */
async function readOnce(
  parts: Parts,
  run: Run,
  items: readonly RunItem[],
  last: boolean,
): Promise<readonly RunItem[]> {
  const asking = await proving(parts, run);
  const action = actionOf(run.action);
  const left = await Promise.all(
    items.map(async (item) => {
      const read: Read = await parts
        .step(
          `read back ${run.action}`,
          async () => await action.readBack(item.target, run.parameters, asking),
        )
        .catch(() => 'not read' as const);
      if (!last && (read === 'not done' || read === 'not read')) return [item];
      await record(parts, run, item, read);
      return [];
    }),
  );
  return left.flat();
}

async function record(parts: Parts, run: Run, item: RunItem, read: Read): Promise<void> {
  const [state, line] = (
    {
      done: ['done', 'The answer was lost; the system shows that it was done.'],
      'not done': ['failed', 'The answer was lost; the system shows that it was not done.'],
      unknown: ['unknown', 'The answer was lost and the system does not show whether it was done.'],
      'not read': ['unknown', 'The answer was lost and the system could not be asked whether it was done.'],
    } as const
  )[read];
  await parts.journal.transact(
    'item read back',
    async (tx) => await tx.setItem(run.id, item.target, state, line),
  );
}
