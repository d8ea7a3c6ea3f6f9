import { type Alert, NO_IDS } from '../domain/alert.ts';
import { mayApprove } from '../domain/approval.ts';
import { type PersonId, parseId } from '../domain/ids.ts';
import type { Offer } from '../domain/offer.ts';
import type { Transaction } from '../ports/journal.ts';
import { actionOf, runbookById } from '../runbooks/catalogue.ts';
import type { Draft } from '../runbooks/define-runbook.ts';
import { namesOf, runOf, whoMayRun } from './approve.ts';
import { changeOf } from './change.ts';
import { changesIn, diagnose } from './diagnose.ts';
import { elsewhere } from './look.ts';
import { unrecorded } from './look-live.ts';
import type { Answer, Parts } from './parts.ts';
import { openByPerson, personsAlert } from './receive.ts';

/**
 * A retry pressed in a list that belongs to no incident: it opens one with the person as its source. What would make the
 * card's own button wait is looked at first, for each order. Orders on which anything is under way or not proven yet,
 * in whatever incident, are left out.
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
  const list = whoMayRun(parts, action.step, orders);
  const membership = await parts.people.isOneOf(by, list);
  const permission = mayApprove({ ...action, requestedBy: null }, by, membership);
  const no = (tx: Transaction, because: string): Answer => {
    tx.note({ type: 'refused', by, verb: `${action.title} (${orders.join(', ')})`, because });
    return { ok: false, because };
  };
  const waits = permission.ok ? await waitingOf(parts, orders) : new Map<string, string>();
  const alert: Alert = personsAlert('stuck-orders', by, `Retry of ${orders.length} orders from a list.`, key);
  return await parts.journal.transact('retry from a list', async (tx) => {
    if (!permission.ok) return no(tx, `${permission.because} ${namesOf(list)}`);
    const frozen = await tx.frozen();
    if (frozen !== null)
      return no(tx, `Changes are frozen by <@${frozen.by}>: ${frozen.reason}. Nothing was started.`);
    // Locked before it is looked who is busy: two presses at once would both find the orders free.
    await tx.newest(alert.runbook, alert.scope);
    const targets: string[] = [];
    const left = new Set<string>();
    for (const order of orders) {
      const at = (await tx.busyWith([order])) ?? (await tx.unprovenOn([order]));
      const because =
        at === null
          ? waits.get(order)
          : `<@${at.run.by}> asked for this already; the card of ${at.incident} shows what came of it`;
      if (because === undefined) targets.push(order);
      else left.add(because);
    }
    const rest = [...left].map((because) => `${because}.`).join(' ');
    if (targets.length === 0) return no(tx, `Nothing was started: ${rest}`);
    const incident = await openByPerson(parts, tx, alert);
    const offer: Offer = {
      ...draftOf(targets),
      id: parts.ids.next(),
      action: action.step,
      title: action.title,
      tier: action.tier,
      question: false,
      form: null,
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
    const others = orders.length - targets.length;
    return {
      ok: true,
      because: `${targets.length} of ${orders.length} orders are retried now; the card of ${incident.id} shows what comes of it.${others === 0 ? '' : ` Not ${others === 1 ? 'the other one' : `the other ${others}`}: ${rest}`}`,
    };
  });
}

function draftOf(targets: readonly string[]): Draft {
  return {
    targets,
    parameters: {},
    preview: [`The workflow of ${targets.length} ${targets.length === 1 ? 'order' : 'orders'} starts again.`],
    binding: { kind: 'subset', words: 'Orders that left processing meanwhile are left alone.' },
  };
}

/** Why an order has to wait, as a look of this moment says; those that need not are left out. */
async function waitingOf(parts: Parts, orders: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const now = await parts.journal.now();
  const incident = unrecorded(parts, runbookById('stuck-orders'), now, { ...NO_IDS, orders });
  const { byName: findings, open, owed } = await diagnose(parts, incident, now, await elsewhere(parts));
  const { thresholds, names } = parts.rules;
  const judging = { findings, changes: changesIn(findings), now, thresholds, names, incident, open, owed };
  return new Map(
    orders.flatMap((order) => {
      const because = actionOf('R20').notWhile(judging, draftOf([order]));
      return because === null ? [] : [[order, because] as const];
    }),
  );
}
