import type { Alert } from '../domain/alert.ts';
import { mayApprove, whoMayApprove } from '../domain/approval.ts';
import { type PersonId, parseId } from '../domain/ids.ts';
import type { Offer } from '../domain/offer.ts';
import { actionOf } from '../runbooks/catalogue.ts';
import { runOf } from './approve.ts';
import { changeOf } from './change.ts';
import type { Answer, Parts } from './parts.ts';
import { openByPerson, personsAlert } from './receive.ts';

/**
 * A retry pressed in a list that belongs to no incident: it opens one with the person as its source. Orders on which
 * a retry is not proven yet are left out, so that pressing twice asks once.
 */
export async function retryListed(
  parts: Parts,
  by: PersonId,
  pressed: readonly string[],
  key: string,
): Promise<Answer> {
  const orders = [...new Set(pressed)];
  const wrong = orders.map((order) => parseId('order', order)).find((read) => !read.ok);
  if (wrong !== undefined && !wrong.ok) return { ok: false, because: wrong.because };
  const action = actionOf('R20');
  const shape = {
    action: action.step,
    tier: action.tier,
    targets: orders,
    title: action.title,
    requestedBy: null,
  };
  const list = whoMayApprove(shape, parts.rules.approvals);
  const permission = mayApprove(shape, by, await parts.people.isOneOf(by, list));
  if (!permission.ok) return { ok: false, because: permission.because };
  const alert: Alert = personsAlert('stuck-orders', by, `Retry of ${orders.length} orders from a list.`, key);
  return await parts.journal.transact('retry from a list', async (tx) => {
    const frozen = await tx.frozen();
    if (frozen !== null)
      return { ok: false, because: `Changes are frozen by <@${frozen.by}>: ${frozen.reason}.` };
    const incident = await openByPerson(parts, tx, alert);
    const under = incident.runs.filter(
      (run) => run.state !== 'ended' || (run.proof !== null && run.proof.verdict === null),
    );
    const busy = new Set(under.flatMap(({ targets }) => targets));
    const targets = orders.filter((order) => !busy.has(order));
    if (targets.length === 0) {
      return {
        ok: false,
        because: `<@${under[0]?.by}> asked for this already; the card of ${incident.id} shows what came of it.`,
      };
    }
    const offer: Offer = {
      id: parts.ids.next(),
      action: action.step,
      title: action.title,
      tier: action.tier,
      targets,
      parameters: {},
      question: false,
      form: null,
      preview: [
        `The workflow of ${targets.length} ${targets.length === 1 ? 'order' : 'orders'} starts again.`,
      ],
      binding: { kind: 'subset', words: 'Orders that left processing meanwhile are left alone.' },
      recommended: null,
      waits: null,
      fields: [],
      equivalent: action.equivalent(parts.rules.names, targets, {}),
      requestedBy: by,
      at: tx.now,
      expiresAt: null,
    };
    const run = runOf(parts, offer, by, tx.now);
    const events = [
      { type: 'requested', offer, by, at: tx.now },
      { type: 'approved', offer: offer.id, by, run, at: tx.now },
    ] as const;
    tx.save(changeOf(incident, events, parts.rules));
    const left = orders.length - targets.length;
    const rest = left === 0 ? '' : ` ${left} are being retried already.`;
    return {
      ok: true,
      because: `${targets.length} of ${orders.length} orders are retried now; the card of ${incident.id} shows what comes of it.${rest}`,
    };
  });
}
