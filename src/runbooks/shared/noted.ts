import type { FoundDone } from '../../domain/duty.ts';
import type { NoteSought } from '../../ports/order-service.ts';
import type { Proving } from '../define-runbook.ts';

/** The service's clock may be behind ours by so much. */
const CLOCKS_MS = 60_000;

/** The duty to add a note, where the service took the reason that was sent along as one. */
export async function reasonNoted(
  { run }: Proving,
  duty: FoundDone,
  has: (target: string, note: NoteSought) => Promise<boolean | null>,
): Promise<readonly FoundDone[]> {
  const [target = ''] = run.targets;
  const text = run.parameters['reason'] ?? '';
  if (run.beganAt === null || text === '') return [];
  return (await has(target, { text, since: run.beganAt - CLOCKS_MS })) === true ? [duty] : [];
}
