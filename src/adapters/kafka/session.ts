import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { brokenOff, FOREIGN, GREETING } from './errors.ts';
import type { Library } from './library.ts';
import { type Api, decodeFetch, FETCH_VERSION, type Questions } from './protocol.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface Access {
  readonly tls: boolean;
  readonly sasl: { readonly username: string; readonly password: string } | null;
}

/** ms until a broker has to have taken a connection, and answered one request: a silent one must leave time for the others. */
const CONNECT_MS = 1_500;
const REQUEST_MS = 2_500;
/** No answer of ours is that long, bytes. What another protocol says reads as a length far beyond. */
const LONGEST = 64 * 1024 * 1024;

/** Connections to the brokers of one cluster, made as they are needed. */
export interface Session {
  /** One request to one broker; rejects with what kafkajs threw. */
  ask<A extends Api>(to: Address, api: A, asks: Questions[A]['asks']): Promise<Questions[A]['answers']>;
  /** Connects, and no more. */
  reach(to: Address): Promise<void>;
  /** Ends every connection; requests under way fail. */
  end(): void;
}

type Link = InstanceType<Library['Broker']>;

export function openSession(library: Library, { tls, sasl }: Access): Session {
  const links = new Map<string, Promise<Link>>();
  const sockets = new Map<string, Set<Socket>>();
  /** A broker that wants a password answers one question without, and ends the connection at the next. */
  const welcomed = new WeakSet<Link>();
  let ended = false;

  async function link(to: Address): Promise<Link> {
    const name = nameOf(to);
    const known = links.get(name);
    if (known !== undefined && (await known).isConnected()) return await known;
    const dialled = dial(to);
    links.set(name, dialled);
    // A broker that could not be reached may be by the next call.
    dialled.catch(() => drop(name, dialled));
    return await dialled;
  }

  async function dial(to: Address): Promise<Link> {
    const { Broker, ConnectionPool, logger } = library;
    const connectionPool = new ConnectionPool({
      ...to,
      ssl: tls ? {} : null,
      sasl: sasl === null ? null : { mechanism: 'scram-sha-512', ...sasl },
      clientId: 'oms-bot',
      logger,
      connectionTimeout: CONNECT_MS,
      requestTimeout: REQUEST_MS,
      socketFactory: ({ host, port, ssl, onConnect }) => {
        const name = isIP(host) === 0 ? { servername: host } : {};
        const socket =
          ssl === null
            ? connectTcp({ host, port }, onConnect)
            : connectTls({ host, port, ...name }, onConnect);
        guard(socket);
        keep(nameOf(to), socket);
        return socket;
      },
    });
    const made = new Broker({ connectionPool, logger, authenticationTimeout: REQUEST_MS });
    await made.connect().catch((err: unknown) => {
      throw atFirst(err);
    });
    return made;
  }

  function keep(name: string, socket: Socket): void {
    const its = sockets.get(name) ?? new Set();
    sockets.set(name, its.add(socket));
    socket.on('close', () => its.delete(socket));
    if (ended) socket.destroy(new Error('ended'));
  }

  function drop(name: string, only: Promise<Link>): void {
    if (links.get(name) !== only) return;
    links.delete(name);
    // With an error, so that kafkajs ends its timers and what waits for an answer.
    for (const socket of sockets.get(name) ?? []) socket.destroy(new Error('dropped'));
  }

  return {
    async ask(to, api, asks) {
      const { requests, apiKeys } = library;
      const broker = await link(to);
      const definition = requests[api];
      const most = broker.versions[apiKeys[api] ?? -1]?.maxVersion ?? -1;
      const version =
        api === 'Fetch'
          ? FETCH_VERSION
          : Math.min(most, Math.max(...(definition?.versions ?? []).map(Number)));
      if (definition === undefined || version < 0 || version > most)
        throw Object.assign(new Error(api), { name: 'KafkaJSServerDoesNotSupportApiKey' });
      const { request, response } = definition.protocol({ version })(asks);
      const decode = async (raw: Buffer) =>
        api === 'Fetch' ? await decodeFetch(raw, library) : await response.decode(raw);
      try {
        // Its own `parse` throws away a whole answer for one partition or group that has an error.
        const answer = await broker.connectionPool.send({
          request,
          response: { decode, parse: async (decoded) => decoded },
          logResponseError: false,
        });
        welcomed.add(broker);
        return answer as Questions[typeof api]['answers'];
      } catch (err) {
        const name = nameOf(to);
        const used = links.get(name);
        if (used !== undefined && (await used.catch(() => null)) === broker) drop(name, used);
        throw welcomed.has(broker) ? err : atFirst(err);
      }
    },

    async reach(to) {
      await link(to);
    },

    end() {
      ended = true;
      links.clear();
      for (const its of sockets.values()) for (const socket of its) socket.destroy(new Error('ended'));
    },
  };
}

function atFirst(err: unknown): unknown {
  return brokenOff(err)
    ? Object.assign(new Error('broken off at first', { cause: err }), { code: GREETING })
    : err;
}

function nameOf({ host, port }: Address): string {
  return `${host}:${port}`;
}

/**
 * kafkajs takes four bytes for the length of an answer, and would wait for a gigabyte of HTML, or of a TLS alert.
 */
function guard(socket: Socket): void {
  let length = Buffer.alloc(0);
  let left = 0;
  socket.on('data', (bytes: Buffer) => {
    for (let at = 0; at < bytes.length; ) {
      if (left === 0) {
        const head = bytes.subarray(at, at + 4 - length.length);
        length = Buffer.concat([length, head]);
        at += head.length;
        if (length.length < 4) return;
        left = length.readInt32BE(0);
        length = Buffer.alloc(0);
        if (left >= 0 && left <= LONGEST) continue;
        socket.destroy(Object.assign(new Error('no answer of Kafka’s'), { code: FOREIGN }));
        return;
      }
      const some = Math.min(left, bytes.length - at);
      left -= some;
      at += some;
    }
  });
}
