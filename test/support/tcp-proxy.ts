import { connect, createServer, type Socket } from 'node:net';

/** How a connection fares from the moment the mode is set. */
export type ProxyMode =
  | 'open'
  /** Refuses: nobody listens behind. */
  | 'down'
  /** Accepts, and lets nothing through. */
  | 'silent'
  /** The server's bytes are replaced by others. */
  | 'garbage'
  /** The connection breaks in the middle of the first answer. */
  | 'cut';

export interface TcpProxy {
  readonly port: number;
  mode: ProxyMode;
  /** Called with what a client sends, before it goes on: the moment to change the mode. */
  onRequest: (bytes: Buffer) => void;
  /** Connections so far. */
  readonly connections: number;
  /** Ends the connections that stand. */
  drop(): void;
  /** Lets nothing more through the connections that stand, and leaves them standing; later ones are served. */
  stall(): void;
  stop(): Promise<void>;
}

/** A wire between us and a real server that misbehaves on demand. */
export async function startTcpProxy(target: {
  readonly host: string;
  readonly port: number;
}): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const stalled = new WeakSet<Socket>();
  let connections = 0;
  const server = createServer((near) => {
    connections += 1;
    keep(near);
    if (proxy.mode === 'down') {
      near.destroy();
      return;
    }
    const far = keep(connect(target.port, target.host));
    near.on('data', (bytes) => {
      proxy.onRequest(bytes);
      if (proxy.mode !== 'silent' && !stalled.has(near)) far.write(bytes);
    });
    far.on('data', (bytes) => {
      if (stalled.has(far)) return;
      if (proxy.mode === 'open') near.write(bytes);
      if (proxy.mode === 'garbage') near.write(Buffer.alloc(bytes.length, '<html>'));
      if (proxy.mode === 'cut')
        near.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => near.destroy());
    });
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });

  function keep(socket: Socket): Socket {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    return socket;
  }

  function drop(): void {
    for (const socket of sockets) socket.destroy();
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const proxy = {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    mode: 'open' as ProxyMode,
    onRequest: (_bytes: Buffer): void => undefined,
    get connections() {
      return connections;
    },
    drop,
    stall: () => {
      for (const socket of sockets) stalled.add(socket);
    },
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      drop();
      await closed;
    },
  };
  return proxy;
}
