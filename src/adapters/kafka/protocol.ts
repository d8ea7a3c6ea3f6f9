import type { Library } from './library.ts';

export interface Partitions<Of> {
  readonly topic: string;
  readonly partitions: readonly Of[];
}

/** What we ask brokers, by Kafka's name of the request, as kafkajs takes it and gives it back. Offsets are texts. */
export interface Questions {
  Metadata: {
    asks: {
      /** Empty: all there are. */
      readonly topics: readonly string[];
      readonly allowAutoTopicCreation: false;
    };
    answers: {
      readonly brokers: readonly { readonly nodeId: number; readonly host: string; readonly port: number }[];
      readonly topicMetadata: readonly {
        readonly topicErrorCode: number;
        readonly topic: string;
        readonly partitionMetadata: readonly {
          readonly partitionErrorCode: number;
          readonly partitionId: number;
          /** −1: none. */
          readonly leader: number;
          readonly replicas: readonly number[];
          readonly isr: readonly number[];
        }[];
      }[];
    };
  };
  GroupCoordinator: {
    asks: { readonly groupId: string };
    answers: { readonly errorCode: number; readonly coordinator: { readonly nodeId: number } };
  };
  ListGroups: {
    asks: object;
    answers: {
      readonly errorCode: number;
      readonly groups: readonly { readonly groupId: string; readonly protocolType: string }[];
    };
  };
  DescribeGroups: {
    asks: { readonly groupIds: readonly string[] };
    answers: {
      readonly groups: readonly {
        readonly errorCode: number;
        readonly groupId: string;
        readonly state: string;
        readonly protocolType: string;
        readonly members: readonly { readonly memberAssignment: Buffer | null }[];
      }[];
    };
  };
  OffsetFetch: {
    asks: {
      readonly groupId: string;
      /** Empty: all that the group has committed. */
      readonly topics: readonly Partitions<{ readonly partition: number }>[];
    };
    answers: {
      readonly errorCode: number;
      readonly responses: readonly Partitions<{
        readonly partition: number;
        /** −1: nothing is committed. */
        readonly offset: string;
        readonly errorCode: number;
      }>[];
    };
  };
  OffsetCommit: {
    asks: {
      readonly groupId: string;
      readonly groupGenerationId: number;
      readonly memberId: string;
      readonly topics: readonly Partitions<{ readonly partition: number; readonly offset: string }>[];
    };
    answers: {
      readonly responses: readonly Partitions<{ readonly partition: number; readonly errorCode: number }>[];
    };
  };
  ListOffsets: {
    asks: {
      readonly replicaId: -1;
      readonly isolationLevel: Isolation;
      readonly topics: readonly Partitions<{
        readonly partition: number;
        /** Epoch ms: the first message from then on. −1: the end, −2: the beginning. */
        readonly timestamp: number;
      }>[];
    };
    answers: {
      readonly responses: readonly Partitions<{
        readonly partition: number;
        readonly errorCode: number;
        /** −1: there is none from that time on. */
        readonly offset: string;
      }>[];
    };
  };
  Fetch: {
    asks: {
      readonly replicaId: -1;
      readonly isolationLevel: Isolation;
      readonly maxWaitTime: number;
      readonly minBytes: number;
      readonly maxBytes: number;
      readonly topics: readonly Partitions<{
        readonly partition: number;
        readonly fetchOffset: string;
        readonly maxBytes: number;
      }>[];
    };
    answers: Fetched;
  };
  Produce: {
    asks: {
      readonly acks: -1;
      /** ms that the broker waits for its replicas. */
      readonly timeout: number;
      readonly topicData: readonly Partitions<{
        readonly partition: number;
        readonly messages: readonly {
          readonly key: Buffer | null;
          readonly value: Buffer | null;
          readonly headers: Readonly<Record<string, Buffer | string | readonly (Buffer | string)[]>>;
        }[];
      }>[];
    };
    answers: {
      readonly topics: readonly {
        readonly topicName: string;
        readonly partitions: readonly { readonly errorCode: number; readonly baseOffset: string }[];
      }[];
    };
  };
}
export type Api = keyof Questions;

/** 0 sees also what transactions have not committed, 1 does not. */
export type Isolation = 0 | 1;

interface Fetched {
  readonly errorCode: number;
  readonly responses: readonly Partitions<FetchedPartition>[];
}

export interface FetchedPartition {
  readonly partition: number;
  readonly errorCode: number;
  readonly abortedTransactions: readonly { readonly producerId: bigint; readonly firstOffset: bigint }[];
  /** Record batches as they lie in the log; the last may be cut off. */
  readonly batches: Buffer;
}

/**
 * kafkajs' own reading of a fetch fails as a whole where one batch is packed in a way that it cannot unpack, and does not say
 * which offsets a batch covers.
 */
export const FETCH_VERSION = 11;
export async function decodeFetch(raw: Buffer, { Decoder }: Library): Promise<Fetched> {
  const decoder = new Decoder(raw);
  const clientSideThrottleTime = decoder.readInt32();
  const errorCode = decoder.readInt16();
  decoder.readInt32();
  const responses = decoder.readArray((topic) => ({
    topic: topic.readString() ?? '',
    partitions: topic.readArray((one) => {
      const partition = one.readInt32();
      const partitionError = one.readInt16();
      // The high watermark, the last stable offset and the log's start.
      for (let skipped = 0; skipped < 3; skipped += 1) one.readInt64();
      const abortedTransactions = one.readArray((transaction) => ({
        producerId: transaction.readInt64(),
        firstOffset: transaction.readInt64(),
      }));
      one.readInt32();
      const batches = one.readBytes() ?? Buffer.alloc(0);
      return { partition, errorCode: partitionError, abortedTransactions, batches };
    }),
  }));
  return Object.assign({ errorCode, responses }, { clientSideThrottleTime });
}
