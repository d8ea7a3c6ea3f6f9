import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

type Json = Record<string, unknown>;

/** One call of the Web API, or one post to a response_url (`response_url`). */
export interface Said {
  readonly method: string;
  readonly args: Json;
}

/**
 * Another Slack-compatible server, as somebody would write one in an afternoon: it answers by the documented shapes,
 * pushes envelopes down one socket, and knows nothing of the strict Slack in `sim`.
 */
export async function startPlainSlack() {
  const said: Said[] = [];
  const acknowledged = new Map<string, Json>();
  let ts = 1_700_000_000;
  let socket: WebSocket | null = null;

  const answers: Record<string, (args: Json) => Json> = {
    'auth.test': () => ({
      url: 'https://plain.slack.example/',
      team: 'Plain',
      user: 'oms',
      team_id: 'T1',
      user_id: 'U0PLAIN',
      bot_id: 'B0PLAIN',
    }),
    'apps.connections.open': () => ({ url: `ws://127.0.0.1:${port}/link` }),
    'conversations.list': () => ({
      channels: ['orders-alerts', 'orders-team', 'payments', 'catalog-team', 'platform-eng'].map(
        (name, place) => ({ id: `C${place + 1}`, name, is_member: false }),
      ),
      response_metadata: { next_cursor: '' },
    }),
    'conversations.join': ({ channel }) => ({ channel: { id: channel } }),
    'conversations.history': () => ({ messages: [], has_more: false }),
    'conversations.replies': () => ({ messages: [], has_more: false }),
    'chat.postMessage': (args) => {
      ts += 1;
      return { channel: args['channel'], ts: `${ts}.000100`, message: { text: args['text'] } };
    },
    'chat.update': (args) => ({ channel: args['channel'], ts: args['ts'], text: args['text'] }),
    'chat.postEphemeral': () => ({ message_ts: '1.1' }),
    'chat.getPermalink': ({ channel, message_ts }) => ({
      permalink: `https://x.example/${channel}/${message_ts}`,
    }),
    'views.open': () => ({ view: { id: 'V1', hash: '1.a' } }),
  };

  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const path = new URL(request.url ?? '/', 'http://x').pathname;
    const method = path.startsWith('/api/') ? path.slice(5) : 'response_url';
    const json = request.headers['content-type']?.includes('json') ?? false;
    const args = json ? JSON.parse(body || '{}') : fromForm(body);
    said.push({ method, args });
    const answer = method === 'response_url' ? () => ({}) : answers[method];
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify(
        answer === undefined ? { ok: false, error: 'unknown_method' } : { ok: true, ...answer(args) },
      ),
    );
  });
  const sockets = new WebSocketServer({ server, path: '/link' });
  sockets.on('connection', (opened) => {
    socket = opened;
    opened.send(JSON.stringify({ type: 'hello', num_connections: 1, connection_info: { app_id: 'A1' } }));
    opened.on('message', (data) => {
      const { envelope_id, payload } = JSON.parse(String(data));
      if (typeof envelope_id === 'string') acknowledged.set(envelope_id, payload ?? {});
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;

  return {
    apiUrl: `${url}/api/`,
    responseUrl: `${url}/respond/1`,
    said,
    acknowledged,
    /** True as soon as the bot's socket is there. */
    connected: () => socket?.readyState === 1,
    push(envelope: { readonly envelope_id: string; readonly type: string; readonly payload: Json }) {
      socket?.send(JSON.stringify({ ...envelope, accepts_response_payload: envelope.type !== 'events_api' }));
    },
    async stop() {
      for (const client of sockets.clients) client.terminate();
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function fromForm(body: string): Json {
  return Object.fromEntries(
    [...new URLSearchParams(body)].map(([key, value]) => [
      key,
      /^[[{]/.test(value) ? JSON.parse(value) : value,
    ]),
  );
}
