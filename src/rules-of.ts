import type { Config } from './config.ts';
import { DUTY_TEAMS } from './domain/duty.ts';
import type { IntakeRules } from './intake/rules.ts';
import { namesOf } from './names-of.ts';
import { type Rules, TIMING, type Timing } from './pipeline/rules.ts';
import { CATALOGUE } from './runbooks/catalogue.ts';
import type { Names } from './runbooks/names.ts';

/** The configuration in the pipeline's words. */
export function rulesOf({ oms, env }: Config, pager: boolean, timing: Timing = TIMING): Rules {
  return {
    environment: oms.environment,
    service: oms.service.name,
    criticality: oms.service.criticality,
    escalation: oms.escalation,
    approvals: oms.approvals,
    channels: {
      alerts: oms.channels.alerts,
      orders: oms.teams.orders.channel,
      payments: oms.teams.payments.channel,
      catalog: oms.teams.catalog.channel,
      platform: oms.teams.platform.channel,
    },
    dutyChannels: Object.fromEntries(
      DUTY_TEAMS.flatMap((team) => {
        const channel = oms.channels[team];
        return channel === undefined ? [] : [[team, channel]];
      }),
    ),
    groupOwners: Object.fromEntries(
      Object.entries(oms.kafka.consumers).flatMap(([group, { team }]) =>
        team === undefined ? [] : [[group, team]],
      ),
    ),
    links: Object.fromEntries(
      Object.entries(oms.links).filter((link): link is [string, string] => link[1] !== undefined),
    ),
    people: [oms.people.teamLead, oms.people.engineeringManager].filter((person) => person !== undefined),
    pager,
    names: namesOf(oms, env),
    thresholds: oms.thresholds,
    timing,
    lookEveryMs: oms.lookEverySeconds * 1_000,
  };
}

/** The configuration in intake's words. @param own who the bot is in Slack, so that it does not hear itself */
export function intakeRulesOf({ oms }: Config, own: IntakeRules['own']): IntakeRules {
  const names = namesOf(oms);
  return {
    environment: oms.environment,
    environmentLabel: oms.alerts.environmentLabel,
    scopeLabels: oms.alerts.scopeLabels,
    runbooks: CATALOGUE.map(({ id, codes, words, namedWords }) => ({
      id,
      codes,
      words: [...words, ...(namedWords?.(names) ?? [])],
    })),
    labelRules: oms.alerts.rules,
    ownLabels: ownLabels(names),
    owners: CATALOGUE.flatMap(({ id, owner }) =>
      owner === undefined
        ? []
        : [
            {
              runbook: id,
              labels: owner.labels,
              whose: (code: string | null, value: string) => owner.whose(code, value, names),
            },
          ],
    ),
    trustedSenders: oms.trustedSenders,
    own,
  };
}

/** Labels by which the runbooks themselves know an alert. */
function ownLabels(names: Names): IntakeRules['ownLabels'] {
  return CATALOGUE.flatMap(({ id, labels }) =>
    (labels?.(names) ?? []).map((match) => ({ match, runbook: id })),
  );
}
