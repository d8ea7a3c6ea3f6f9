import type { KnownIds } from '../domain/alert.ts';
import { nextRung } from '../domain/escalation.ts';
import type { Finding } from '../domain/finding.ts';
import type { IncidentId, PersonId } from '../domain/ids.ts';
import type { Offer } from '../domain/offer.ts';
import { nearest, readCommand, USAGE } from '../intake/command.ts';
import { idsIn } from '../intake/rules.ts';
import { shownSteps, textsToCopy } from '../pipeline/by-hand.ts';
import { complain } from '../pipeline/complain.ts';
import { freeze, unfreeze } from '../pipeline/freeze.ts';
import type { Parts } from '../pipeline/parts.ts';
import { acknowledge, escalateNow, hold, resolve } from '../pipeline/people.ts';
import { openByPerson, personsAlert } from '../pipeline/receive.ts';
import { timeLimit } from '../pipeline/time-limit.ts';
import { AbsentSystem, SystemError } from '../ports/system-error.ts';
import { CATALOGUE, findRunbook, runbookById, titlesOf } from '../runbooks/catalogue.ts';
import type { AnyRunbook } from '../runbooks/define-runbook.ts';
import { texts } from '../views/by-hand.ts';
import { details } from '../views/details.ts';
import { incidentCard } from '../views/incident-card.ts';
import type { Message } from '../views/kit.ts';
import { owedList } from '../views/owed.ts';
import { commands, help, incidentList, reply, told } from '../views/plain.ts';
import { PAGE, stuckList } from '../views/stuck-list.ts';

/** The order service's list may take this long before the asker is told that it could not be had, ms. */
const LIST_MS = 5_000;

/**
 * What a person typed behind `/oms`, done, and the answer that only they see.
 * @param key the same for the same delivery, however often it comes
 */
export async function runCommand(
  parts: Parts,
  text: string,
  by: PersonId,
  key: string,
): Promise<Message | readonly Message[]> {
  const read = readCommand(text);
  if (!read.ok) return reply(read.because);
  const { command } = read;
  switch (command.kind) {
    case 'help':
      return help(USAGE);
    case 'incidents':
      return incidentList(await parts.journal.openIncidents(), ({ runbook }) => runbookById(runbook).title);
    case 'stuck-orders':
      return await stuckPage(parts, command.status, command.olderThanMinutes, null);
    case 'diagnose':
      return await diagnose(parts, command.runbook, command.ids, by);
    case 'report': {
      const runbook = findRunbook(command.runbook);
      if (runbook === null) return noSuchRunbook(command.runbook);
      const complaint = { runbook: runbook.id, text: command.text, ids: idsIn(command.text), key };
      return told((await complain(parts, complaint, by)).because);
    }
    case 'show':
      return await show(parts, command.id);
    case 'ack':
      return told((await acknowledge(parts, command.id, by)).because);
    case 'hold':
      return told((await hold(parts, command.id, by, command.minutes, command.reason)).because);
    case 'owed':
      return owedList(await parts.journal.owed());
    case 'freeze':
      return told((await freeze(parts, by, command.minutes, command.reason)).because);
    case 'unfreeze':
      return told((await unfreeze(parts, by)).because);
    case 'escalate':
      return told((await escalateNow(parts, command.id, by, command.reason)).because);
    case 'resolve':
      return told((await resolve(parts, command.id, by, command.reason)).because);
  }
}

/** One page of stuck orders for its asker; opens no incident. `at`: instead of story time, where that cannot be had. */
export async function stuckPage(
  parts: Parts,
  status: string | null,
  olderThanMinutes: number | null,
  cursor: string | null,
  at?: number,
): Promise<Message> {
  const { names, thresholds } = parts.rules;
  const wanted = status ?? names.statuses.processing;
  if (!names.statuses.all.includes(wanted)) {
    return reply(`“${wanted}” is no status of an order. There are: ${names.statuses.all.join(', ')}.`);
  }
  const minutes = olderThanMinutes ?? thresholds.stuckAfterMinutes;
  using limit = timeLimit(parts.clock, LIST_MS);
  try {
    const question = { status: wanted, olderThanMinutes: minutes, limit: PAGE, cursor };
    const page = await parts.probes.orderService.stuckOrders(question, limit.signal);
    const now = at ?? (await parts.journal.now());
    return stuckList({ ...page, status: wanted, olderThanMinutes: minutes, now, cursor });
  } catch (err) {
    if (err instanceof SystemError || err instanceof AbsentSystem) {
      return reply(
        `Could not look: ${err.message}`,
        `By hand: \`${names.paths.stuckOrders}?status=${wanted}&olderThan=${minutes}m\``,
      );
    }
    throw err;
  }
}

