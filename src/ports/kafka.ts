export interface PartitionLag {
  readonly topic: string;
  readonly partition: number;
  /** Null: nothing is committed. */
  readonly committed: number | null;
  readonly end: number;
  /** Messages behind; without a commit all that the partition holds. */
  readonly lag: number;
}

export interface GroupLag {
  readonly group: string;
  /**
   * *new protocol*: a KIP-848 group; its members cannot be counted and its offsets are never set through a client that calls it
   * *Dead* (measured, docs/decisions/0014).
   */
  readonly kind: 'classic' | 'new protocol';
  /** Kafka's own word: *Stable*, *Empty*, *PreparingRebalance*, *CompletingRebalance*, *Dead*. */
  readonly state: string;
  /** Null: cannot be told. */
  readonly members: number | null;
  /** By topic and partition. */
  readonly partitions: readonly PartitionLag[];
  readonly lag: number;
}

export interface GroupsSeen {
  /** The worst first. */
  readonly groups: readonly GroupLag[];
  /** Groups and partitions that could not be read, one sentence each. */
  readonly problems: readonly string[];
}

export interface TopicHealth {
  readonly topic: string;
  readonly partitions: number;
  /** Partitions without a leader. */
  readonly offline: readonly number[];
  /** Partitions with fewer replicas in sync than there should be. */
  readonly underReplicated: readonly number[];
  /** Host and port by broker id. */
  readonly brokers: readonly { readonly id: number; readonly address: string; readonly leads: number }[];
}

export interface OrderEventsQuestion {
  readonly topic: string;
  /** Each is looked for from its own time, epoch ms of Kafka's clock: just before it was made. The youngest first. */
  readonly orders: readonly { readonly order: string; readonly from: number }[];
  /** For all of them together. */
  readonly mostMessages: number;
}

export interface OrderEventsSeen {
  /** By time. */
  readonly events: readonly { readonly order: string; readonly type: string; readonly at: number }[];
  /**
   * Orders of which every message since then was read, so that what is not there is *missing*. The others: the bound of
   * time or messages was reached first, a partition or a message that may be theirs could not be read, or what is that old
   * is no longer kept.
   */
  readonly whole: readonly string[];
  /** Messages that may be events of these orders and cannot be read as such. */
  readonly unread: number;
}

export interface MessageSeen {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Epoch ms, by the topic's clock. */
  readonly at: number;
  readonly bytes: number;
  /** At most 120 characters, printable; foreign text, unmasked. Null: it has none. */
  readonly key: string | null;
}

export interface DeadLettersSeen {
  readonly total: number;
  readonly oldestAt: number | null;
  /** By error class, as the messages' headers name it. */
  readonly byClass: Readonly<Record<string, number>>;
  /** False: only the newest were read. */
  readonly whole: boolean;
  /** The orders that they are about; null: not every one was read, or names an order. */
  readonly orders: readonly DeadOrder[] | null;
}

export interface DeadOrder {
  readonly order: string;
  /** When its newest dead letter was put aside, epoch ms. */
  readonly at: number;
}

/** An offset that is to be set, and what must stand there before. */
export interface OffsetChange {
  readonly topic: string;
  readonly partition: number;
  /** Null: nothing was committed. */
  readonly from: number | null;
  readonly to: number;
}

/** Reads only. Throws SystemError. */
export interface KafkaProbe {
  /** R11, R46: in a handful of requests whatever the number of groups. */
  groups(wanted: readonly string[] | 'all', signal: AbortSignal): Promise<GroupsSeen>;
  /** R49; null: there is no such topic. */
  topic(name: string, signal: AbortSignal): Promise<TopicHealth | null>;
  /** R17. */
  orderEvents(question: OrderEventsQuestion, signal: AbortSignal): Promise<OrderEventsSeen>;
  /** X13, where a topic of dead letters and its replayer's group are configured. */
  deadLetters(topic: string, group: string | null, signal: AbortSignal): Promise<DeadLettersSeen>;
  /** One message without its value; null: it is not there (any more). */
  message(topic: string, partition: number, offset: number, signal: AbortSignal): Promise<MessageSeen | null>;
  /** When the messages between two offsets of a partition were written, for the preview of a reset. */
  span(
    topic: string,
    partition: number,
    from: number,
    to: number,
    signal: AbortSignal,
  ): Promise<{ readonly firstAt: number; readonly lastAt: number } | null>;
}

export interface KafkaLever {
  /**
   * R51 and its revert: sets exactly these offsets of a group without members, if what stands there is still `from`.
   * Throws SystemError *refused* with `sent: 'no'` for a group with members or of the new protocol, or offsets that moved.
   */
  setOffsets(group: string, changes: readonly OffsetChange[], signal: AbortSignal): Promise<string>;
  /** R51 narrow: copies one message, with where it came from in its headers, before it is skipped. */
  park(
    from: { readonly topic: string; readonly partition: number; readonly offset: number },
    to: string,
    key: string,
    signal: AbortSignal,
  ): Promise<string>;
}
