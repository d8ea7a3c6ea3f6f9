import * as z from 'zod';
import { SystemError } from '../../ports/system-error.ts';
import { misfit } from '../shape.ts';

export const ORDERS_DATABASE = 'The orders database';

const Count = z.int().nonnegative();
const Ms = z.number().nonnegative();

/** The server as a whole, one row. */
export const ServerRow = z.object({
  active: Count,
  idle_in_transaction: Count,
  connections: Count,
  max_connections: z.int().positive(),
  reserved: Count,
  up_ms: Ms,
  standby: z.boolean(),
  /** Sessions of others whose state our role does not see. */
  hidden: Count,
  role: z.string(),
});

export const ApplicationRow = z.object({
  application: z.string(),
  connections: Count,
  active: Count,
  idle_ms: z.array(Ms),
});

export const Untouchable = z.enum([
  'replication',
  'superuser',
  'own session',
  'anti-wraparound vacuum',
  'server process',
]);

/** One session with the pids that it waits for; its times to the microsecond, because they are compared again. */
export const SessionRow = z.object({
  pid: z.int().positive(),
  backend_start: z.string(),
  query_start: z.string(),
  user: z.string(),
  application: z.string(),
  state: z.string(),
  for_ms: Ms,
  query: z.string(),
  blocked_by: z.array(z.int().positive()),
  untouchable: Untouchable.nullable(),
  missing_grant: z.string().nullable(),
});

export type SessionRow = z.infer<typeof SessionRow>;

export const GrantsRow = z.object({ sees: z.boolean(), ends: z.boolean(), role: z.string() });

export const SeenRow = z.object({ hidden: Count, role: z.string(), standby: z.boolean() });

/** One node of `EXPLAIN (FORMAT JSON)`, as far as we read it. */
const Node = z.object({
  'Node Type': z.string(),
  'Plan Rows': z.number().nonnegative().optional(),
  'Index Name': z.string().optional(),
  get Plans() {
    return z.array(Node).optional();
  },
});
export type Node = z.infer<typeof Node>;

export const PlanRow = z.object({ 'QUERY PLAN': z.array(z.object({ Plan: Node })).min(1) });

/** @throws SystemError *not understood*, with the first place that differs */
export function read<Shape extends z.ZodType>(shape: Shape, value: unknown, what: string): z.infer<Shape> {
  const found = shape.safeParse(value);
  if (found.success) return found.data;
  const words = `${what} cannot be used: ${misfit(found.error)}.`;
  throw new SystemError(ORDERS_DATABASE, 'not understood', words, { sent: 'no', mayRetry: false });
}
