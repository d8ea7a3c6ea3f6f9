import type pg from 'pg';
import type { IncidentId } from '../domain/ids.ts';
import type { SlackOutage } from '../ports/journal.ts';

/** The outages of Slack that had to be told elsewhere; at most one is open. */
export function slackOutagesOn(client: pg.PoolClient) {
  return {
    async open(): Promise<SlackOutage | null> {
      const found = await client.query<SlackOutage>(
        'select id::int, paged from slack_outages where ended_at is null for update',
      );
      return found.rows[0] ?? null;
    },

    async begin(): Promise<SlackOutage> {
      const made = await client.query<{ id: number }>(
        'insert into slack_outages default values returning id::int',
      );
      return { id: made.rows[0]?.id ?? Number.NaN, paged: [] };
    },

    async paged(id: number, incidents: readonly IncidentId[]): Promise<void> {
      await client.query('update slack_outages set paged = paged || $2::text[] where id = $1', [
        id,
        incidents,
      ]);
    },

    async end(id: number): Promise<void> {
      await client.query('update slack_outages set ended_at = clock_timestamp() where id = $1', [id]);
    },
  };
}
