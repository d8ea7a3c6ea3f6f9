/**
 * The layer of kafkajs under its clients: connections, framing, SASL and the encoding of requests. It brings no types
 * for these; here is what we use of 2.2.4 (docs/decisions/0014).
 */
declare module 'kafkajs/src/broker/index.js' {
  export default class Broker {
    constructor(options: {
      readonly connectionPool: object;
      readonly logger: object;
      /** ms of the SASL exchange. */
      readonly authenticationTimeout: number;
    });
    readonly connectionPool: {
      send(question: {
        readonly request: unknown;
        readonly response: {
          decode(raw: Buffer): Promise<unknown>;
          parse(decoded: unknown): Promise<unknown>;
        };
        readonly logResponseError: boolean;
      }): Promise<unknown>;
    };
    readonly versions: Readonly<Record<number, { readonly maxVersion: number }>>;
    isConnected(): boolean;
    connect(): Promise<void>;
  }
}
declare module 'kafkajs/src/network/connectionPool.js' {
  export default class ConnectionPool {
    constructor(options: {
      readonly host: string;
      readonly port: number;
      readonly ssl: object | null;
      readonly sasl: object | null;
      readonly clientId: string;
      readonly logger: object;
      readonly connectionTimeout: number;
      readonly requestTimeout: number;
      readonly socketFactory: (to: {
        readonly host: string;
        readonly port: number;
        readonly ssl: object | null;
        onConnect(): void;
      }) => import('node:net').Socket;
    });
  }
}
declare module 'kafkajs/src/protocol/requests/index.js' {
  type Protocol = (asks: object) => {
    readonly request: object;
    readonly response: { decode(raw: Buffer): Promise<unknown> };
  };
  export const requests: Readonly<
    Record<
      string,
      { readonly versions: readonly string[]; protocol(given: { readonly version: number }): Protocol }
    >
  >;
}
declare module 'kafkajs/src/protocol/requests/apiKeys.js' {
  const apiKeys: Readonly<Record<string, number>>;
  export default apiKeys;
}
declare module 'kafkajs/src/protocol/decoder.js' {
  export default class Decoder {
    constructor(buffer: Buffer);
    readInt16(): number;
    readInt32(): number;
    readInt64(): bigint;
    readString(): string | null;
    readBytes(): Buffer | null;
    readArray<T>(read: (decoder: Decoder) => T): T[];
  }
}
declare module 'kafkajs/src/protocol/recordBatch/v0/decoder.js' {
  import type Decoder from 'kafkajs/src/protocol/decoder.js';
  export default function decodeRecordBatch(decoder: Decoder): Promise<{
    readonly records: readonly {
      readonly offset: string;
      readonly timestamp: string;
      readonly key: Buffer | null;
      readonly value: Buffer | null;
      readonly headers: Readonly<Record<string, Buffer | readonly Buffer[] | null>>;
    }[];
  }>;
}
declare module 'kafkajs/src/loggers/index.js' {
  export function createLogger(options: {
    readonly level: number;
    logCreator(): (entry: unknown) => void;
  }): object;
}
