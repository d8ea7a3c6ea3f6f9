import type { OmsYaml } from './schema.ts';

/** What a file may say and yet is seldom meant, one sentence each; the bot starts all the same. Pure. */
export function warnings(oms: OmsYaml): readonly string[] {
  const { approvals, teams, metrics } = oms;
  const nobody = (key: 'responders' | 'approvers' | 'managers', words: string) =>
    approvals[key].length === 0 ? [`approvals.${key} is empty: nobody may approve${words}.`] : [];
  return [
    ...nobody('responders', ''),
    ...nobody('approvers', ' guarded actions'),
    ...(approvals.byAction['R66'] === undefined ? nobody('managers', ' returns (R66)') : []),
    ...sharedChannels(teams, oms.channels.alerts),
    ...sameLabels(oms.alerts.rules),
    ...(/^[A-Za-z_]\w*$/.test(oms.alerts.environmentLabel)
      ? []
      : [
          `alerts.environmentLabel: Prometheus before 3 knows no label ${oms.alerts.environmentLabel} and refuses the rules of \`oms config render\`; letters, digits and _ do.`,
        ]),
    ...patterns(oms),
    ...((metrics.bufferFree === undefined) === (metrics.bufferTotal === undefined)
      ? []
      : [
          'metrics.bufferFree and metrics.bufferTotal go together: with one alone X12 cannot say how much is free.',
        ]),
  ];
}

/** What the runbook asks to have ready before the trouble (1.N4, 5.N3), and no mistake in a file. Pure. */
export function unprepared({
  payments,
  carriers,
}: Pick<OmsYaml, 'payments' | 'carriers'>): readonly string[] {
  const few = carriers.countries !== undefined && Object.keys(carriers.countries).length < 2;
  return [
    ...(payments.backup === undefined
      ? [
          'No second payment processor is configured (payments.backup): an outage of the first stops all payments.',
        ]
      : []),
    ...(few
      ? ['Only one carrier is configured (carriers.countries): an outage of it stops all shipping.']
      : []),
  ];
}

function sharedChannels(teams: OmsYaml['teams'], alerts: string): readonly string[] {
  const by = new Map<string, string[]>([[alerts, ['channels.alerts']]]);
  for (const [team, { channel }] of Object.entries(teams))
    by.set(channel, [...(by.get(channel) ?? []), `teams.${team}`]);
  return [...by]
    .filter(([, keys]) => keys.length > 1)
    .map(
      ([channel, keys]) =>
        `${keys.slice(0, -1).join(', ')} and ${keys.at(-1)} share ${channel}: an escalation from one to the other calls nobody new.`,
    );
}

/** Two rules that mean two runbooks by the same labels: both are taken, which is seldom meant. */
function sameLabels(rules: OmsYaml['alerts']['rules']): readonly string[] {
  const labels = ({ match }: (typeof rules)[number]) => JSON.stringify(Object.entries(match).sort());
  return rules.flatMap((rule, at) => {
    const before = rules.findIndex((other) => labels(other) === labels(rule));
    const { runbook = '' } = rules[before] ?? {};
    return before === at || runbook === rule.runbook
      ? []
      : [
          `alerts.rules.${before} and alerts.rules.${at} want the same labels: such an alert opens two incidents, ${runbook} and ${rule.runbook}.`,
        ];
  });
}

/** As people write regular expressions; what is looked for by us is looked for as it stands. */
const PATTERN = /^\/.*\/[a-z]*$|^[~^]|\.[*+]|\\[bdsw.]|\(\?|\$$/;

function patterns({ alerts, logPatterns }: OmsYaml): readonly string[] {
  const labels = alerts.rules.map(({ match }) => ({ match }));
  return [...textsIn('alerts.rules', labels), ...textsIn('logPatterns', logPatterns)]
    .filter(([, text]) => PATTERN.test(text))
    .map(
      ([key, text]) =>
        `${key}: ${text} reads like a regular expression, and is compared as it stands: only that very text fits.`,
    );
}

/** Every text below a key. */
function textsIn(key: string, value: unknown): readonly (readonly [key: string, text: string])[] {
  if (typeof value === 'string') return [[key, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => textsIn(`${key}.${name}`, inner));
}
