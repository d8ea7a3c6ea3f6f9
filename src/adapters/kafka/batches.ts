import { promisify } from 'node:util';
import { gunzip, type InputType, type ZlibOptions, zstdDecompress } from 'node:zlib';
import { library } from './library.ts';
import type { FetchedPartition } from './protocol.ts';

export interface Message {
  readonly partition: number;
  readonly offset: number;
  /** Epoch ms, by the topic's clock: its writer's or its broker's. */
  readonly at: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer | readonly Buffer[] | null>>;
}

/** Messages that were written together. */
export interface Batch {
  readonly first: number;
  readonly last: number;
  /** Without what a transaction took back, and without the marks of transactions. */
  readonly messages: readonly Message[];
  /** Messages that cannot be unpacked. */
  readonly sealed: number;
  /** Some that were written are no longer there: the topic is compacted. */
  readonly holes: boolean;
}

/** Where things lie in a batch: Kafka's documentation, *Message Format*. Everything before the records is 61 bytes. */
const AT = { length: 8, magic: 16, attributes: 21, lastDelta: 23, producer: 43, count: 57, records: 61 };
const PACKED = 0b111;
const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;
/** The format of batches; those before it are of 2017 and older. */
const FORMAT = 2;
/** Of one batch, unpacked, bytes: one that grows beyond is left sealed. */
const LARGEST = 64 * 1024 * 1024;

type Unpack = (packed: InputType, options: ZlibOptions) => Promise<Buffer>;
/** By Kafka's number; Snappy (2) and LZ4 (3) are not in Node. */
const UNPACK: Readonly<Record<number, Unpack>> = {
  1: promisify(gunzip) as Unpack,
  4: promisify(zstdDecompress) as Unpack,
};

/** What one partition's fetch holds. A batch that was cut off at the end is left out. */
export async function batchesOf({
  partition,
  batches: bytes,
  abortedTransactions,
}: FetchedPartition): Promise<readonly Batch[]> {
  const found: Batch[] = [];
  const toCome = [...abortedTransactions].sort((one, other) => Number(one.firstOffset - other.firstOffset));
  const aborted = new Set<bigint>();
  for (let at = 0; at + AT.attributes <= bytes.length; ) {
    const end = at + AT.length + 4 + bytes.readInt32BE(at + AT.length);
    if (end > bytes.length || end <= at) break;
    const batch = bytes.subarray(at, end);
    at = end;
    const first = Number(batch.readBigInt64BE(0));
    if (batch.readInt8(AT.magic) !== FORMAT) {
      found.push({ first, last: first, messages: [], sealed: 1, holes: false });
      continue;
    }
    const attributes = batch.readInt16BE(AT.attributes);
    const last = first + batch.readInt32BE(AT.lastDelta);
    const producer = batch.readBigInt64BE(AT.producer);
    while (toCome[0] !== undefined && toCome[0].firstOffset <= last)
      aborted.add(toCome.shift()?.producerId ?? -1n);
    const nothing = { first, last, messages: [], sealed: 0, holes: false };
    if ((attributes & CONTROL) !== 0) {
      // Either mark ends what its producer had begun.
      aborted.delete(producer);
      found.push(nothing);
    } else if ((attributes & TRANSACTIONAL) !== 0 && aborted.has(producer)) found.push(nothing);
    else {
      const count = batch.readInt32BE(AT.count);
      const messages = await unpacked(partition, batch, attributes);
      const sealed = messages === null ? count : 0;
      found.push({ first, last, messages: messages ?? [], sealed, holes: count < last - first + 1 });
    }
  }
  return found;
}

/** Null: it cannot be unpacked. */
async function unpacked(
  partition: number,
  batch: Buffer,
  attributes: number,
): Promise<readonly Message[] | null> {
  const packing = attributes & PACKED;
  const { Decoder, decodeRecordBatch } = await library();
  try {
    let plain = batch;
    if (packing !== 0) {
      const unpack = UNPACK[packing];
      if (unpack === undefined) return null;
      const records = await unpack(batch.subarray(AT.records), { maxOutputLength: LARGEST });
      plain = Buffer.concat([batch.subarray(0, AT.records), records]);
      plain.writeInt32BE(plain.length - AT.length - 4, AT.length);
      plain.writeInt16BE(attributes & ~PACKED, AT.attributes);
    }
    const { records } = await decodeRecordBatch(new Decoder(plain));
    return records.map(({ offset, timestamp, key, value, headers }) => ({
      partition,
      offset: Number(offset),
      at: Number(timestamp),
      key,
      value,
      headers,
    }));
  } catch {
    return null;
  }
}
