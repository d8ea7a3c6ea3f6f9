import type { Finding } from '../../domain/finding.ts';
import { broken, healthy, skipped, unknown } from '../../domain/finding.ts';
import type { PathAnswer, PathTarget } from '../../ports/kubernetes.ts';
import { SystemError } from '../../ports/system-error.ts';
import type { Check } from '../define-runbook.ts';
import { type Names, orderWorkload } from '../names.ts';
import type { Thresholds } from '../thresholds.ts';
import { isTwice } from './twice.ts';

export interface PathSeen {
  readonly pods: number;
  readonly open: number;
  /** Pods that tried and did not get there. */
  readonly shut: readonly string[];
  /** Pods of which it is not known: they could not try. */
  readonly untried: readonly string[];
  /** Those of them that did not get there when they last tried. */
  readonly lastShut: readonly string[];
  /** When the row of looks began in which some pod did not get there, epoch ms; null: all did. */
  readonly shutSince: number | null;
  /** The same for at least half of the pods. */
  readonly mostSince: number | null;
}

/** As an older version may have left it: it knew only who is `shut`. */
type Journaled = Omit<PathSeen, 'untried' | 'lastShut'> & Partial<PathSeen>;

const WORDS: Readonly<Record<Exclude<PathAnswer['result'], 'open' | 'no tool'>, string>> = {
  'dns failure': 'its name does not resolve',
  refused: 'the connection is refused',
  'timed out': 'no answer comes in time',
  'tls failure': 'no secure connection comes about',
};

/** R3, R48: whether every pod gets to a host, asked from inside of it. */
export function pathCheck(given: {
  readonly step: Check<PathSeen>['step'];
  readonly title: string;
  readonly source: string;
  equivalent(names: Names): string;
  target(names: Names): PathTarget;
  /** The host, for people. */
  host(names: Names): string;
  /** The check's own name in its runbook: what the look before is found by. */
  readonly name: string;
}): Check<PathSeen> {
  return {
    step: given.step,
    title: given.title,
    system: 'Kubernetes',
    source: given.source,
    equivalent: (names) => given.equivalent(names),
    // A try gets 3 s in the pod.
    deadlineMs: 4_500,
    async look({ probes, names, previous, now, signal }) {
      const host = given.host(names);
      const answers = await probes.kubernetes
        .path(orderWorkload(names), given.target(names), signal)
        .catch((err: unknown) => {
          if (err instanceof SystemError && err.fault === 'forbidden') return err;
          throw err;
        });
      // A right that was never given is no trouble of tonight: it must not keep an incident open.
      if (answers instanceof SystemError)
        return skipped(
          `The path to ${host} can be tried only from inside the pods; grant \`get\` and \`create\` on \`pods/exec\` (deploy/rbac-exec.yaml).`,
        );
      if (answers.length === 0) return unknown('No pod of the service is ready to try it from.');
      const lacking = answers.filter(({ value }) => value?.result === 'no tool').length;
      if (lacking === answers.length)
        return skipped(`The path to ${host} cannot be tried: the pods have no tool for it.`);
      const results = answers.flatMap(({ pod, value }) =>
        value === null || value.result === 'no tool' ? [] : [{ pod, result: value.result }],
      );
      const failed = results.flatMap(({ pod, result }) =>
        result === 'open' ? [] : [{ pod, why: WORDS[result] }],
      );
      const shut = failed.map(({ pod }) => pod);
      const untried = answers.flatMap(({ pod }) => (results.some((one) => one.pod === pod) ? [] : [pod]));
      const before = previous?.[given.name]?.data as Journaled | null | undefined;
      // One that did not get there and cannot try now has not got there since: the row goes on.
      const lastShut = untried.filter((pod) => before?.shut.includes(pod) || before?.lastShut?.includes(pod));
      const many = (shut.length + lastShut.length) * 2 >= answers.length;
      const since = (began: number | null = null) =>
        shut.length > 0 ? (began ?? now) : lastShut.length > 0 ? began : null;
      const seen: PathSeen = {
        pods: answers.length,
        open: results.length - shut.length,
        shut,
        untried,
        lastShut,
        shutSince: since(before?.shutSince),
        mostSince: many ? since(before?.mostSince) : null,
      };
      const evidence = answers.map(({ pod, value, problem }) =>
        `${pod}  ${value?.result ?? 'not tried'}  ${value?.words ?? problem ?? ''}`.trimEnd(),
      );
      const left = untried.length;
      const why = answers.find(({ value }) => value === null)?.problem ?? 'They have no tool for it.';
      const rest = left === 0 ? '' : ` ${left} could not try: ${why}`;
      const [first] = failed;
      if (first !== undefined)
        return broken(
          `${shut.length} of ${answers.length} pods ${shut.length === 1 ? 'does' : 'do'} not get to ${host}: ${first.why}.${rest}`,
          seen,
          evidence,
        );
      const all = `${seen.open} of ${answers.length} pods get to ${host}.${rest}`;
      return left > 0
        ? unknown(all, seen, evidence)
        : healthy(`All ${seen.pods} pods get to ${host}.`, seen, evidence);
    },
  };
}

/** How many pods have been without the path for two looks: none, only some, or at least half of them. */
export function cutOff(
  { data, at }: Finding<PathSeen>,
  thresholds: Thresholds,
): 'none' | 'some' | 'most' | 'all' {
  const twice = (since: number | null) => isTwice(since, at, thresholds);
  if (data === null || data.shut.length === 0 || !twice(data.shutSince)) return 'none';
  if (data.shut.length === data.pods) return twice(data.mostSince) ? 'all' : 'some';
  return twice(data.mostSince) ? 'most' : 'some';
}

/** Some pods have been without the path for two looks and others have it: new ones may start where there is one. */
export function someCutOff(path: Finding<PathSeen>, thresholds: Thresholds): boolean {
  return cutOff(path, thresholds) !== 'none' && (path.data?.open ?? 0) > 0;
}

/** Of these pods one has the path, as far as anybody could try: what it calls down is down. */
export function oneHasPath({ verdict, data }: Finding<Journaled>, pods: readonly string[]): boolean {
  if (verdict === 'skipped') return true;
  return data !== null && pods.some((pod) => !data.shut.includes(pod) && !data.untried?.includes(pod));
}
