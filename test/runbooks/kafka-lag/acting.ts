import type { Run } from '../../../src/domain/run.ts';
import type { KafkaProbe } from '../../../src/ports/kafka.ts';
import type { Levers } from '../../../src/ports/levers.ts';
import type { SystemError } from '../../../src/ports/system-error.ts';
import type { Draft, Findings } from '../../../src/runbooks/define-runbook.ts';
import type { KafkaData } from '../../../src/runbooks/kafka-lag/checks.ts';
import { DEFAULT_THRESHOLDS } from '../../../src/runbooks/thresholds.ts';
import { anIncident, aRun } from '../../support/incidents.ts';
import { aJudging, aProving, fakeProbes } from '../../support/runbooks.ts';
import { aPoison, aStuck, findings, GROUP, NAMES, stuckAt } from './support.ts';

export type Given = Partial<Findings<KafkaData>>;

export const judging = (given: Given, runs: readonly Run[] = [], names = NAMES) =>
  aJudging(findings(given), { names, incident: anIncident([], { runs }) });

export function first(drafts: readonly Draft[]): Draft {
  const [draft] = drafts;
  if (draft === undefined) throw new Error('Nothing was drafted.');
  return draft;
}

export const poisoned = (change = {}) => stuckAt(aStuck({ poison: aPoison, ...change }));
export const inVain = aRun({ action: 'X16', parameters: { group: GROUP } }, { verdict: 'did not help' });
export const skipped = aRun({ action: 'R51-skip', parameters: { group: GROUP } });
/** Nobody has said what runs the group. */
export const NOBODY = { ...NAMES, kafka: { ...NAMES.kafka, consumers: {} } };

/** Levers that remember what was asked of them. */
export function hand(parkFails: SystemError | null = null) {
  const asked: string[] = [];
  const kafka: Levers['kafka'] = {
    park: async ({ topic, partition, offset }, to, key) => {
      asked.push(`park ${topic}-${partition}@${offset} to ${to} as ${key}`);
      if (parkFails !== null) throw parkFails;
      return 'Copied.';
    },
    setOffsets: async (group, changes) => {
      const said = changes.map(({ partition, from, to }) => `${partition}:${from}→${to}`);
      asked.push(`set ${group} ${said.join(' ')}`);
      return 'Set.';
    },
  };
  const scale: Levers['kubernetes']['scale'] = async ({ name }, generation, replicas) => {
    asked.push(`scale ${name} of generation ${generation} to ${replicas}`);
    return 'Scaled.';
  };
  const acting = {
    levers: { kafka, kubernetes: { scale } } as Levers,
    names: NAMES,
    thresholds: DEFAULT_THRESHOLDS,
    licence: { key: 'run-1/x', by: 'U1' },
    signal: new AbortController().signal,
  };
  return { asked, acting };
}

/** A run on the group with these parameters, and what Kafka and Kubernetes say meanwhile. */
export const proving = (
  kafka: Partial<KafkaProbe>,
  parameters: Run['parameters'],
  kubernetes: Parameters<typeof fakeProbes>[0]['kubernetes'] = {},
) =>
  aProving(fakeProbes({ kafka, kubernetes }), {
    names: NAMES,
    run: aRun({ targets: [`group/${GROUP}`], parameters }, {}),
  });
