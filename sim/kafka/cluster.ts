import { type Sent, SystemError, type SystemFault } from '../../src/ports/system-error.ts';
import { brokersUp } from '../world/kafka.ts';
import type { WorldState } from '../world/state.ts';
import type { World } from '../world/world.ts';

const KAFKA = 'Kafka';

/** What a client reaches: the world as it is now, and the brokers that answer. */
export interface Cluster {
  readonly state: WorldState;
  readonly up: readonly number[];
  /** Story time, epoch ms. */
  readonly now: number;
}

/** How a client asks; without a broker it reaches nobody. */
export function connected(world: World) {
  const reached = (state: WorldState, now: number): Cluster => {
    const up = brokersUp(state);
    if (up.length === 0) throw trouble('unreachable', 'Kafka cannot be reached (ECONNREFUSED).', 'no', true);
    return { state, up, now };
  };
  return {
    async look<T>(signal: AbortSignal, work: (cluster: Cluster) => T): Promise<T> {
      inTime(signal);
      return await world.read((state, now) => work(reached(state, now)));
    },
    async change<T>(signal: AbortSignal, work: (cluster: Cluster) => T): Promise<T> {
      inTime(signal);
      return await world.change((state, now) => work(reached(state, now)));
    },
  };
}

/** Surely nothing was changed. */
export function refused(message: string, fault: SystemFault = 'refused'): SystemError {
  return trouble(fault, message, 'no', false);
}

function inTime(signal: AbortSignal): void {
  if (signal.aborted) throw trouble('too slow', 'Kafka did not answer in time.', 'no', true);
}

function trouble(fault: SystemFault, message: string, sent: Sent, mayRetry: boolean): SystemError {
  return new SystemError(KAFKA, fault, message, { sent, mayRetry });
}
