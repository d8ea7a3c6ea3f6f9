import { DONE, readTickValue, type ShownStep, tickOf } from '../domain/by-hand.ts';
import { ASKER, dutiesOfTick } from '../domain/duty.ts';
import type { Finding } from '../domain/finding.ts';
import { type PersonId, parseIncidentId } from '../domain/ids.ts';
import type { Incident, IncidentEvent, Tick } from '../domain/incident.ts';
import type { Transaction } from '../ports/journal.ts';
import { byHandOf, runbookById } from '../runbooks/catalogue.ts';
import type { AnyByHand, AnyRunbook } from '../runbooks/define-runbook.ts';
import { doneWord, owedFor, seenUntil } from '../runbooks/shared/by-hand.ts';
import { changeOf } from './change.ts';
import { changesIn } from './diagnose.ts';
import { elsewhere } from './look.ts';
import type { Answer, Parts } from './parts.ts';
import type { Rules } from './rules.ts';

/** The same word from the same person within this is one click, ms. */
const ONE_CLICK_MS = 60_000;

/** The steps by hand that matter now, as of the newest diagnosis. */
export function shownSteps({ thresholds, links }: Rules, incident: Incident): readonly ShownStep[] {
  const { id, runbook, diagnosis, state } = incident;
  if (diagnosis === null || state === 'resolved') return [];
  return diagnosis.byHand.flatMap(({ id: step, because }) => {
    const known = byHandOf(runbook, step);
    if (known === null) return [];
    const owed = owedFor(incident, known.ends);
    const told = tickOf(incident, step);
    // What was left to do since is not done by an older tick.
    const tick = owed.length > 0 && told?.answer === doneWord(known) ? null : told;
    const answers = known.answers ?? null;
    const seen = doneWord(known) === null;
    return [
      {
        incident: id,
        step,
        what: known.what,
        owner: known.owner === ASKER ? (owed[0]?.owner ?? ASKER) : known.owner,
        because,
        link: known.link === null ? null : { key: known.link, url: links[known.link] ?? null },
        answers,
        tick,
        done: tick !== null && tick.answer === doneWord(known) && (answers ?? [DONE]).length === 1,
        old: seen && tick !== null && seenUntil(tick, thresholds) < diagnosis.at,
        more: !seen && answers !== null,
        text: known.text !== undefined,
      },
    ];
  });
}

/**
 * Anybody may say that a step by hand is done, or what they saw; the newest word counts. What causes make of it is seen
 * by the next look, which is asked for.
 * @param value what the menu's line carried
 */
export async function tickStep(parts: Parts, value: string, by: PersonId): Promise<Answer> {
  return await parts.journal.transact('ticked', async (tx) => await decide(parts, tx, value, by));
}

async function decide(parts: Parts, tx: Transaction, value: string, by: PersonId): Promise<Answer> {
  const no = (because: string): Answer => ({ ok: false, because });
  const read = readTickValue(value);
  const id = read === null ? null : parseIncidentId(read.incident);
  const incident = id?.ok ? await tx.incident(id.value) : null;
  const step = incident === null || read === null ? null : byHandOf(incident.runbook, read.step);
  if (read === null || incident === null || step === null)
    return no('This menu belongs to no step that is known here. The card has the newest one.');
  if (incident.state === 'resolved')
    return no(
      `${incident.id} is resolved already, so nothing was noted. Its thread is the place to tell it.`,
    );
  if (!(step.answers ?? [DONE]).includes(read.answer))
    return no(`“${read.answer}” is no answer to “${step.what}” any more. The card has the newest ones.`);
  const before = tickOf(incident, step.id);
  const ended = read.answer === doneWord(step) ? owedFor(incident, step.ends) : [];
  if (before?.answer === read.answer && ended.length === 0) {
    if (step.answers === undefined) return no(`<@${before.by}> ticked it off already.`);
    if (before.by === by && tx.now - before.at < ONE_CLICK_MS)
      return no(`Noted already with your name: ${step.what} ${spelled(read.answer)}.`);
  }
  const tick: Tick = { step: step.id, answer: read.answer, by, at: tx.now };
  const owes = tick.answer === doneWord(step) ? (step.owes ?? []) : [];
  const duties = dutiesOfTick(incident, tick, owes, () => parts.ids.next());
  const events: IncidentEvent[] = [
    { type: 'ticked', tick, at: tx.now },
    ...ended.map(({ id: duty }) => ({ type: 'duty done' as const, duty, by, at: tx.now })),
    ...(duties.length === 0 ? [] : [{ type: 'owed', duties, at: tx.now } as const]),
    { type: 'look asked', lookAt: tx.now, because: 'A step by hand was ticked off.', at: tx.now },
  ];
  tx.save(changeOf(incident, events, parts.rules));
  const owed = duties.map(({ what }) => ` Owed now: ${what}`).join('');
  return { ok: true, because: `Noted with your name: ${step.what} ${spelled(read.answer)}.${owed}` };
}

function spelled(answer: string): string {
  return `${answer[0]?.toUpperCase() ?? ''}${answer.slice(1)}`;
}

/** The texts of the shown steps, ready to be copied; empty when there are none. */
export async function textsToCopy(
  parts: Parts,
  incident: Incident,
): Promise<readonly { readonly what: string; readonly text: string }[]> {
  const { diagnosis } = incident;
  if (diagnosis === null) return [];
  const runbook = runbookById(incident.runbook);
  const { names, thresholds } = parts.rules;
  const now = diagnosis.at;
  const findings = allFindings(runbook, incident);
  const changes = changesIn(findings);
  const judging = { findings, changes, now, thresholds, names, incident, ...(await elsewhere(parts)) };
  return (runbook.byHand ?? [])
    .filter(({ id }) => diagnosis.byHand.some((shown) => shown.id === id))
    .flatMap((step: AnyByHand) =>
      step.text === undefined ? [] : [{ what: step.what, text: step.text(judging) }],
    );
}

/** What the newest diagnosis found, by the check's name; a check that came with a newer version was not asked yet. */
function allFindings(runbook: AnyRunbook, { diagnosis }: Incident): Readonly<Record<string, Finding>> {
  return Object.fromEntries(
    Object.entries(runbook.checks).map(([name, { step }]) => {
      const found = diagnosis?.findings.find((one) => one.step === step);
      const none: Finding = {
        step,
        verdict: 'skipped',
        line: 'Not asked yet.',
        evidence: [],
        data: null,
        at: diagnosis?.at ?? 0,
        tookMs: 0,
      };
      return [name, found ?? none];
    }),
  );
}
