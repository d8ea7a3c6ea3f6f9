import { healthy, unknown } from '../../domain/finding.ts';
import type { Incident } from '../../domain/incident.ts';
import type { Rollout, TemplateDifference, WorkloadChange } from '../../ports/changes.ts';
import type { Workload } from '../../ports/kubernetes.ts';
import { SystemError } from '../../ports/system-error.ts';
import type { Asking, Check } from '../define-runbook.ts';
import { type Names, orderWorkload, targetOf } from '../names.ts';
import { count } from './log-check.ts';
import { clock, spell, spellBytes } from './spell.ts';

const MINUTE = 60_000;

/** Something that somebody, or an autoscaler, changed on what a runbook is about. */
export interface Change {
  readonly kind: WorkloadChange['kind'] | 'secret';
  /** The deployment's name, or the secret's. */
  readonly workload: string;
  /** The fact without its time: *image 1.42.0 → 1.43.0 on order-service*. */
  readonly line: string;
  /** Epoch ms. */
  readonly at: number;
  /** Of a rollout. */
  readonly rollout: Rollout | null;
}

export interface Changes {
  /** Newest first. */
  readonly changes: readonly Change[];
  /** The newest one that is not younger than the first symptom and at most `suspectWithinMinutes` older. */
  readonly suspect: Change | null;
  /** When the trouble was first seen, epoch ms: the alert's own start, or the first broken round where that is earlier. */
  readonly symptomAt: number;
}

/** What a runbook is about: the Deployments and secrets whose changes may have caused its trouble. */
export interface About {
  readonly workloads: readonly Workload[];
  readonly secrets: readonly string[];
}

/** Null: none of the Deployments is there. */
type Read = { readonly changes: readonly Change[]; readonly unread: readonly string[] } | null;

/** X1, in every runbook: a change is no trouble of its own, so it is *healthy* whatever it finds (runbook-knowledge §0). */
export function whatChanged(about: (names: Names) => About = orderService): Check<Changes> {
  return {
    step: 'X1',
    title: 'What changed before it began?',
    system: 'Kubernetes',
    source: null,
    equivalent: (names) => {
      const { workloads, secrets } = about(names);
      const history = workloads.map((one) => `kubectl -n ${one.namespace} rollout history ${targetOf(one)}`);
      const written = secrets.map(
        (name) =>
          `kubectl -n ${names.orderService.namespace} get secret ${name} --show-managed-fields -o jsonpath='{.metadata.managedFields[*].time}'`,
      );
      return [...history, ...written, `kubectl -n ${names.orderService.namespace} get hpa`].join(' && ');
    },
    deadlineMs: 4_000,
    async look(ask) {
      const { workloads, secrets } = about(ask.names);
      const read = await readAll(ask, { workloads, secrets });
      if (read === null)
        return unknown(
          `There is no ${workloads.map(targetOf).join(', ')} in ${ask.names.orderService.namespace}; \`workloads\` in oms.yaml names it.`,
        );
      const { changes, unread } = read;
      const symptomAt = symptomOf(ask.incident);
      const { suspectWithinMinutes, changedWithinMinutes } = ask.thresholds;
      const suspect =
        changes.find(({ at }) => at <= symptomAt && symptomAt - at <= suspectWithinMinutes * MINUTE) ?? null;
      const seen: Changes = { changes, suspect, symptomAt };
      const evidence = changes.map(({ line, at }) => `${clock(at)}  ${line}`);
      const [first] = suspect === null ? changes : [suspect];
      const rest = changes.length - 1;
      const more =
        rest <= 0 ? '' : ` ${rest} more ${rest === 1 ? 'change' : 'changes'} in the time around it.`;
      const said =
        first === undefined ? null : `${first.line}, ${since(first.at, symptomAt, ask.now)}.${more}`;
      if (unread.length > 0)
        return unknown(
          [...(said === null ? [] : [said]), 'Not everything that changed could be read.', ...unread].join(
            ' ',
          ),
          seen,
          evidence,
        );
      const within = spell(changedWithinMinutes * MINUTE);
      const nothing =
        symptomAt >= ask.now
          ? `Nothing changed in ${within}.`
          : `Nothing changed in the ${within} before the first symptom, nor since.`;
      return healthy(said ?? nothing, seen, evidence);
    },
  };
}

/** What X1 is about where a runbook does not say. */
function orderService(names: Names): About {
  return { workloads: [orderWorkload(names)], secrets: [] };
}

/** The first that is known of the trouble. */
function symptomOf({
  clockStartedAt,
  brokenSince,
}: Pick<Incident, 'clockStartedAt' | 'brokenSince'>): number {
  return Math.min(clockStartedAt, brokenSince ?? clockStartedAt);
}

/** Once written it stays, whenever it is looked at: the card does not change with every look. */
function since(at: number, symptomAt: number, now: number): string {
  // A look that belongs to no incident knows of no symptom.
  if (symptomAt >= now) return `${spell(now - at)} ago`;
  return at <= symptomAt
    ? `${spell(symptomAt - at)} before the first symptom`
    : `${spell(at - symptomAt)} after the first symptom`;
}

