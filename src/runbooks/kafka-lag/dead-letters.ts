import { broken, healthy } from '../../domain/finding.ts';
import type { DeadLettersSeen } from '../../ports/kafka.ts';
import type { Asking, Check } from '../define-runbook.ts';
import { curl } from '../names.ts';
import { spell } from '../shared/spell.ts';
import { isSerialization } from './producer.ts';

const DAY = 86_400_000;

export interface Letters {
  readonly total: number;
  /** Epoch ms; null: none, or nobody says. */
  readonly oldestAt: number | null;
  /** Events that cannot be written down: they would fail the same way again. */
  readonly serialization: number;
}

/** X13: what was put aside, from the topic of dead letters where one is configured, else from the service. */
export const deadLetters: Check<Letters> = {
  step: 'X13',
  title: 'How many events were put aside?',
  system: 'Kafka',
  source: null,
  equivalent: (names) => {
    const { bootstrap, deadLetterTopic, deadLetterGroup } = names.kafka;
    if (deadLetterTopic === null) return curl(names, names.paths.failedEvents ?? '<path of failed events>');
    return deadLetterGroup === null
      ? `kafka-get-offsets --bootstrap-server ${bootstrap} --topic ${deadLetterTopic}`
      : `kafka-consumer-groups --bootstrap-server ${bootstrap} --describe --group ${deadLetterGroup}`;
  },
  deadlineMs: 4_000,
  async look(ask) {
    const { now, thresholds } = ask;
    const seen = await readLetters(ask);
    if (seen.total === 0) return healthy('No event waits among the dead letters.', seen);
    const { oldestAt } = seen;
    const leaves =
      oldestAt === null
        ? ''
        : `, the oldest for ${spell(now - oldestAt)}; it is dropped in ${spell(oldestAt + thresholds.deadLettersDays * DAY - now)}`;
    const never =
      seen.serialization === 0
        ? ''
        : ` ${seen.serialization} of them cannot be serialized and would fail the same way again.`;
    const rest = seen.whole ? '' : ' Only the newest of them were read for why.';
    const line = `${seen.total} ${seen.total === 1 ? 'event waits' : 'events wait'} among the dead letters${leaves}.${never}${rest}`;
    return broken(
      line,
      seen,
      Object.entries(seen.byClass).map(([name, count]) => `${name}  ${count}`),
    );
  },
};

type Reading = Pick<Asking, 'probes' | 'names' | 'signal'>;

/** @throws AbsentSystem where neither place is configured */
async function readAll({ probes, names, signal }: Reading): Promise<DeadLettersSeen> {
  const { deadLetterTopic, deadLetterGroup } = names.kafka;
  return deadLetterTopic === null
    ? { ...(await probes.orderService.failedEvents(signal)), whole: true }
    : await probes.kafka.deadLetters(deadLetterTopic, deadLetterGroup, signal);
}

/** Orders whose events were put aside since then; null: the letters do not all say of which order they are. */
export async function ordersWithLetters(ask: Reading, since: number): Promise<number | null> {
  const { orders } = await readAll(ask);
  return orders === null ? null : orders.filter(({ at }) => at >= since).length;
}

/** @throws AbsentSystem where neither place is configured */
export async function readLetters(
  ask: Reading,
): Promise<Letters & Pick<DeadLettersSeen, 'byClass' | 'whole'>> {
  const { total, oldestAt, byClass, whole } = await readAll(ask);
  const serialization = Object.entries(byClass).reduce(
    (sum, [name, count]) => sum + (isSerialization(name) ? count : 0),
    0,
  );
  return { total, oldestAt, byClass, whole, serialization };
}
