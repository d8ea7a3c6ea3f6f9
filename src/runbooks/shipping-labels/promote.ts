import type { ProofSample, Run } from '../../domain/run.ts';
import type { SecretPair } from '../../ports/kubernetes.ts';
import type { Action, Judging, Proving } from '../define-runbook.ts';
import { type Names, orderWorkload } from '../names.ts';
import { reasonField, wrongReason } from '../shared/reason.ts';
import { carrierNow } from './carrier-now.ts';
import { stands } from './causes.ts';
import type { ShippingData } from './checks.ts';
import { nothingNew } from './staged.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** Runs that put new credentials in use, also those of which nobody knows whether they did; the newest last. */
function promotions({ incident }: Judging<ShippingData>): readonly Run[] {
  return incident.runs.filter(
    ({ action, state, outcome }) => action === 'R35' && state === 'ended' && outcome !== 'failed',
  );
}

async function pairNow({ probes, names, signal }: Proving): Promise<SecretPair> {
  const { secret, staged } = names.carrier;
  return await probes.kubernetes.secretPair(names.orderService.namespace, secret, staged, signal);
}

/** Under this the promotion keeps each value that it replaces, in the same secret (docs/decisions/0018). */
const KEPT = 'oms-bot.previous.';
const EVERY_KEY = '{{printf "  %s: %q\\n" $key $value}}';
const KEPT_KEYS = `{{if gt (len $key) ${KEPT.length}}}{{if eq (slice $key 0 ${KEPT.length}) "${KEPT}"}}{{printf "  %s: %q\\n" (slice $key ${KEPT.length}) $value}}{{end}}{{end}}`;

/** What a person may type: the values go from one secret to the other, past every screen and command line. */
function copied({ orderService: { namespace } }: Names, from: string, to: string, keys: string): string {
  const data = `{{"data:\\n"}}{{range $key, $value := .data}}${keys}{{end}}`;
  return `kubectl -n ${namespace} get secret ${from} -o go-template='${data}' | kubectl -n ${namespace} patch secret ${to} --type merge --patch-file /dev/stdin`;
}

/** R35. Whoever holds the new key has staged it; no value passes through Slack, a log or our database. */
export const promoteCredentials: Action<ShippingData> = {
  step: 'R35',
  title: 'Put the staged credentials in use',
  tier: 'guarded',
  source:
    'kubectl create secret generic shipping-carrier-credentials \\\n  --from-literal=api-key=$NEW_API_KEY --dry-run=client -o yaml | kubectl apply -f -',
  instead:
    'A key never stands in a command line: whoever holds it puts it into the staged secret, and it is taken from there.',
  parameters: ['staged secret', 'reason'],
  equivalent: (names) => copied(names, names.carrier.staged, names.carrier.secret, EVERY_KEY),
  notes: ['The values before stay in the cluster, so that this can be taken back.'],
  rule: () => ({
    when: 'The carrier refuses our key or it has expired (5.C3).',
    notWhile: [
      'The present key works (R31).',
      'The staged secret is missing, empty, or the same as the present one.',
      'The secrets could not be looked at.',
    ],
  }),
  draft({ findings, names, thresholds }) {
    const pair = findings.staged.data;
    if (pair === null) return [];
    const { secret, staged } = names.carrier;
    return [
      {
        targets: [`secret/${secret}`],
        parameters: { staged, present: pair.secret ?? '', next: pair.staged ?? '' },
        preview: [
          `${secret} gets the values of ${staged} (${pair.stagedKeys.join(', ') || 'no key'}).`,
          'Pods read it at their start: restart the service next.',
        ],
        binding: {
          kind: 'exact',
          expected: `${pair.secret ?? 'none'}/${pair.staged ?? 'none'}`,
          words: 'Only while neither of the two secrets changes.',
        },
        fields: [reasonField(thresholds, 'Reason, for the audit log')],
      },
    ];
  },
  when: (judging) =>
    stands(judging, '5.C3') ? 'the carrier refuses our key, and a new one is staged' : null,
  notWhile({ findings, names }) {
    const pair = findings.staged.data;
    if (pair === null) return 'the secrets could not be looked at';
    if (pair.secret === null) return `there is no secret ${names.carrier.secret}`;
    if (findings.carriers.verdict === 'healthy') return 'the present key works';
    return nothingNew(pair, names.carrier.staged);
  },
  validate: ({ reason }, { thresholds }) => wrongReason(reason, thresholds),
  async stillHolds(proving, run) {
    const pair = await pairNow(proving);
    const { present, next } = run.parameters;
    if (pair.secret !== present || pair.staged !== next)
      return { changed: 'somebody has changed one of the two secrets meanwhile' };
    const nothing = nothingNew(pair, proving.names.carrier.staged);
    return nothing === null
      ? { targets: run.targets, dropped: [], noted: { stamp: run.id } }
      : { changed: nothing };
  },
  async apply(_target, { present, next, stamp }, { levers, names, signal }) {
    const { secret, staged } = names.carrier;
    return await levers.kubernetes.promoteSecret(
      names.orderService.namespace,
      { secret, staged, expected: { secret: present ?? '', staged: next ?? '' }, stamp: stamp ?? '' },
      signal,
    );
  },
  async readBack(_target, { present, stamp }, proving) {
    const { secret, promotedBy } = await pairNow(proving);
    if (promotedBy === stamp) return 'done';
    // Whoever changed it since may have written over ours.
    return secret === present ? 'not done' : 'unknown';
  },
  proof: {
    plan: ({ rolloutMinutes }) => ({
      everyMs: 15 * SECOND,
      withinMs: 10 * MINUTE,
      alike: 3,
      // Somebody has to restart the pods first (R36), and the rollout has its own time.
      settleMs: 3 * rolloutMinutes * MINUTE,
      settleEveryMs: 15 * SECOND,
      words: 'Once the pods are restarted (R36), the carrier takes the key within 10 min.',
    }),
    sample: afterRestart,
  },
  mitigates: false,
  owes: [],
};

