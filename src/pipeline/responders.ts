import type { PersonId } from '../domain/ids.ts';
import type { Answer, Parts } from './parts.ts';

/** Who may hold, resolve and freeze; an answer that is missing is a no. */
export async function notResponder(parts: Parts, by: PersonId, verb: string): Promise<Answer | null> {
  const { responders, approvers } = parts.rules.approvals;
  const member = await parts.people.isOneOf(by, [...responders, ...approvers]);
  if (member === 'yes') return null;
  const because =
    member === 'no'
      ? `Only responders may ${verb}.`
      : `Slack did not say whether you may ${verb}, so nothing was changed.`;
  await parts.journal.transact('refusal', async (tx) => tx.note({ type: 'refused', by, verb, because }));
  return { ok: false, because };
}
