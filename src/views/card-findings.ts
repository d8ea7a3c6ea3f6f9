import type { KnownBlock } from '@slack/types';
import { causesBefore } from '../domain/cause-history.ts';
import { isContext } from '../domain/finding.ts';
import type { Incident } from '../domain/incident.ts';
import type { Run } from '../domain/run.ts';
import { LIMIT, note, section } from './kit.ts';
import { fitting, type Left, type Room } from './room.ts';
import { answered, clock, joined, person, type Words, words } from './words.ts';

interface Part {
  readonly blocks: readonly KnownBlock[];
  readonly left: readonly Left[];
}

/** So many sentences of advice stand on a card. */
const ADVICE = 4;
/** The newest runs; each stands in the thread as well. */
const RUNS = 3;

/** What was run and what came of it. */
export function runs({ runs: all }: Incident, room: Room): Part {
  if (all.length === 0) return { blocks: [], left: [] };
  const { shown, left } = fitting(all.slice(-RUNS).map(runLine), 'runs', room, LIMIT.section - 200);
  const earlier = all.length - RUNS;
  const more =
    earlier > 0
      ? [words`${earlier} earlier ${earlier === 1 ? 'run stands' : 'runs stand'} in the thread.`]
      : [];
  return { blocks: [section([words`*Done*`, ...shown.map((line) => words`• ${line}`), ...more])], left };
}

/** The one order, refund, return or export of a run: others of its kind may stand beside it. A workload is named by its title. */
function whichOne({ targets: [one = '', ...more] }: Run): string {
  return more.length === 0 && /^[a-z]{3}_/.test(one) ? ` (${one})` : '';
}

/** What came of one run, in one line. */
export function runLine(run: Run): Words {
  const head = words`*${run.title}*${whichOne(run)}, approved by ${person(run.by)} ${clock(run.approvedAt)}:`;
  if (run.state === 'approved') return words`${head} starts now.`;
  if (run.state === 'running')
    return words`${head} running, ${run.targets.length - run.counts.planned} of ${run.targets.length} answered.`;
  const { proof } = run;
  const outcome = run.outcome ?? 'ended';
  if (run.question) return words`${head} ${run.line}`;
  if (proof === null) return words`${head} ${outcome}. ${run.line}`;
  const verdict = proof.verdict === null ? words`` : words`, *${proof.verdict}*`;
  const next = proof.nextAt === null ? words`` : words` Next look ${clock(proof.nextAt)}.`;
  // The proof says nothing of what was never asked.
  const unsent = run.counts.unsent === 0 ? '' : ` ${run.line}`;
  return words`${head} ${outcome}${verdict}.${unsent} ${proof.line}${trend(proof)}${next}`;
}

/** Of a figure's samples, the newest: so many are written out, and so many are drawn. */
const WRITTEN = 6;
const DRAWN = 20;
const BARS = '▁▂▃▄▅▆▇█';

/** R8, R61: how the figure went, oldest first, as a small chart and in numbers. */
function trend({ plan, samples }: NonNullable<Run['proof']>): Words {
  const values = samples.flatMap(({ value }) => (value === null ? [] : [Math.round(value)]));
  const written = values.slice(-WRITTEN);
  // A line that is flat says nothing that the newest value does not.
  if (plan.unit === undefined || new Set(written).size < 2) return words``;
  return words` Minute by minute: ${bars(values.slice(-DRAWN))} ${written.join(' → ')} ${plan.unit}.`;
}

/** From the least to the most of them; the numbers beside it say how far that is. */
function bars(values: readonly number[]): string {
  const least = Math.min(...values);
  const span = Math.max(...values) - least || 1;
  return values.map((value) => BARS[Math.round(((value - least) / span) * (BARS.length - 1))]).join('');
}

/** What is broken, why, and what the runbook says to it. */
export function trouble(incident: Incident, room: Room): Part {
  const { diagnosis, state } = incident;
  if (diagnosis === null) return { blocks: [section([words`The systems are being asked.`])], left: [] };
  const broken = fitting(
    diagnosis.findings.flatMap(({ verdict, line }) => (verdict === 'broken' ? [words`${line}`] : [])),
    'broken',
    room,
    LIMIT.section - 200,
  );
  const because = causes(diagnosis.causes, incident, room);
  // What only tells of the time around it is nobody's health; where it could not be told, it stands with what was not seen.
  const changed = fitting(
    diagnosis.findings.flatMap((one) =>
      isContext(one) && one.verdict === 'healthy' ? [words`*Changed* ${one.line}`] : [],
    ),
    'changes',
    room,
    LIMIT.section - 200,
  );
  const advice = fitting(
    state === 'resolved' ? [] : diagnosis.advice.map(({ line }) => words`${answered(line)}`),
    'advice',
    { ...room, lines: Math.min(room.lines, ADVICE) },
    LIMIT.section - 200,
  );
  return {
    blocks: [
      ...(broken.shown.length === 0
        ? []
        : [section([words`*Broken*`, ...broken.shown.map((line) => words`• ${line}`)])]),
      ...because.blocks,
      ...(changed.shown.length === 0 ? [] : [section(changed.shown)]),
      ...(advice.shown.length === 0 ? [] : [note([words`*The runbook says*`, ...advice.shown])]),
    ],
    left: [...broken.left, ...because.left, ...changed.left, ...advice.left],
  };
}

