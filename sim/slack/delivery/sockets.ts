import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import * as z from 'zod';
import type { SlackLimits } from '../limits.ts';
import { newSecret } from '../state/ids.ts';
import { OWN } from '../state/workspace.ts';
import type { Answer, Delivery, Transport } from './transport.ts';

const Ack = z.looseObject({ envelope_id: z.string(), payload: z.record(z.string(), z.unknown()).optional() });

interface Connection {
  readonly ws: WebSocket;
  /** Told to go: gets nothing new. */
  leaving: boolean;
  /** Envelopes on their way, by id. */
  readonly waiting: Map<string, (answer: Answer) => void>;
}

export interface Sockets extends Transport {
  /** A WebSocket address that works once. */
  open(): string;
  readonly count: () => number;
  /** Says goodbye with this reason to every socket; they are closed a little later, link_disabled at once. */
  disconnect(reason: string): void;
  /** Tears every connection down without a word. */
  drop(): void;
}

/** Socket Mode: single-use tickets, several sockets, each payload to exactly one of them in turn. */
export function createSockets(parts: {
  readonly server: Server;
  readonly url: string;
  readonly limits: SlackLimits;
  readonly log: (line: string) => void;
}): Sockets {
  const { server, url, limits, log } = parts;
  const tickets = new Map<string, number>();
  const timers = new Set<NodeJS.Timeout>();
  const wss = new WebSocketServer({ noServer: true });
  let open: Connection[] = [];
  let turn = 0;

  server.on('upgrade', (request, socket, head) => {
    const target = new URL(request.url ?? '/', url);
    const ticket = target.searchParams.get('ticket') ?? '';
    const until = tickets.get(ticket);
    tickets.delete(ticket);
    if (target.pathname !== '/link' || until === undefined || until < Date.now()) {
      log('socket refused: the ticket is unknown, used or too old');
      socket.end('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n');
      return;
    }
    if (!socket.destroyed) wss.handleUpgrade(request, socket, head, welcome);
  });

  function welcome(ws: WebSocket): void {
    const connection: Connection = { ws, leaving: false, waiting: new Map() };
    ws.on('error', () => undefined);
    if (open.length >= limits.maxSockets) {
      say(connection, { type: 'disconnect', reason: 'too_many_websockets', debug_info: { host: 'sim' } });
      ws.close();
      return;
    }
    open.push(connection);
    const pings = setInterval(() => ws.ping(), limits.pingMs);
    ws.on('close', () => {
      clearInterval(pings);
      open = open.filter((one) => one !== connection);
      for (const settle of [...connection.waiting.values()])
        settle({ ok: false, reason: 'connection_closed' });
    });
    ws.on('message', (data) => hear(connection, data));
    say(connection, {
      type: 'hello',
      num_connections: open.length,
      connection_info: { app_id: OWN.app },
      debug_info: { host: 'sim', started: '', build_number: 1, approximate_connection_time: 3_600 },
    });
  }

  function hear(connection: Connection, data: RawData): void {
    const read = Ack.safeParse(parse(String(data)));
    if (!read.success) {
      log('socket: something came that is no acknowledgement');
      return;
    }
    const settle = connection.waiting.get(read.data.envelope_id);
    if (settle === undefined) log('socket: an acknowledgement came too late or twice');
    else settle({ ok: true, payload: read.data.payload ?? {} });
  }

  function say({ ws }: Connection, frame: object): void {
    ws.send(JSON.stringify(frame));
  }

  function later(ms: number, run: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      timers.delete(timer);
      run();
    }, ms);
    timers.add(timer);
    return timer;
  }

  async function send({ type, payload, acceptsAnswer, retry }: Delivery): Promise<Answer> {
    const ready = open.filter(({ leaving }) => !leaving);
    const connection = ready[turn % Math.max(1, ready.length)];
    turn += 1;
    if (connection === undefined) return { ok: false, reason: 'no_connection' };
    const id = randomUUID();
    return await new Promise<Answer>((resolve) => {
      const timer = later(limits.ackMs, () => settle({ ok: false, reason: 'timeout' }));
      function settle(answer: Answer): void {
        clearTimeout(timer);
        timers.delete(timer);
        connection?.waiting.delete(id);
        resolve(answer);
      }
      connection.waiting.set(id, settle);
      say(connection, {
        envelope_id: id,
        type,
        payload,
        accepts_response_payload: acceptsAnswer,
        ...(type === 'events_api' ? { retry_attempt: retry.attempt, retry_reason: retry.reason } : {}),
      });
    });
  }

  return {
    send,
    open() {
      const ticket = newSecret();
      tickets.set(ticket, Date.now() + limits.ticketMs);
      return `${url.replace(/^http/, 'ws')}/link?ticket=${ticket}&app_id=${OWN.app}`;
    },
    count: () => open.length,
    disconnect(reason) {
      for (const connection of open) {
        connection.leaving = true;
        say(connection, { type: 'disconnect', reason, debug_info: { host: 'sim' } });
        later(reason === 'link_disabled' ? 0 : limits.disconnectGraceMs, () => connection.ws.close());
      }
    },
    drop() {
      for (const { ws } of open) ws.terminate();
    },
    stop() {
      for (const timer of timers) clearTimeout(timer);
      for (const { ws, waiting } of [...open]) {
        for (const settle of [...waiting.values()]) settle({ ok: false, reason: 'connection_closed' });
        ws.terminate();
      }
      wss.close();
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
