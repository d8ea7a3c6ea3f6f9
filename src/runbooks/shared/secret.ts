import { broken, healthy } from '../../domain/finding.ts';
import type { Check } from '../define-runbook.ts';
import { type Names, orderWorkload } from '../names.ts';
import { count } from './log-check.ts';
import { spell } from './spell.ts';

export interface SecretSeen {
  readonly changedAt: number | null;
  readonly expiresAt: number | null;
  /** Past its expiry, and nobody has changed it since. */
  readonly expired: boolean;
  /** Pods that started before the last change; they may still hold the old key. Null: the pods were not seen. */
  readonly olderPods: number | null;
}

/** R6, R33: a secret's key names and times, never a value, and which pods are older than its last change. */
export function secretCheck(given: {
  readonly step: Check<SecretSeen>['step'];
  readonly title: string;
  readonly source: string;
  /** In words, *The gateway’s credentials*. */
  readonly whose: string;
  readonly wanted: (names: Names) => { readonly secret: string; readonly expiryAnnotation: string | null };
}): Check<SecretSeen> {
  const { whose } = given;
  return {
    step: given.step,
    title: given.title,
    system: 'Kubernetes',
    source: given.source,
    equivalent: (names) => keyNames(names, given.wanted(names).secret),
    instead: 'The runbook’s command prints the credentials; this one prints key names and times.',
    deadlineMs: 4_000,
    async look({ probes, names, now, signal }) {
      const { namespace } = names.orderService;
      const { secret, expiryAnnotation } = given.wanted(names);
      const [facts, pods] = await Promise.all([
        probes.kubernetes.secret(namespace, secret, expiryAnnotation, signal),
        probes.kubernetes.pods(orderWorkload(names), signal).catch(() => null),
      ]);
      if (facts === null) {
        const none: SecretSeen = { changedAt: null, expiresAt: null, expired: false, olderPods: null };
        return broken(`There is no secret ${secret} in ${namespace}.`, none);
      }
      const { changedAt, expiresAt, keys } = facts;
      const past = expiresAt !== null && expiresAt <= now;
      const renewed = past && changedAt !== null && changedAt > expiresAt;
      const olderPods =
        changedAt === null || pods === null
          ? null
          : pods.filter(({ createdAt }) => createdAt < changedAt).length;
      const seen: SecretSeen = { changedAt, expiresAt, expired: past && !renewed, olderPods };
      const evidence = keys.map((key) => `key ${key}`);
      const changed =
        changedAt === null ? 'nobody recorded when it changed' : `changed ${spell(now - changedAt)} ago`;
      if (past && !renewed)
        return broken(`${whose} expired ${spell(now - expiresAt)} ago; ${changed}.`, seen, evidence);
      const old =
        olderPods !== null && olderPods > 0
          ? ` ${count(olderPods, 'pod', 'pods')} started before that and may hold the old key.`
          : '';
      const stale = renewed ? ' They were renewed after the expiry that their annotation names.' : '';
      return healthy(
        `${whose}: ${count(keys.length, 'key', 'keys')}, ${changed}.${old}${stale}`,
        seen,
        evidence,
      );
    },
  };
}

/** What to type: key names and times, no value. */
export function keyNames(
  { orderService: { namespace } }: Pick<Names, 'orderService'>,
  secret: string,
): string {
  return `kubectl -n ${namespace} get secret ${secret} --show-managed-fields -o go-template='{{range $key, $value := .data}}{{$key}}{{"\\n"}}{{end}}{{range .metadata.managedFields}}{{.time}} {{.manager}}{{"\\n"}}{{end}}'`;
}
