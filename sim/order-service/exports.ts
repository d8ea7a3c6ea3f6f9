import { Hono } from 'hono';
import * as z from 'zod';
import { beginExport, cancelExport, type ExportRow, exportsOf, retryExport } from '../world/exports.ts';
import type { World } from '../world/world.ts';
import { jsonBody, refuse, whatIsWrong } from './answers.ts';
import { iso } from './questions.ts';

const Day = z.iso.date('a day is written like 2024-01-31');
const Wish = z
  .object({ format: z.enum(['csv', 'json']), startDate: Day, endDate: Day })
  .refine(({ startDate, endDate }) => startDate <= endDate, 'endDate is before startDate');
const Status = z.enum(['processing', 'completed', 'failed', 'cancelled']).optional();

/** `/admin/exports`: jobs that write orders into a file of the bucket. */
export function exportRoutes(world: World): Hono {
  const app = new Hono();

  app.get('/', async (c) => {
    const status = Status.safeParse(c.req.query('status'));
    if (!status.success) return refuse(c, 400, 'INVALID_PARAMETER', whatIsWrong(status.error));
    const rows = await world.read((state) =>
      exportsOf(state, status.data ?? null).map((row) => structuredClone(row)),
    );
    return c.json({ exports: rows.map(exportJson) });
  });

  app.post('/', async (c) => {
    const read = Wish.safeParse(await jsonBody(c));
    if (!read.success) return refuse(c, 400, 'INVALID_BODY', whatIsWrong(read.error));
    const { format, startDate, endDate } = read.data;
    if (endDate > iso(world.now()).slice(0, 10))
      return refuse(c, 400, 'INVALID_BODY', 'endDate is in the future');
    const begun = await world.change((state, at) => {
      const row = beginExport(state, { format, from: startDate, to: endDate }, at);
      return row === null ? null : structuredClone(row);
    });
    if (begun === null) return refuse(c, 409, 'EXPORT_UNDER_WAY', 'the same export is processing');
    return c.json(exportJson(begun), 202);
  });

  app.get('/:id', async (c) => {
    const row = await world.read((state) => structuredClone(state.exports.get(c.req.param('id')) ?? null));
    return row === null ? unknown(c) : c.json(exportJson(row));
  });

  app.post('/:id/retry', async (c) => {
    const id = c.req.param('id');
    const done = await world.change((state, at) => {
      const row = state.exports.get(id);
      return row === undefined ? null : retryExport(state, row, at);
    });
    if (done === null) return unknown(c);
    if (!done) return refuse(c, 409, 'EXPORT_NOT_FAILED', `export ${id} has not failed`);
    return c.json({ id, accepted: true }, 202);
  });

  app.delete('/:id', async (c) => {
    const id = c.req.param('id');
    const done = await world.change((state, at) => {
      const row = state.exports.get(id);
      return row === undefined ? null : cancelExport(state, row, at);
    });
    if (done === null) return unknown(c);
    if (!done) return refuse(c, 409, 'EXPORT_NOT_RUNNING', `export ${id} is not processing`);
    return c.json({ id, status: 'cancelled' });
  });
  return app;
}

function unknown(c: Parameters<typeof refuse>[0]): Response {
  return refuse(c, 404, 'EXPORT_NOT_FOUND', `no export ${c.req.param('id') ?? ''}`);
}

function exportJson(row: ExportRow) {
  return {
    id: row.id,
    status: row.status,
    format: row.format,
    startDate: row.from,
    endDate: row.to,
    startedAt: iso(row.startedAt),
    progressAt: row.progressAt === null ? null : iso(row.progressAt),
    endedAt: row.endedAt === null ? null : iso(row.endedAt),
    rows: row.rows,
    expectedRows: row.expectedRows,
    downloadUrl: row.link ? `https://exports.shop.example/${row.id}.${row.format}` : null,
    errorCode: row.errorCode,
  };
}
