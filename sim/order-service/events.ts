import { Hono } from 'hono';
import { replayFailedEvents } from '../world/workflow.ts';
import type { World } from '../world/world.ts';
import { refuse, requestedBy } from './answers.ts';
import { iso } from './questions.ts';

/** What the service put aside, and its replay: `/admin/events/failed` and `/admin/events/republish-failed`. */
export function eventRoutes(world: World): Hono {
  const app = new Hono();
  app.get('/failed', async (c) => {
    const letters = await world.read((state) => [...state.kafka.deadLetters]);
    const byError: Record<string, number> = {};
    for (const { error } of letters) byError[error] = (byError[error] ?? 0) + 1;
    const events = letters.map(({ order, at }) => ({ orderId: order, at: iso(at) }));
    const oldest = letters[0]?.at;
    return c.json({
      total: letters.length,
      oldestAt: oldest === undefined ? null : iso(oldest),
      byError,
      events,
    });
  });
  app.post('/republish-failed', async (c) => {
    const by = requestedBy(c);
    const events = await world.change((state, at) => replayFailedEvents(state, at, by));
    if (events === null) return refuse(c, 409, 'REPLAY_UNDER_WAY', 'a replay of failed events is under way');
    return c.json({ accepted: true, events }, 202);
  });
  return app;
}
