import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { createClient, type KubernetesClient } from '../../src/adapters/kubernetes/client.ts';
import { plainPolicy } from '../support/policy.ts';

export type Answer = (socket: WebSocket, command: readonly string[]) => void;

/** An API server with one pod, which ends a command however a test says. */
export interface ExecServer {
  readonly client: KubernetesClient;
  /** What comes of the next commands; a text is what the handshake is refused with. */
  answer(how: Answer | string): void;
  connections(): number;
  stop(): Promise<void>;
}

export async function startExecServer(): Promise<ExecServer> {
  const sockets = new Set<Socket>();
  let how: Answer | string = '';
  const pods = { kind: 'PodList', metadata: {}, items: [POD] };
  const server = createServer((_request, response) => response.end(JSON.stringify(pods)));
  const upgrades = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => [...offered].at(-1) ?? false,
  });
  server.on('connection', (socket) => sockets.add(socket));
  server.on('upgrade', (request, socket, head) => {
    const command = new URL(request.url ?? '', 'http://x').searchParams.getAll('command');
    const answer = how;
    if (typeof answer === 'string') socket.end(answer);
    else upgrades.handleUpgrade(request, socket, head, (each) => answer(each, command));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = await createClient({ text: kubeconfig(port) }, plainPolicy);
  return {
    client,
    answer: (next) => {
      how = next;
    },
    connections: () => sockets.size,
    async stop() {
      await client.close();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export const frame = (channel: number, text: string | Buffer) =>
  Buffer.concat([Buffer.from([channel]), typeof text === 'string' ? Buffer.from(text) : text]);

export const exits = (code: number) =>
  JSON.stringify(
    code === 0
      ? { status: 'Success' }
      : {
          status: 'Failure',
          reason: 'NonZeroExitCode',
          details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
        },
  );

/** Sends these frames, and ends. */
export const says =
  (frames: readonly Buffer[]): Answer =>
  (socket) => {
    for (const each of frames) socket.send(each);
    socket.close();
  };

const POD = {
  metadata: { name: 'p', creationTimestamp: '2026-01-01T00:00:00Z' },
  spec: { containers: [{ name: 'proxy' }, { name: 'order-service' }] },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
};

function kubeconfig(port: number): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'x',
    contexts: [{ name: 'x', context: { cluster: 'x', user: 'x' } }],
    clusters: [
      { name: 'x', cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } },
    ],
    users: [{ name: 'x', user: { token: 't' } }],
  });
}
