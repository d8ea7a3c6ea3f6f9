import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { createFaults, type Fault, type Faults } from './faults.ts';
import { sendResponse, toRequest } from './http-bridge.ts';

export type { Fault, Faults } from './faults.ts';

/** One request as it arrived, and what it got. */
export interface LoggedRequest {
  /** Real time, epoch ms. */
  readonly at: number;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** Of a repeated name, the last. */
  readonly query: Readonly<Record<string, string>>;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The raw text. */
  readonly body: string;
  /** What went out, or would have; null while it runs and when nothing was decided. 101 for an upgrade. */
  readonly status: number | null;
  readonly fault: Fault | null;
}

/** What answers: a Hono app fits. */
export interface FetchApp {
  fetch(request: Request, env?: FetchEnv): Response | Promise<Response>;
}

/** Handed to the app as its bindings, for the rare handler that needs the connection. */
export interface FetchEnv {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}

export interface FaultyServer {
  readonly name: string;
  /** `http://127.0.0.1:<port>`, no slash at the end. */
  readonly url: string;
  readonly port: number;
  /** For `upgrade` listeners (WebSocket). Faults other than none tear an upgrade down. */
  readonly server: Server;
  /** Oldest first; the newest 20,000. */
  readonly requests: readonly LoggedRequest[];
  readonly faults: Faults;
  /** Ends all connections; pending slow and late requests never run. */
  stop(): Promise<void>;
}

const KEEP = 20_000;

/** A server on the loopback that logs every request and misbehaves on demand. */
export async function startFaultyServer(options: {
  readonly name: string;
  readonly app: FetchApp;
  readonly port?: number;
}): Promise<FaultyServer> {
  const faults = createFaults();
  const requests: LoggedRequest[] = [];
  const sockets = new Set<Socket>();
  const waits = new Set<NodeJS.Timeout>();
  let stopped = false;

  function log(entry: Entry): void {
    requests.push(entry);
    if (requests.length > KEEP) requests.splice(0, requests.length - KEEP);
  }

  async function wait(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        waits.delete(timer);
        resolve();
      }, ms);
      waits.add(timer);
    });
  }

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const entry = read(incoming);
    const fault = faults.take(entry.method, entry.path);
    entry.fault = fault;
    log(entry);
    if (fault?.mode === 'down') {
      incoming.socket.destroy();
      return;
    }
    const raw = await readBody(incoming);
    if (raw === null) return;
    entry.body = raw.toString('utf8');
    const instead = fault === null ? null : answerInstead(fault);
    if (instead !== null) {
      entry.status = instead.status;
      await sendResponse(instead, outgoing, 'whole');
      return;
    }
    if (fault?.mode === 'slow' || fault?.mode === 'late') await wait(fault.ms);
    if (stopped || (fault?.mode === 'slow' && outgoing.destroyed)) return;
    const response = await options.app.fetch(toRequest(incoming, raw, outgoing), { incoming, outgoing });
    entry.status = response.status;
    await sendResponse(
      response,
      outgoing,
      fault?.mode === 'cut' || fault?.mode === 'lost' ? fault.mode : 'whole',
    );
  }

  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch((error: unknown) => {
      if (!outgoing.headersSent) outgoing.writeHead(500, { 'content-type': 'text/plain' });
      outgoing.end(`${options.name}: ${error instanceof Error ? error.message : String(error)}`);
    });
  });
  // A pooled connection that we close between two requests looks like a fault that nobody asked for.
  server.keepAliveTimeout = 60_000;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (incoming: IncomingMessage, socket: Socket) => {
    const entry = read(incoming);
    entry.fault = faults.take(entry.method, entry.path);
    log(entry);
    const refused = entry.fault !== null || server.listenerCount('upgrade') === 1;
    if (refused) socket.destroy();
    else entry.status = 101;
  });
  const port = await listen(server, options.port ?? 0);

  return {
    name: options.name,
    url: `http://127.0.0.1:${port}`,
    port,
    server,
    requests,
    faults,
    async stop() {
      stopped = true;
      for (const timer of waits) clearTimeout(timer);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

type Entry = { -readonly [K in keyof LoggedRequest]: LoggedRequest[K] };

function read(incoming: IncomingMessage): Entry {
  const url = new URL(incoming.url ?? '/', 'http://127.0.0.1');
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return {
    at: Date.now(),
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers,
    body: '',
    status: null,
    fault: null,
  };
}

/** Null when the caller hung up in the middle of its request. */
async function readBody(incoming: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  } catch {
    return null;
  }
  return Buffer.concat(chunks);
}

function answerInstead(fault: Fault): Response | null {
  if (fault.mode === 'garbage') {
    const body = '<!doctype html><title>502</title>{"orders":[{"id":"ord_';
    return new Response(body, { headers: { 'content-type': 'application/json' } });
  }
  if (fault.mode === 'status') {
    // These statuses may carry no body at all.
    if ([204, 205, 304].includes(fault.status)) return new Response(null, { status: fault.status });
    if (typeof fault.body === 'string') return new Response(fault.body, { status: fault.status });
    return Response.json(fault.body ?? { error: { code: 'PRETEND_FAULT', message: 'pretend fault' } }, {
      status: fault.status,
    });
  }
  if (fault.mode === 'rate-limited') {
    return Response.json(
      { ok: false, error: 'ratelimited' },
      { status: 429, headers: { 'retry-after': String(fault.retryAfterS) } },
    );
  }
  return null;
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
