import type { OfferId, PersonId } from '../domain/ids.ts';
import type { IncidentEvent } from '../domain/incident.ts';
import { SystemError } from '../ports/system-error.ts';
import { questionOf } from '../runbooks/catalogue.ts';
import type { AnyQuestion } from '../runbooks/define-runbook.ts';
import { memberFor, offerIn, whyNot } from './approve.ts';
import { changeOf } from './change.ts';
import type { Answer, Parts } from './parts.ts';
import { timeLimit } from './time-limit.ts';

/** Not begun: `because` and `fields` say what is wrong with the form. */
type Asked = Pick<Answer, 'because' | 'fields'> & { readonly begun: boolean };

/**
 * A question whose form holds somebody's own data (R32). What was typed goes to the service and is kept nowhere: not in an
 * offer, not in the journal, not in a log. A crash in between loses the question, which can be asked again.
 * @param begins called once it is sure that the service will be asked; Slack waits 3 s for it
 */
export async function askByForm(
  parts: Parts,
  offerId: OfferId,
  by: PersonId,
  given: Readonly<Record<string, string>>,
  begins: () => Promise<void>,
): Promise<Asked> {
  const membership = await memberFor(parts, offerId, by);
  const read = await parts.journal.transact('read question', async (tx) => {
    const id = await tx.incidentOfOffer(offerId);
    const incident = id === null ? null : await tx.incident(id);
    const offer = await offerIn(tx, offerId);
    const question = offer === null ? null : questionOf(offer.action);
    if (incident === null || offer === null || question === null)
      return { because: 'This form belongs to nothing that stands now. The card has the newest one.' };
    const because = await whyNot(parts, tx, incident, offer, by, membership);
    return because === null ? { id: incident.id, question } : { because };
  });
  if ('because' in read) return { begun: false, because: read.because };
  const wrong = read.question.validate(given);
  if (Object.keys(wrong).length > 0)
    return { begun: false, because: Object.values(wrong).join(' '), fields: wrong };
  await begins();
  const { verdict, line } = await ask(parts, read.question, given, `${offerId}/${by}`, by);
  const noted = parts.journal.transact('answered', async (tx) => {
    const incident = await tx.incident(read.id);
    if (incident === null || incident.state === 'resolved') return;
    const answer = { step: read.question.step, verdict, line, by, at: tx.now } as const;
    const events: IncidentEvent[] = [
      { type: 'answered', answer, at: tx.now },
      { type: 'look asked', lookAt: tx.now, because: 'A question was answered.', at: tx.now },
    ];
    tx.save(changeOf(incident, events, parts.rules));
  });
  const lost = await noted.then(
    () => '',
    (err: unknown) => {
      parts.log.error(
        { err: err instanceof Error ? err.message : 'unknown' },
        'an answer could not be noted',
      );
      return ' It could not be noted on the card: our own database does not answer.';
    },
  );
  return { begun: true, because: `${line}${lost}` };
}

async function ask(
  parts: Parts,
  question: AnyQuestion,
  answers: Readonly<Record<string, string>>,
  key: string,
  by: PersonId,
): Promise<{ readonly verdict: 'healthy' | 'broken' | 'unknown'; readonly line: string }> {
  using limit = timeLimit(parts.clock, parts.rules.timing.readMs);
  try {
    const { verdict, line } = await parts.step(
      `ask ${question.step}`,
      async () =>
        await question.ask(answers, {
          levers: parts.levers,
          names: parts.rules.names,
          thresholds: parts.rules.thresholds,
          licence: { key, by },
          signal: limit.signal,
        }),
    );
    return { verdict: verdict === 'skipped' ? 'unknown' : verdict, line };
  } catch (err) {
    if (!(err instanceof SystemError)) throw err;
    return { verdict: 'unknown', line: err.message };
  }
}
