import type { Finding, JudgedCause } from '../domain/finding.ts';
import type { AnyRunbook, Judging } from '../runbooks/define-runbook.ts';
import { spell } from '../runbooks/shared/spell.ts';

type Judged = Pick<JudgedCause, 'id' | 'verdict' | 'because' | 'kept'>;

/**
 * A cause stays supported for so long, ms, while a question that tells it meets silence, as an alert that Prometheus keeps
 * firing; ours. *Open* would take it off the card, and the next answer would tell it anew.
 */
const KEPT_MS = 5 * 60_000;

/**
 * All causes in the runbook's order, of those that are supported the likeliest first: what is outside our service, then
 * what the suspect change brings about (runbook-knowledge §0), then what the runbook calls usual (8.N2).
 */
export function judgeCauses(
  runbook: Pick<AnyRunbook, 'causes'>,
  judging: Judging<Record<string, unknown>>,
): readonly JudgedCause[] {
  const suspect = judging.changes.data?.suspect ?? null;
  const judged = runbook.causes.map((cause) => {
    const { id, title, outside, broughtBy = [], usual = false } = cause;
    const near = suspect !== null && broughtBy.includes(suspect.kind);
    return { near, usual, cause: { title, outside, ...judge(id, (seen) => cause.judge(seen), judging) } };
  });
  const rank = ({ near, usual, cause }: (typeof judged)[number]) =>
    cause.verdict !== 'supported' ? 4 : cause.outside ? 0 : near ? 1 : usual ? 2 : 3;
  return judged.sort((one, other) => rank(one) - rank(other)).map(({ cause }) => cause);
}

/** What the rule says of this look, or of the last one that had answers to all that it asks. */
function judge(
  id: string,
  rule: AnyRunbook['causes'][number]['judge'],
  judging: Judging<Record<string, unknown>>,
): Judged {
  const read = new Set<Finding>();
  const findings = new Proxy(judging.findings, {
    get(all, name, self) {
      const finding = Reflect.get(all, name, self);
      if (finding !== undefined) read.add(finding);
      return finding;
    },
  });
  const said = { id, ...rule({ ...judging, findings }) };
  const { causeHistory, diagnosis } = judging.incident;
  const before = diagnosis?.causes.find((cause) => cause.id === id);
  // What met silence at the look before as well was not what told it then.
  const told = ({ step }: Finding) =>
    before?.kept !== undefined ||
    diagnosis?.findings.some((finding) => finding.step === step && finding.verdict !== 'unknown');
  const silent = [...read].filter((one) => one.verdict === 'unknown' && told(one)).map(({ step }) => step);
  const at = causeHistory[id]?.supportedAt;
  if (said.verdict !== 'open' || silent.length === 0 || before?.verdict !== 'supported') return said;
  if (at === undefined || judging.now - at > KEPT_MS) return said;
  const { because } = before.kept ?? before;
  const age = `${spell(judging.now - at)} ago; ${silent.join(', ')} could not be looked at now`;
  return {
    id,
    verdict: 'supported',
    because: `${because.replace(/\.$/, '')} (${age}).`,
    kept: { at, because },
  };
}