async function readAll(
  { probes, thresholds, now, signal, names, incident }: Asking,
  { workloads, secrets }: About,
): Promise<Read> {
  // From the first symptom: what brought it about would be gone from the card by the time the trouble lasts.
  const from = Math.min(now, symptomOf(incident)) - thresholds.changedWithinMinutes * MINUTE;
  const [asked, written] = await Promise.all([
    Promise.all(workloads.map(async (one) => await probes.kubernetes.changes(one, from, signal))),
    Promise.all(
      secrets.map(async (name) => {
        try {
          const at = await probes.kubernetes.secretChangedAt(names.orderService.namespace, name, signal);
          return { at, unread: [] };
        } catch (err) {
          if (!(err instanceof SystemError) || err.fault !== 'forbidden') throw err;
          return { at: null, unread: [err.message] };
        }
      }),
    ),
  ]);
  // One of several that nobody made here has not changed here.
  if (asked.every((one) => one === null)) return null;
  const changes = [
    ...workloads.flatMap((workload, place) =>
      (asked[place]?.changes ?? []).map((change) => ({
        kind: change.kind,
        workload: workload.name,
        line: `${lineOf(change, workload.name)}${isOurs(change.at, targetOf(workload), incident.runs) ? ' by the bot' : ''}`,
        at: change.at,
        rollout: change.kind === 'rollout' ? change : null,
      })),
    ),
    ...secrets.flatMap((name, place): Change[] => {
      const at = written[place]?.at ?? null;
      return at === null || at < from
        ? []
        : [{ kind: 'secret', workload: name, line: `secret ${name} changed`, at, rollout: null }];
    }),
  ].sort((one, other) => other.at - one.at);
  const unread = [...asked.flatMap((one) => one?.unread ?? []), ...written.flatMap((one) => one.unread)];
  return { changes, unread: [...new Set(unread)] };
}

/** The cluster's clock need not be ours. */
const NEAR_MS = MINUTE;

/** A change at the time of a run of this incident that did something to the same target. */
function isOurs(at: number, target: string, runs: Incident['runs']): boolean {
  return runs.some(
    ({ targets, counts, beganAt, endedAt }) =>
      targets.includes(target) &&
      counts.done > 0 &&
      beganAt !== null &&
      at >= beganAt - NEAR_MS &&
      at <= (endedAt ?? beganAt) + NEAR_MS,
  );
}

function lineOf(change: WorkloadChange, workload: string): string {
  switch (change.kind) {
    case 'rollout':
      return rolloutLine(change, workload);
    case 'scale': {
      const who = change.byItself ? ' by its autoscaler' : '';
      const from = change.from === null ? '' : `from ${change.from} `;
      return `${workload} scaled ${from}to ${count(change.to, 'pod', 'pods')}${who}`;
    }
    case 'autoscaler':
      return `autoscaler of ${workload} set to ${change.min}–${change.max} pods`;
  }
}

/** So much of one rollout stands in its line. */
const PARTS = 3;

function rolloutLine({ difference, before, back, revision }: Rollout, workload: string): string {
  if (difference === null)
    return revision === 1
      ? `${workload} deployed for the first time`
      : `rollout of ${workload}, and what was before is not kept any more`;
  const all = parts(difference, workload);
  const more = all.length > PARTS ? ` and ${all.length - PARTS} more` : '';
  const what = all.slice(0, PARTS).join(', ');
  if (back) return `rolled back to an earlier version of ${workload}${what === '' ? '' : `: ${what}${more}`}`;
  if (what !== '') return `${what}${more} on ${workload}`;
  return difference.restarted
    ? `restart of ${workload}`
    : `rollout of ${workload} after revision ${before?.revision}`;
}

function parts(difference: TemplateDifference, workload: string): readonly string[] {
  const { images, env, limits, annotations, other } = difference;
  return [
    ...images.map(({ container, before, after }) => {
      const whose = container === workload ? '' : ` of ${container}`;
      if (before === null) return `new container ${container}`;
      return after === null ? `container ${container} gone` : `image${whose} ${fromTo(before, after)}`;
    }),
    ...limits.map(
      ({ resource, before, after }) =>
        `${resource} limit ${amount(resource, before)} → ${amount(resource, after)}`,
    ),
    ...counted('new variable', env.added, ''),
    ...counted('variable', env.removed, ' gone'),
    ...counted('variable', env.changed, ' changed'),
    ...annotations.map((name) => `annotation ${name} changed`),
    ...other.map((name) => `${name} changed`),
  ];
}

function counted(what: string, names: readonly string[], how: string): readonly string[] {
  if (names.length === 0) return [];
  return [`${what}${names.length === 1 ? '' : 's'} ${names.join(', ')}${how}`];
}

/** *1.42.0 → 1.43.0* where only the tag differs. */
function fromTo(before: string, after: string): string {
  const [one, other] = [split(before), split(after)];
  if (one.name !== other.name) return `${before} → ${after}`;
  return one.tag === other.tag ? `${one.digest} → ${other.digest}` : `${one.tag} → ${other.tag}`;
}

/** Characters of a digest that tell two of them apart, with its `sha256:`. */
const DIGEST = 19;

function split(image: string) {
  const [named = '', digest = ''] = image.split('@', 2);
  // A colon before the last slash is a registry's port.
  const at = named.indexOf(':', named.lastIndexOf('/') + 1);
  return {
    name: at < 0 ? named : named.slice(0, at),
    tag: at < 0 ? digest.slice(0, DIGEST) || 'latest' : named.slice(at + 1),
    digest: digest.slice(0, DIGEST),
  };
}

function amount(resource: 'memory' | 'cpu', value: number | null): string {
  if (value === null) return 'none';
  return resource === 'memory' ? spellBytes(value) : `${value / 1_000} cores`;
}
