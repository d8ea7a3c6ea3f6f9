import { refuse, refusedWith } from './errors.ts';
import type { Wire } from './wire.ts';

/** Which broker knows of a group. */
export async function coordinatorOf(wire: Wire, brokers: Iterable<number>, group: string): Promise<number> {
  for (const broker of brokers) {
    const { errorCode, coordinator } = await wire.ask(broker, 'GroupCoordinator', { groupId: group });
    if (errorCode !== 0) throw refusedWith(errorCode, group);
    return coordinator.nodeId;
  }
  throw refuse('Kafka names no broker.', 'failed');
}
