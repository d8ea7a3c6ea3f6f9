import { GROUP_LABELS } from '../domain/alert.ts';
import { defineRunbook } from './define-runbook.ts';
import { advice } from './kafka-lag/advice.ts';
import { byHand } from './kafka-lag/by-hand.ts';
import { causes } from './kafka-lag/causes.ts';
import { checks, type KafkaData } from './kafka-lag/checks.ts';
import { measureImpact } from './kafka-lag/impact.ts';
import { knowledge } from './kafka-lag/knowledge.ts';
import { replayLetters } from './kafka-lag/replay.ts';
import { resetGroup } from './kafka-lag/reset.ts';
import { undoReset } from './kafka-lag/reset-undo.ts';
import { restartGroup, restartService } from './kafka-lag/restart.ts';
import { skipMessage } from './kafka-lag/skip.ts';
import { startConsumers, stopConsumers } from './kafka-lag/stop.ts';
import { orderWorkload } from './names.ts';
import { rollBackOf } from './roll-back.ts';
import { consumersOf } from './shared/consumers.ts';

/** Runbook 7: events are published late or not at all, or consumers fall behind. */
export const kafkaLag = defineRunbook<KafkaData>({
  id: 'kafka-lag',
  number: 7,
  title: 'Kafka event publishing lag',
  codes: ['KAFKA_PUBLISH_FAILED', 'EVENT_LAG_HIGH', 'CONSUMER_LAG'],
  words: ['kafka', 'lag', 'consumer', 'event'].flatMap((what) =>
    ['behind', 'high', 'failed'].map((how) => [what, how]),
  ),
  owner: {
    labels: GROUP_LABELS,
    whose: (code, value, { kafka }) =>
      code !== 'KAFKA_PUBLISH_FAILED' && value === kafka.inventoryGroup
        ? 'inventory-reservation'
        : 'kafka-lag',
  },
  severity: 'high',
  team: 'orders',
  checks,
  about: (names) => ({
    workloads: [
      orderWorkload(names),
      ...Object.keys(names.kafka.consumers).flatMap((group) => consumersOf(names, group) ?? []),
    ],
    secrets: [],
  }),
  causes,
  actions: [
    restartGroup,
    stopConsumers,
    skipMessage,
    startConsumers,
    replayLetters,
    restartService,
    rollBackOf<KafkaData>({ runbook: 'kafka-lag', causes, state: ({ findings }) => findings.service.data }),
    resetGroup,
    undoReset,
  ],
  advice,
  byHand,
  knowledge,
  impact: {
    means: 'orders whose events are dead letters ÷ orders that changed',
    measure: measureImpact,
  },
  atOnce: () => null,
});
