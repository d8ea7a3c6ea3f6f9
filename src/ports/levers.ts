import type { OrderId } from '../domain/ids.ts';
import type { KafkaLever } from './kafka.ts';
import type { KubernetesLever } from './kubernetes.ts';
import type { AdminChanges } from './order-service.ts';
import type { OrdersDatabaseLever } from './orders-database.ts';
import type { RedisLever } from './redis.ts';

/** Who wants it and under which run, sent along as a courtesy (`Idempotency-Key`), never as a licence to send twice. */
export interface Licence {
  readonly key: string;
  readonly by: string;
}

export interface OrderServiceLever extends AdminChanges {
  /** R20. Resolves with what the service answered, in one sentence; throws SystemError (`sent` says what is known). */
  retryWorkflow(order: OrderId, licence: Licence, signal: AbortSignal): Promise<string>;
  /** R21. */
  republishEvents(order: OrderId, licence: Licence, signal: AbortSignal): Promise<string>;
  /** R5: every order that waits for payment then; the answer says how many. */
  retryPayments(licence: Licence, signal: AbortSignal): Promise<string>;
  /** R22. */
  setStatus(
    order: OrderId,
    status: string,
    reason: string,
    licence: Licence,
    signal: AbortSignal,
  ): Promise<string>;
}

/** Changes. Only `pipeline/carry-out.ts` and, for questions that are POSTs, `pipeline/ask.ts` hand these on. */
export interface Levers {
  readonly orderService: OrderServiceLever;
  readonly kubernetes: KubernetesLever;
  readonly kafka: KafkaLever;
  readonly redis: RedisLever;
  readonly ordersDatabase: OrdersDatabaseLever;
}
