import type { KnownBlock } from '@slack/types';
import type { DueRung } from '../domain/escalation.ts';
import { overall } from '../domain/finding.ts';
import { impactPercent } from '../domain/impact.ts';
import type { Incident } from '../domain/incident.ts';
import { effectiveTier, type Offer } from '../domain/offer.ts';
import type { Run } from '../domain/run.ts';
import {
  ACTIONS,
  type ButtonLike,
  buttons,
  clock,
  cut,
  header,
  type Message,
  masked,
  message,
  note,
  quoted,
  section,
} from './kit.ts';

export interface CardView {
  readonly incident: Incident;
  /** The runbook's title. */
  readonly title: string;
  readonly next: DueRung | null;
  readonly links: readonly { readonly label: string; readonly url: string }[];
}

/** The one message of an incident, newest state, in the order of design §5. */
export function incidentCard(view: CardView): Message {
  const { incident } = view;
  const verdict = verdictOf(incident);
  const head = `${incident.environment} · ${incident.id} · ${view.title}: ${verdict}`;
  const blocks = [
    header(head),
    section([impactLine(incident), sinceLine(incident)]),
    ...todo(incident),
    ...runs(incident),
    ...findings(incident),
    note(next(view)),
    ...foot(view),
  ];
  return message(`${head}. ${impactText(incident)} ${needed(incident)}`, blocks);
}

/** What is the matter, in one or two words. */
export function verdictOf(incident: Incident): string {
  if (incident.state === 'resolved') return 'resolved';
  if (incident.state === 'mitigated') return 'mitigated, watching';
  if (incident.diagnosis === null) return 'looking';
  return { broken: 'broken', unknown: 'could not look everywhere', healthy: 'healthy now' }[
    overall(incident.diagnosis.findings)
  ];
}

function impactText({ impact }: Incident): string {
  if (impact === null) return 'Impact is being counted.';
  if (!impact.known) return `Impact unknown: ${quoted(impact.because)}`;
  const percent = impactPercent(impact);
  return `${impact.affected} of ${impact.total} orders${percent === null ? '' : ` (${Math.round(percent)} %)`} affected.`;
}

function impactLine(incident: Incident): string {
  const { impact } = incident;
  if (!impact?.known) return `*Impact* ${impactText(incident)}`;
  return `*Impact* ${impactText(incident)} Last ${impact.windowMinutes} min, ${impact.source}, ${clock(impact.at)}.`;
}

function sinceLine({ clockStartedAt, sources, acknowledged, severity }: Incident): string {
  const firing = sources.filter(({ state }) => state === 'firing').length;
  const alerts =
    firing === 0 ? 'no alert is firing' : `${firing} ${firing === 1 ? 'source says' : 'sources say'} so`;
  const who = acknowledged === null ? 'Nobody has it yet.' : `<@${acknowledged.by}> has it.`;
  return `*Since* ${clock(clockStartedAt)}, ${severity}, ${alerts}. ${who}`;
}

function needed({ offers, state }: Incident): string {
  if (state === 'resolved') return 'Nothing is needed.';
  if (offers.some(({ requestedBy }) => requestedBy !== null)) return 'A second person is needed.';
  return offers.some(({ recommended, waits }) => recommended !== null && waits === null)
    ? 'An approval is needed.'
    : 'Nothing to approve.';
}

function todo({ id, offers, state }: Incident): KnownBlock[] {
  if (state === 'resolved') return [];
  const ready = offers.filter(({ waits }) => waits === null).sort((left, right) => rank(left) - rank(right));
  const first = ready[0];
  const lines = ready.slice(0, 3).flatMap((offer) => offerLines(offer));
  const waiting = offers
    .filter(({ waits }) => waits !== null)
    .map(({ title, waits }) => `${title} waits: ${waits}.`);
  const rows: ButtonLike[] = ready
    .slice(0, 3)
    .map((offer) => offerButton(offer, offer === first && offer.recommended !== null));
  const refusals = ready.filter(({ requestedBy }) => requestedBy !== null).slice(0, 1);
  rows.push(
    ...refusals.map(({ id: value, title }) => ({ text: `Refuse ${title}`, action: ACTIONS.refuse, value })),
  );
  return [
    ...(lines.length === 0 ? [] : [section(['*Do now*', ...lines])]),
    ...buttons(rows),
    ...(waiting.length === 0 ? [] : [note(waiting)]),
    ...buttons([
      { text: 'I have it', action: ACTIONS.acknowledge, value: id },
      { text: 'Call for help', action: ACTIONS.escalate, value: id },
      { text: 'Commands to type', action: ACTIONS.commands, value: id },
    ]),
  ];
}

/** What waits for a second person first, then what is recommended, then the gentlest. */
function rank(offer: Offer): number {
  if (offer.requestedBy !== null) return 0;
  const tier = { safe: 0, disruptive: 1, guarded: 2 }[offer.tier];
  return (offer.recommended === null ? 10 : 1) + tier;
}

function offerLines(offer: Offer): readonly string[] {
  const why = offer.recommended === null ? '' : ` Recommended: ${quoted(offer.recommended)}.`;
  const asked = offer.requestedBy === null ? '' : ` <@${offer.requestedBy}> asks; a second person approves.`;
  return [`• *${offer.title}*: ${offer.preview.map(quoted).join(' ')} ${offer.binding.words}${why}${asked}`];
}

