import { isDeepStrictEqual } from 'node:util';
import { rememberCauses } from '../domain/cause-history.ts';
import type { StepName } from '../domain/finding.ts';
import type { Incident } from '../domain/incident.ts';
import type { Offer } from '../domain/offer.ts';
import { REFUSAL_MS, refusalOf } from '../domain/run.ts';
import { runbookById } from '../runbooks/catalogue.ts';
import { clock } from '../runbooks/shared/spell.ts';
import { changesIn, type Look } from './diagnose.ts';
import type { Parts } from './parts.ts';

const MINUTE = 60_000;

/**
 * What could be changed now. An offer that would say the same as the one that stands keeps its id, so that a button
 * stays good between two looks; a different one supersedes it.
 */
export function propose(
  parts: Pick<Parts, 'rules' | 'ids'>,
  incident: Incident,
  { byName: findings, causes, open, owed, denied }: Look,
  now: number,
): readonly Offer[] {
  const runbook = runbookById(incident.runbook);
  const { thresholds, names } = parts.rules;
  // What this look has just judged counts already: a cause that is over now unlocks its button now.
  const causeHistory = rememberCauses(incident.causeHistory, causes, now);
  const judging = {
    findings,
    changes: changesIn(findings),
    now,
    thresholds,
    names,
    incident: { ...incident, causeHistory },
    open,
    owed,
  };
  const busy = new Set(
    incident.runs.filter(({ state }) => state !== 'ended').flatMap(({ targets }) => targets),
  );
  const standing = (fresh: Offer): Offer =>
    incident.offers.find((offer) => offer.requestedBy === null && sameOffer(offer, fresh)) ?? fresh;
  const asked = (runbook.questions ?? []).map((question) => {
    const waits = busy.has(question.step) ? 'it is being asked' : question.notWhile(judging);
    return standing({
      id: parts.ids.next(),
      action: question.step,
      title: question.title,
      tier: 'safe',
      targets: [question.step],
      parameters: {},
      preview: question.preview(judging),
      binding: { kind: 'none', words: 'It only asks.' },
      recommended: null,
      ...held(waits, refused(incident, question.step, [question.step], now)),
      fields: question.fields(judging),
      equivalent: question.equivalent(names),
      question: true,
      form: null,
      requestedBy: null,
      at: now,
      expiresAt: null,
    });
  });
  const offered = runbook.actions.flatMap((action) =>
    action.draft(judging).map((draft) => {
      const taken = draft.targets.find((target) => busy.has(target));
      const lacks =
        draft.lacks ??
        draft.targets.flatMap((target) => denied.get(target) ?? [])[0] ??
        refused(incident, action.step, draft.targets, now);
      const waits =
        taken === undefined
          ? (unproven(incident, action.step, draft.targets) ?? action.notWhile(judging, draft))
          : `a run on ${taken} is under way`;
      const fresh: Offer = {
        id: parts.ids.next(),
        action: action.step,
        title: action.title,
        tier: action.tier,
        ...(action.approvers === undefined ? {} : { approvers: action.approvers }),
        targets: draft.targets,
        parameters: draft.parameters,
        preview: draft.preview,
        ...(action.notes.length === 0 ? {} : { notes: action.notes }),
        binding: draft.binding,
        recommended: action.when(judging, draft),
        ...held(waits, lacks),
        fields: draft.fields ?? [],
        equivalent: action.equivalent(parts.rules.names, draft.targets, draft.parameters),
        question: false,
        form: null,
        requestedBy: null,
        at: now,
        expiresAt: null,
      };
      return standing(fresh);
    }),
  );
  return [...offered, ...asked];
}

/** Only what waits for nothing else waits for the right. */
function held(waits: string | null, lacks: string | undefined): Pick<Offer, 'waits' | 'lacks'> {
  return waits === null && lacks !== undefined ? { waits: lacks, lacks } : { waits };
}

/** A right that no system tells beforehand was seen to be missing, in words. */
function refused(
  { runs }: Incident,
  step: StepName,
  targets: readonly string[],
  now: number,
): string | undefined {
  const refusal = refusalOf(runs, step, targets, now);
  if (refusal === null) return undefined;
  return `the bot was refused at ${clock(refusal.at)} (${refusal.said.replace(/\.$/, '')}); it may try again ${REFUSAL_MS / MINUTE} min after that`;
}

/** Alike in everything that a person was shown. The one that was stored has its keys in another order. */
function sameOffer(left: Offer, right: Offer): boolean {
  const shown = ({ id: _id, at: _at, ...rest }: Offer): unknown => JSON.parse(JSON.stringify(rest));
  return isDeepStrictEqual(shown(left), shown(right));
}

/** What was asked already and is not proven yet is not asked again: whoever presses twice asked once. */
function unproven(incident: Incident, step: StepName, targets: readonly string[]): string | null {
  const run = incident.runs.find(
    ({ action, proof, targets: asked }) =>
      action === step &&
      proof !== null &&
      proof.verdict === null &&
      asked.some((one) => targets.includes(one)),
  );
  return run === undefined ? null : 'it was done, and its proof is under way';
}
