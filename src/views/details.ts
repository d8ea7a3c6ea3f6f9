import type { KnownBlock } from '@slack/types';
import type { Diagnosis } from '../domain/incident.ts';
import { evidence, type Message, message, note, section } from './kit.ts';
import { clock, cut, words } from './words.ts';

export interface DetailsView {
  /** `OMS-12`, or the runbook's title where nothing is recorded. */
  readonly of: string;
  readonly diagnosis: Pick<Diagnosis, 'at' | 'tookMs' | 'findings' | 'causes'>;
  readonly titleOf: (step: string) => string;
}

/** All evidence of one message together, characters: Slack takes about 12,000 in a message. */
const EVIDENCE = 6_000;
/** Of one sentence, characters. */
const LINE = 300;

/** Every finding with its evidence and how long it took, and every cause with its reason. */
export function details({ of, diagnosis, titleOf }: DetailsView): Message {
  const { findings, causes } = diagnosis;
  const each = Math.floor(EVIDENCE / Math.max(1, findings.length));
  const blocks: KnownBlock[] = [
    section([words`*What was found for ${of}* ${clock(diagnosis.at)}, in ${took(diagnosis.tookMs)}.`]),
    ...findings.flatMap((finding) => [
      section([
        words`*${finding.step}* ${titleOf(finding.step)}: *${finding.verdict}*, ${took(finding.tookMs)}.`,
        words`${cut(finding.line, LINE)}`,
      ]),
      ...(finding.evidence.length === 0 ? [] : [evidence([cut(finding.evidence.join('\n'), each)])]),
    ]),
    ...(causes.length === 0
      ? []
      : [
          section([
            words`*Causes*`,
            ...causes.map(
              ({ title, verdict, because }) => words`• ${title}: *${verdict}*. ${cut(because, LINE)}`,
            ),
          ]),
        ]),
    ...(findings.length === 0 ? [note([words`Nothing was asked.`])] : []),
  ];
  const count = (verdict: string) => findings.filter((finding) => finding.verdict === verdict).length;
  return message(
    words`${of}: ${count('broken')} broken, ${count('unknown')} without an answer, ${count('healthy')} healthy.`,
    blocks,
  );
}

function took(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
