import type pg from 'pg';

/** Slack sends nothing again after so long (our default), days. */
const INBOX_DAYS = 8;
/** So long a key keeps the same thing from being said twice (our default), days. */
const OUTBOX_DAYS = 30;

/** Figures are compared with the same hour last week (design §8), days. */
const SAMPLE_DAYS = 8;

/** Takes away what nobody asks for any more. The journal is not touched. Real time. */
export async function sweep(client: pg.PoolClient): Promise<{ inbox: number; outbox: number }> {
  const inbox = await client.query(
    `delete from inbox where done_at < clock_timestamp() - $1 * interval '1 day'`,
    [INBOX_DAYS],
  );
  const outbox = await client.query(
    `delete from outbox where state = 'sent' and sent_at < clock_timestamp() - $1 * interval '1 day'`,
    [OUTBOX_DAYS],
  );
  await client.query(`delete from samples where at < oms_now() - $1 * interval '1 day'`, [SAMPLE_DAYS]);
  await client.query(`delete from slots where at < clock_timestamp() - $1 * interval '1 day'`, [OUTBOX_DAYS]);
  return { inbox: inbox.rowCount ?? 0, outbox: outbox.rowCount ?? 0 };
}
