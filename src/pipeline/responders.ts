import type { PersonId } from '../domain/ids.ts';
import { namesOf } from './approve.ts';
import type { Answer, Parts } from './parts.ts';

/** Who may hold, resolve and freeze; an answer that is missing is a no. */
export async function notResponder(parts: Parts, by: PersonId, verb: string): Promise<Answer | null> {
  const { responders, approvers } = parts.rules.approvals;
  const list = [...responders, ...approvers];
  const member = await parts.people.isOneOf(by, list);
  if (member === 'yes') return null;
  const because =
    member === 'no'
      ? `Only responders may ${verb}. ${namesOf(list)}`
      : `Slack did not say whether you may ${verb}, so nothing was changed.`;
  await parts.journal.transact('refusal', async (tx) => tx.note({ type: 'refused', by, verb, because }));
  return { ok: false, because };
}
