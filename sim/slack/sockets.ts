import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import type { SlackLimits } from './workspace.ts';

export type Acknowledged =
  | { readonly ok: true; readonly payload: Record<string, unknown> }
  | { readonly ok: false };

/** Socket Mode: tickets for one use, several sockets, each payload to exactly one of them. */
export function createSockets(server: Server, url: string, limits: SlackLimits) {
  const tickets = new Set<string>();
  const open: WebSocket[] = [];
  const waiting = new Map<string, (payload: Record<string, unknown>) => void>();
  const timers = new Set<NodeJS.Timeout>();
  const wss = new WebSocketServer({ noServer: true });
  let turn = 0;

  server.on('upgrade', (request, socket, head) => {
    const ticket = new URL(request.url ?? '/', url).searchParams.get('ticket') ?? '';
    if (!tickets.delete(ticket)) {
      socket.destroy();
      return;
    }
    wss.handleUpgrade(request, socket, head, (ws) => welcome(ws));
  });

  function welcome(ws: WebSocket): void {
    if (open.length >= 10) {
      ws.send(
        JSON.stringify({ type: 'disconnect', reason: 'too_many_websockets', debug_info: { host: 'sim' } }),
      );
      ws.close();
      return;
    }
    open.push(ws);
    ws.on('close', () => void open.splice(open.indexOf(ws), 1));
    ws.on('error', () => undefined);
    ws.on('message', (data) => {
      const { envelope_id: id, payload } = JSON.parse(String(data));
      waiting.get(id)?.(payload ?? {});
      waiting.delete(id);
    });
    ws.send(
      JSON.stringify({
        type: 'hello',
        num_connections: open.length,
        connection_info: { app_id: 'A0BOT' },
        debug_info: { host: 'sim', started: '', build_number: 1, approximate_connection_time: 3600 },
      }),
    );
  }

  /** Sends one envelope to one socket and waits for its acknowledgement, at most `ackMs`. */
  async function send(type: string, payload: unknown, more: object = {}): Promise<Acknowledged> {
    const socket = open[turn % Math.max(1, open.length)];
    turn += 1;
    if (socket === undefined) return { ok: false };
    const id = randomUUID();
    const answered = new Promise<Acknowledged>((resolve) => {
      const timer = setTimeout(() => {
        waiting.delete(id);
        timers.delete(timer);
        resolve({ ok: false });
      }, limits.ackMs);
      timers.add(timer);
      waiting.set(id, (said) => {
        clearTimeout(timer);
        timers.delete(timer);
        resolve({ ok: true, payload: said });
      });
    });
    socket.send(
      JSON.stringify({
        envelope_id: id,
        type,
        payload,
        accepts_response_payload: type !== 'events_api',
        ...more,
      }),
    );
    return await answered;
  }

  /** An event that nobody acknowledged comes again with the same id, as Slack does it. */
  async function sendEvent(payload: unknown): Promise<void> {
    for (let attempt = 0; attempt <= limits.eventRetryMs.length; attempt += 1) {
      if (attempt > 0) await pause(limits.eventRetryMs[attempt - 1] ?? 0);
      const retry = { retry_attempt: attempt, retry_reason: attempt === 0 ? '' : 'timeout' };
      if ((await send('events_api', payload, retry)).ok) return;
    }
  }

  async function pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        resolve();
      }, ms);
      timer.unref();
      timers.add(timer);
    });
  }

  return {
    ticket(): string {
      const ticket = randomUUID();
      tickets.add(ticket);
      return `${url.replace('http', 'ws')}/link?ticket=${ticket}&app_id=A0BOT`;
    },
    send,
    sendEvent,
    count: () => open.length,
    disconnect(reason: string): void {
      for (const ws of [...open])
        ws.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'sim' } }));
    },
    stop(): void {
      for (const timer of timers) clearTimeout(timer);
      for (const ws of [...open]) ws.terminate();
      wss.close();
    },
  };
}
