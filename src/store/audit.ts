import { createHash } from 'node:crypto';
import type pg from 'pg';
import { asideHash } from './rows.ts';

export type Audit =
  | { readonly ok: true; readonly rows: number; readonly head: string; readonly erased: number }
  | { readonly ok: false; readonly seq: number; readonly because: string };

/** Rows that are read at once. */
const PAGE = 5_000;

/**
 * Walks the chain from its beginning and names the first row that is not as it was written. Reads only, and one
 * state of the database throughout: beside a running bot the head would otherwise be ahead of the rows.
 */
export async function verifyChain(pool: pg.Pool): Promise<Audit> {
  const client = await pool.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    const audit = await walk(client);
    await client.query('commit');
    client.release();
    return audit;
  } catch (err) {
    client.release(true);
    throw err;
  }
}

async function walk(client: pg.ClientBase): Promise<Audit> {
  let seq = 0;
  let hash = Buffer.alloc(0);
  let erased = 0;
  for (;;) {
    const page = await client.query<{ seq: number; text: string; hash: Buffer }>(
      'select seq::int, text, hash from journal where seq > $1 order by seq limit $2',
      [seq, PAGE],
    );
    for (const row of page.rows) {
      if (row.seq !== seq + 1)
        return { ok: false, seq: seq + 1, because: `Row ${seq + 1} is missing; row ${row.seq} follows.` };
      hash = createHash('sha256').update(hash).update(`${row.seq} ${row.text}`).digest();
      if (!hash.equals(row.hash))
        return { ok: false, seq: row.seq, because: `Row ${row.seq} was changed after it was written.` };
      seq = row.seq;
    }
    const asides = await client.query<{ seq: number; hash: string; salt: string; text: string | null }>(
      'select seq::int, hash, salt, text from journal_asides where seq > $1 and seq <= $2 order by seq',
      [seq - page.rows.length, seq],
    );
    for (const aside of asides.rows) {
      if (aside.text === null) erased += 1;
      else if (asideHash(aside.salt, aside.text) !== aside.hash) {
        return {
          ok: false,
          seq: aside.seq,
          because: `What stands beside row ${aside.seq} was changed after it was written.`,
        };
      }
    }
    if (page.rows.length < PAGE) break;
  }
  const head = await client.query<{ seq: number; hash: Buffer }>('select seq::int, hash from journal_head');
  const tip = head.rows[0];
  if (tip === undefined || tip.seq !== seq || !tip.hash.equals(hash)) {
    return {
      ok: false,
      seq: seq + 1,
      because: `The journal ends at row ${seq}; its head says ${tip?.seq ?? 'nothing'}.`,
    };
  }
  return { ok: true, rows: seq, head: hash.toString('hex'), erased };
}
