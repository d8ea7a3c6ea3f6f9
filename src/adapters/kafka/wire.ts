import type { Sent } from '../../ports/system-error.ts';
import { failure, refusedWith, tooSlow } from './errors.ts';
import { library } from './library.ts';
import type { Api, Questions } from './protocol.ts';
import { type Access, type Address, openSession, type Session } from './session.ts';

/** Connections that nobody used for so long are ended, ms: what stands between may forget them without a word. */
const IDLE_MS = 30_000;
/** Each of its partitions is the memory of some groups: whoever leads it coordinates them. */
export const GROUPS_TOPIC = '__consumer_offsets';

export interface TopicSeen {
  /** Kafka's error code; 0: none. */
  readonly error: number;
  readonly partitions: readonly {
    readonly partition: number;
    /** Null: none. */
    readonly leader: number | null;
    readonly replicas: number;
    readonly inSync: number;
  }[];
}

export interface ClusterSeen {
  readonly brokers: ReadonlyMap<number, Address>;
  /** Those that were named, by name; where none was, `GROUPS_TOPIC`. */
  readonly topics: ReadonlyMap<string, TopicSeen>;
}

/** The cluster during one call of ours: nothing is asked after the call's deadline, and a broker that failed only once. */
export interface Wire {
  readonly signal: AbortSignal;
  /** Brokers, and partitions of these topics. Makes no topic, whatever the brokers are set to. */
  cluster(topics: readonly string[]): Promise<ClusterSeen>;
  /** @throws SystemError */
  ask<A extends Api>(broker: number, api: A, asks: Questions[A]['asks']): Promise<Questions[A]['answers']>;
  /** From here on a lost answer means that the change may have been made. */
  sending(): void;
}

export interface Connection {
  /** One call of ours. Rejects at its deadline, whatever the library still does. @throws SystemError */
  using<T>(signal: AbortSignal, work: (wire: Wire) => Promise<T>): Promise<T>;
  close(): void;
}

/** One cluster. Connects at the first call. @param brokers where to begin; any of them tells of the others */
export function openConnection(brokers: readonly Address[], access: Access): Connection {
  let current: Held | null = null;

  function open(): Held {
    current ??= { session: library().then((loaded) => openSession(loaded, access)), users: 0 };
    clearTimeout(current.idle);
    current.users += 1;
    return current;
  }

  function release(held: Held): void {
    held.users -= 1;
    if (held.users > 0) return;
    if (held !== current) hangUp(held);
    else held.idle = setTimeout(() => hangUp(held), IDLE_MS).unref();
  }

  function hangUp(held: Held): void {
    clearTimeout(held.idle);
    if (held === current) current = null;
    held.session.then((session) => session.end()).catch(() => undefined);
  }

  return {
    async using(signal, work) {
      let sent: Sent = 'no';
      if (signal.aborted) throw tooSlow(sent);
      const held = open();
      let giveUp: () => void = () => undefined;
      const hungUp = new Promise<never>((_resolve, reject) => {
        giveUp = () => {
          // Whoever comes next must not wait behind what was not answered.
          if (held === current) current = null;
          reject(tooSlow(sent));
        };
        signal.addEventListener('abort', giveUp);
      });
      try {
        const wire = wireOf(held.session, brokers, signal, () => {
          sent = 'maybe';
        });
        return await Promise.race([work(wire), hungUp]);
      } catch (err) {
        throw failure(err, sent);
      } finally {
        signal.removeEventListener('abort', giveUp);
        release(held);
      }
    },
    close() {
      if (current !== null) hangUp(current);
    },
  };
}

/** Connections, and the calls that use them. */
interface Held {
  readonly session: Promise<Session>;
  users: number;
  idle?: NodeJS.Timeout;
}

function wireOf(
  session: Promise<Session>,
  seeds: readonly Address[],
  signal: AbortSignal,
  sending: () => void,
): Wire {
  const failed = new Map<number, Error>();
  let known: ReadonlyMap<number, Address> = new Map();
  let seed: Address | null = null;

  async function send<A extends Api>(to: Address, api: A, asks: Questions[A]['asks']) {
    if (signal.aborted) throw tooSlow('no');
    return await (await session).ask(to, api, asks);
  }

  /** The first of them that takes a connection; nobody waits for one that is down. */
  async function anybody(): Promise<Address> {
    const { reach } = await session;
    return await Promise.any(
      seeds.map(async (to) => {
        await reach(to);
        return to;
      }),
    );
  }

  return {
    signal,
    sending,

    async cluster(topics) {
      seed ??= await anybody();
      const { brokers, topicMetadata } = await send(seed, 'Metadata', {
        // None would mean all; this one is on every cluster that has groups.
        topics: topics.length === 0 ? [GROUPS_TOPIC] : topics,
        allowAutoTopicCreation: false,
      });
      known = new Map(brokers.map(({ nodeId, host, port }) => [nodeId, { host, port }]));
      return {
        brokers: known,
        topics: new Map(
          topicMetadata.map(({ topic, topicErrorCode, partitionMetadata }) => [
            topic,
            {
              error: topicErrorCode,
              partitions: partitionMetadata
                .map(({ partitionId, leader, replicas, isr }) => ({
                  partition: partitionId,
                  leader: known.has(leader) ? leader : null,
                  replicas: replicas.length,
                  inSync: isr.length,
                }))
                .sort((one, other) => one.partition - other.partition),
            },
          ]),
        ),
      };
    },

    async ask(broker, api, asks) {
      const before = failed.get(broker);
      if (before !== undefined) throw before;
      const to = known.get(broker);
      if (to === undefined) throw refusedWith(15, `broker ${broker}`);
      try {
        return await send(to, api, asks);
      } catch (err) {
        // A broker that is silent would take the time of all that could still be asked.
        if (err instanceof Error) failed.set(broker, err);
        throw err;
      }
    },
  };
}