function offerButton(offer: Offer, primary: boolean): ButtonLike {
  if (offer.fields.length > 0) return { text: `${offer.title}…`, action: ACTIONS.fill, value: offer.id };
  const count = offer.targets.length > 1 ? ` (${offer.targets.length})` : '';
  const text = offer.requestedBy === null ? `${offer.title}${count}` : `Approve: ${offer.title}`;
  const careful = effectiveTier(offer) !== 'safe';
  const confirm = {
    title: `${offer.title}?`,
    lines: [...offer.preview.map(masked), offer.binding.words],
    yes: 'Yes, run it',
  };
  return { text, action: ACTIONS.run, value: offer.id, primary, ...(careful ? { confirm } : {}) };
}

function runs(incident: Incident): KnownBlock[] {
  const shown = incident.runs.slice(-3);
  return shown.length === 0 ? [] : [section(['*Done*', ...shown.map(runLine)])];
}

/** What came of one run, in one line. */
export function runLine(run: Run): string {
  const head = `• *${run.title}*, approved by <@${run.by}> ${clock(run.approvedAt)}:`;
  if (run.state === 'approved') return `${head} starts now.`;
  if (run.state === 'running')
    return `${head} running, ${run.targets.length - run.counts.planned} of ${run.targets.length} answered.`;
  const { proof } = run;
  if (proof === null) return `${head} ${run.outcome}. ${quoted(run.line)}`;
  const next = proof.nextAt === null ? '' : ` Next look ${clock(proof.nextAt)}.`;
  const verdict = proof.verdict === null ? '' : ` *${proof.verdict}*.`;
  return `${head} ${run.outcome}.${verdict} ${quoted(proof.line)}${next}`;
}

function findings({ diagnosis }: Incident): KnownBlock[] {
  if (diagnosis === null) return [section(['The systems are being asked.'])];
  const of = (verdict: string) => diagnosis.findings.filter((finding) => finding.verdict === verdict);
  const supported = diagnosis.causes
    .filter(({ verdict }) => verdict === 'supported')
    .sort((a, b) => Number(b.outside) - Number(a.outside));
  const ruledOut = diagnosis.causes.filter(({ verdict }) => verdict === 'ruled out');
  const open = diagnosis.causes.filter(({ verdict }) => verdict === 'open');
  const causes = [
    ...supported.map(({ title, because }) => `*Cause* ${title}: ${quoted(because)}`),
    ...(ruledOut.length === 0 ? [] : [`Ruled out: ${ruledOut.map(({ title }) => title).join(', ')}.`]),
    ...(open.length === 0 ? [] : [`Still open: ${open.map(({ title }) => title).join(', ')}.`]),
  ];
  const blind = [...of('unknown'), ...of('skipped')].map(({ step, line }) => `${step} ${quoted(line)}`);
  const healthy = of('healthy').map(({ line }) => quoted(line));
  return [
    ...(of('broken').length === 0
      ? []
      : [section(['*Broken*', ...of('broken').map(({ line }) => `• ${quoted(line)}`)])]),
    ...(causes.length === 0 ? [] : [section(causes)]),
    ...(blind.length === 0 ? [] : [note([`*Could not look*`, ...blind.map((line) => cut(line, 200))])]),
    ...(healthy.length === 0 ? [] : [note([`*Healthy* ${healthy.join(' ')}`])]),
  ];
}

function next({ incident, next: rung }: CardView): readonly string[] {
  const climbed = incident.climbed.map(
    ({ rung: number, at, because, paged }) =>
      `Rung ${number} was called ${clock(at)}${paged ? ', with a page' : ''}: ${because}`,
  );
  if (incident.state === 'resolved') {
    const { resolution } = incident;
    const who = resolution?.by == null ? '' : ` by <@${resolution.by}>`;
    return [...climbed, `Resolved ${clock(resolution?.at ?? 0)}${who}: ${quoted(resolution?.because ?? '')}`];
  }
  if (incident.mitigated !== null)
    return [
      ...climbed,
      `Watched until ${clock(incident.mitigated.until)}; no rung is called while the checks stay healthy.`,
    ];
  const held =
    incident.hold === null
      ? []
      : [
          `Held by <@${incident.hold.by}> until ${clock(incident.hold.until)}: ${quoted(incident.hold.reason)}`,
        ];
  if (rung === null) return [...climbed, ...held, 'The whole ladder has been called.'];
  const whom = [...rung.rung.channels, ...rung.rung.people].join(', ');
  return [
    ...climbed,
    ...held,
    `*Next* ${clock(rung.at)}: rung ${rung.rung.number} calls ${whom === '' ? rung.rung.team : whom}.`,
  ];
}

function foot({ incident, links }: CardView): KnownBlock[] {
  const alert = incident.sources.find(({ url }) => url !== null);
  const all = [...(alert?.url == null ? [] : [{ label: 'Alert', url: alert.url }]), ...links];
  return all.length === 0 ? [] : [note([all.map(({ label, url }) => `<${url}|${label}>`).join(' · ')])];
}
