import { createServer } from 'node:http';
import pg from 'pg';

// An order service that knows one question, over a table with an index for it: what `/oms stuck-orders` is measured against.

const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 4 });
const WHERE = `status = $1 and updated_at < now() - make_interval(mins => $2)`;

const server = createServer(async (request, response) => {
  const { pathname, searchParams: query } = new URL(request.url ?? '', 'http://localhost');
  if (pathname !== '/admin/orders/stuck') {
    response.writeHead(404).end('{}');
    return;
  }
  const which = [query.get('status'), Number.parseInt(query.get('olderThan') ?? '', 10)];
  const [counted, page] = await Promise.all([
    pool.query(`select count(*)::int as total from orders where ${WHERE}`, which),
    pool.query(
      `select id, status, error_code as "errorCode", created_at as "createdAt", updated_at as "updatedAt"
       from orders where ${WHERE} order by updated_at, id limit $3`,
      [...which, Number(query.get('limit'))],
    ),
  ]);
  const orders = page.rows.map((row) => ({
    ...row,
    lastEvent: { type: 'fulfillment.requested', at: row.updatedAt },
    attempts: [],
  }));
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ orders, total: counted.rows[0].total, nextCursor: orders.at(-1)?.id }));
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(`up ${typeof address === 'object' && address !== null ? address.port : 0}`);
});
