import { type FaultyServer, startFaultyServer } from '../lib/faulty-server.ts';
import type { World } from '../world/world.ts';
import { orderServiceApp } from './app.ts';

export interface OrderService extends FaultyServer {
  /** Off as in the real service. On: a repeated `Idempotency-Key` gets the first answer again. */
  honourIdempotencyKeys: boolean;
  /** The token may only read: whatever else is asked with it is answered 403. */
  readOnly: boolean;
  /**
   * How many requests of that method and path came in: whether they were done or not, answered or not, so that a
   * double send is seen under every fault. A text must be the whole path.
   */
  count(method: string, path: string | RegExp): number;
  /**
   * Asks one pod past the Service, as Kubernetes' pod proxy does: neither logged nor counted here, and no fault applies.
   * A pod that is not there or not ready answers 503;
   * at another port than its own nobody does.
   */
  forPod(pod: string, request: Request): Promise<Response>;
}

/**
 * The order service's `/admin`, `/health` and `/metrics` on the loopback. `/admin` wants the token. Each request is
 * answered by a random ready pod.
 */
export async function startOrderService(options: {
  readonly world: World;
  readonly token: string;
  readonly port?: number;
}): Promise<OrderService> {
  const app = orderServiceApp({
    world: options.world,
    token: options.token,
    honoursIdempotencyKeys: () => service.honourIdempotencyKeys,
    readOnly: () => service.readOnly,
  });
  const server = await startFaultyServer({
    name: 'order-service',
    app,
    ...(options.port === undefined ? {} : { port: options.port }),
  });
  const service: OrderService = {
    ...server,
    honourIdempotencyKeys: false,
    readOnly: false,
    async forPod(pod, request) {
      const { port } = new URL(request.url);
      if (port !== '' && Number(port) !== options.world.names.port) throw new Error('connection refused');
      return await app.fetch(request, { pod });
    },
    count(method, path) {
      return server.requests.filter(
        (request) =>
          request.method === method.toUpperCase() &&
          (typeof path === 'string' ? request.path === path : request.path.search(path) >= 0),
      ).length;
    },
  };
  return service;
}