/** Proven together with R36: until every pod has started anew, nothing can be said. */
async function afterRestart(proving: Proving): Promise<Omit<ProofSample, 'at'>> {
  const { probes, names, run, signal } = proving;
  const [facts, pods] = await Promise.all([
    probes.kubernetes.secret(
      names.orderService.namespace,
      names.carrier.secret,
      names.carrier.expiryAnnotation,
      signal,
    ),
    probes.kubernetes.pods(orderWorkload(names), signal),
  ]);
  const changedAt = facts?.changedAt ?? null;
  if (changedAt === null)
    return {
      moved: [],
      unknown: run.targets,
      line: 'When the secret changed cannot be told, so nobody knows which pods hold the new key.',
      value: null,
      worse: false,
    };
  const older = pods.filter(({ createdAt }) => createdAt < changedAt).length;
  if (older > 0)
    return {
      moved: [],
      unknown: [],
      line: `${older} of ${pods.length} pods started before the change; restart the service (R36).`,
      value: null,
      worse: false,
      settling: true,
    };
  return await carrierNow(proving, run.targets[0] ?? '');
}

const { instead: _instead, ...alike } = promoteCredentials;

/** R35's undo: what was in use before is in use again. */
export const revertCredentials: Action<ShippingData> = {
  ...alike,
  step: 'R35-undo',
  title: 'Put the credentials back',
  source: null,
  parameters: ['reason'],
  equivalent: (names) => copied(names, names.carrier.secret, names.carrier.secret, KEPT_KEYS),
  notes: ['The carrier may refuse the earlier key as well: it ran out.'],
  draft(judging) {
    const { findings, names, thresholds } = judging;
    const pair = findings.staged.data;
    const [newest] = promotions(judging).slice(-1);
    if (pair === null || newest === undefined) return [];
    if (!pair.revertable || pair.promotedBy !== newest.parameters['stamp']) return [];
    const { secret } = names.carrier;
    return [
      {
        targets: [`secret/${secret}`],
        parameters: { present: pair.secret ?? '', promoted: newest.parameters['stamp'] ?? '' },
        preview: [
          `${secret} gets the values back that it had before “${newest.title}”.`,
          'Pods read it at their start: restart the service next.',
        ],
        binding: {
          kind: 'exact',
          expected: pair.secret ?? 'none',
          words: 'Only while nobody else changes the secret.',
        },
        fields: [reasonField(thresholds, 'Reason, for the audit log')],
      },
    ];
  },
  when(judging) {
    const verdicts = judging.incident.runs
      .filter(({ action }) => action === 'R35' || action === 'R36')
      .map(({ proof }) => proof?.verdict ?? null);
    const newest = verdicts.at(-1) ?? null;
    return newest === 'did not help' || newest === 'made it worse'
      ? 'the new credentials did not help'
      : null;
  },
  notWhile: ({ findings }) =>
    findings.carriers.verdict === 'healthy' ? 'the carrier takes the new key' : null,
  async stillHolds(proving, run) {
    const pair = await pairNow(proving);
    const { present, promoted } = run.parameters;
    if (pair.secret !== present || pair.promotedBy !== promoted)
      return { changed: 'somebody has changed the secret meanwhile' };
    if (!pair.revertable) return { changed: 'the values before are not kept any more' };
    return { targets: run.targets, dropped: [] };
  },
  apply: async (_target, { present, promoted }, { levers, names, signal }) =>
    await levers.kubernetes.revertSecret(
      names.orderService.namespace,
      { secret: names.carrier.secret, expected: present ?? '', stamp: promoted ?? '' },
      signal,
    ),
  async readBack(_target, { promoted }, proving) {
    const { promotedBy } = await pairNow(proving);
    if (promotedBy === promoted) return 'not done';
    // Somebody else's promotion came meanwhile, and hides what became of this.
    return promotedBy === null ? 'done' : 'unknown';
  },
  proof: {
    plan: () => ({
      everyMs: 30 * SECOND,
      withinMs: 2 * MINUTE,
      alike: 2,
      words: 'The secret has the values that it had before, within 2 min.',
    }),
    async sample(proving) {
      const { run } = proving;
      const back = (await pairNow(proving)).promotedBy === null;
      return {
        moved: back ? run.targets : [],
        unknown: [],
        line: back ? 'The secret has its earlier values.' : 'The secret has other values than before.',
        value: null,
        worse: false,
      };
    },
  },
};