/** Opens or joins an incident with the asker as its source; the card shows what is found. */
async function diagnose(parts: Parts, text: string, ids: KnownIds, by: PersonId): Promise<Message> {
  const runbook = findRunbook(text);
  if (runbook === null) return noSuchRunbook(text);
  const id = await parts.journal.transact('diagnose', async (tx) => {
    const key = `diagnose ${by} ${tx.now}`;
    const alert = personsAlert(runbook.id, by, 'A person asked for a diagnosis.', key, ids);
    return (await openByPerson(parts, tx, alert)).id;
  });
  return reply(
    `${id} ${runbook.title}: the systems are being asked, the card comes into ${parts.rules.channels.alerts}.`,
  );
}

export function noSuchRunbook(text: string): Message {
  const known = CATALOGUE.map(({ id, codes }) => `${id} (${codes.join(', ')})`).join('; ');
  const near = nearest(
    text,
    CATALOGUE.flatMap(({ id, codes }) => [id, ...codes]),
  );
  const meant = near === null ? '' : ` Did you mean \`${near}\`?`;
  return reply(`No runbook is called “${text.slice(0, 40)}”.${meant} There is: ${known}.`);
}

function noSuchIncident(id: IncidentId): Message {
  return reply(`There is no ${id}. \`/oms incidents\` lists those that are open.`);
}

/** The card and, in a message of its own, every finding of the newest look. */
async function show(parts: Parts, id: IncidentId): Promise<Message | readonly Message[]> {
  const incident = await parts.journal.incidentById(id);
  if (incident === null) return noSuchIncident(id);
  const { title } = runbookById(incident.runbook);
  const card = incidentCard({
    incident,
    title,
    next: nextRung(incident, parts.rules.escalation),
    freeze: await parts.journal.freeze(),
    byHand: shownSteps(parts.rules, incident),
    links: [],
  });
  const { diagnosis } = incident;
  if (diagnosis === null) return card;
  return [card, details({ of: id, diagnosis, titleOf: titlesOf(incident.runbook) })];
}

/** What the steps by hand send to others, ready to be copied. */
export async function textsOf(parts: Parts, id: IncidentId): Promise<Message> {
  const incident = await parts.journal.incidentById(id);
  if (incident === null) return noSuchIncident(id);
  return texts(id, await textsToCopy(parts, incident));
}

/** Every step of the incident's runbook as a command to type. */
export async function commandsToType(parts: Parts, id: IncidentId): Promise<Message> {
  const incident = await parts.journal.incidentById(id);
  if (incident === null) return noSuchIncident(id);
  const findings = incident.diagnosis?.findings ?? [];
  return commands(id, stepsOf(parts, runbookById(incident.runbook), findings, incident.offers));
}

/**
 * Every step of a runbook as a command; those of standing offers are about what they offer. The checks whose answer is
 * unknown stand apart: a person has to look there.
 */
export function stepsOf(
  parts: Pick<Parts, 'rules'>,
  runbook: AnyRunbook,
  findings: readonly Pick<Finding, 'step' | 'verdict'>[] = [],
  offers: readonly Offer[] = [],
) {
  const { names } = parts.rules;
  const checks = Object.values(runbook.checks).map(({ step, title, equivalent, instead }) => ({
    step,
    title,
    equivalent: equivalent(names),
    ...(instead === undefined ? {} : { instead }),
  }));
  const actions = runbook.actions.map((action) => ({
    step: action.step,
    title: action.title,
    equivalent:
      offers.find((offer) => offer.action === action.step)?.equivalent ?? action.equivalent(names, [], {}),
  }));
  const watches = runbook.actions.flatMap(({ proof }) => (proof.watch === undefined ? [] : [proof.watch]));
  const watched = [...new Map(watches.map((watch) => [watch.step, watch])).values()].map((watch) => ({
    ...watch,
    equivalent: watch.equivalent(names),
  }));
  const unseen = findings.flatMap(({ step, verdict }) => (verdict === 'unknown' ? [step] : []));
  return {
    unseen: checks.filter(({ step }) => unseen.includes(step)),
    others: [...checks.filter(({ step }) => !unseen.includes(step)), ...actions, ...watched],
  };
}
