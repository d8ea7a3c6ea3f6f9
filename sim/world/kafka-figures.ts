import { lagOf, membersOf } from './kafka.ts';
import type { WorldState } from './state.ts';

const BUFFER = 32 * 1024 * 1024;

/** Kafka for a side panel. */
export interface KafkaFigures {
  readonly groups: readonly { readonly name: string; readonly lag: number; readonly members: number }[];
  readonly deadLetters: number;
}

export function figures(state: WorldState): KafkaFigures {
  return {
    groups: [...state.kafka.groups.values()].map((group) => ({
      name: group.name,
      lag: lagOf(state.kafka, group),
      members: membersOf(state, group).length,
    })),
    deadLetters: state.kafka.deadLetters.length,
  };
}

/** What the producers of the order service have free. */
export function producers(
  state: WorldState,
): Record<string, { readonly free: number; readonly total: number }> {
  const { bufferFullBefore } = state.kafka;
  return Object.fromEntries(
    state.pods
      .filter(({ app }) => app === 'order-service')
      .map(({ name, startedAt }) => {
        const full = bufferFullBefore !== null && startedAt <= bufferFullBefore;
        return [name, { free: full ? Math.round(BUFFER * 0.02) : Math.round(BUFFER * 0.97), total: BUFFER }];
      }),
  );
}