/** What people asked, what could not be looked at, and what is healthy. */
export function seen({ diagnosis, answers, state }: Incident, room: Room): Part {
  if (diagnosis === null) return { blocks: [], left: [] };
  const of = (...verdicts: string[]) =>
    diagnosis.findings.filter((finding) => verdicts.includes(finding.verdict));
  const asked = fitting(
    answers.map(({ line, by, at }) => words`${line} Asked by ${person(by)} ${clock(at)}.`),
    'answers',
    room,
    LIMIT.context - 100,
  );
  const unseen = blind('Could not look', of('unknown'), room, state === 'resolved' ? [] : [BY_HAND]);
  const unasked = blind('Not looked at', of('skipped'), room);
  const well = healthy(
    // Two checks of one thing that is not there say the same.
    [...new Set(of('healthy').flatMap((finding) => (isContext(finding) ? [] : [finding.line])))].map(
      (line) => words`${line}`,
    ),
    room,
  );
  return {
    blocks: [
      ...(asked.shown.length === 0 ? [] : [note([words`*Asked*`, ...asked.shown])]),
      ...unseen.blocks,
      ...unasked.blocks,
      ...well.blocks,
    ],
    left: [...asked.left, ...unseen.left, ...unasked.left, ...well.left],
  };
}

type Causes = NonNullable<Incident['diagnosis']>['causes'];

function causes(all: Causes, incident: Incident, room: Room): Part {
  const supported = all.filter(({ verdict }) => verdict === 'supported');
  const full = supported.map(({ title, because }) => words`*Cause* ${title}: ${because}`);
  const short = supported.map(({ title }) => words`*Cause* ${title}.`);
  const { shown, left } = room.reasons
    ? fitting(full, 'causes', room, LIMIT.section - 900)
    : { shown: [joined(short, ' ')], left: [] };
  // What was the cause before is not what never was.
  const before = causesBefore(incident);
  const titles = (verdict: string) =>
    all
      .flatMap((cause) => (cause.verdict === verdict && !before.includes(cause) ? [cause.title] : []))
      .join('; ');
  const lines = [
    ...(supported.length === 0 ? [] : shown),
    ...before.map(
      ({ id, title }) =>
        words`*Cause before* ${title}, last seen ${clock(incident.causeHistory[id]?.supportedAt ?? 0)}.`,
    ),
    ...(titles('ruled out') === '' ? [] : [words`Ruled out: ${titles('ruled out')}.`]),
    ...(titles('open') === '' ? [] : [words`Not ruled out: ${titles('open')}.`]),
  ];
  const reasons = room.reasons ? [] : full.map((line) => ({ what: 'causes’ reasons', line }));
  return { blocks: lines.length === 0 ? [] : [section(lines)], left: [...reasons, ...left] };
}

/** Where the commands of what could not be looked at stand. */
const BY_HAND = words`Look by hand: *Commands to type* begins with these.`;

/** Asked without an answer, or not asked at all: two things, for the first is trouble and the second is a setting. */
function blind(
  head: string,
  all: NonNullable<Incident['diagnosis']>['findings'],
  room: Room,
  next: readonly Words[] = [],
): Part {
  if (all.length === 0) return { blocks: [], left: [] };
  // One setting that is missing leaves several checks out with the same words.
  const steps = (line: string) => all.flatMap((one) => (one.line === line ? [one.step] : [])).join(', ');
  const lines = [...new Set(all.map(({ line }) => line))].map((line) => words`${steps(line)} ${line}`);
  const { shown, left } = fitting(lines, head.toLowerCase(), { ...room, width: 200 }, LIMIT.context - 100);
  if (room.blind && left.length === 0) return { blocks: [note([words`*${head}*`, ...shown, ...next])], left };
  const names = all.map(({ step }) => step).join(', ');
  const whole = lines.map((line) => ({ what: head.toLowerCase(), line }));
  return { blocks: [note([words`*${head}* ${all.length}: ${names}.`, ...next])], left: whole };
}

function healthy(lines: readonly Words[], room: Room): Part {
  if (lines.length === 0) return { blocks: [], left: [] };
  const { shown, left } = fitting(lines, 'healthy', room, LIMIT.context - 100);
  if (room.healthy && left.length === 0)
    return { blocks: [note([words`*Healthy* ${joined(shown, ' ')}`])], left };
  return {
    blocks: [note([words`*Healthy* ${lines.length} ${lines.length === 1 ? 'check' : 'checks'}.`])],
    left: lines.map((line) => ({ what: 'healthy', line })),
  };
}
