import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Bench } from '../figure.ts';
import { median, rangeOf } from '../statistics.ts';
import { startProcess } from '../support/processes.ts';

const ROUNDS = 5;
const PODS = 50;
const MB = 1024 * 1024;
const BYTES = 10 * MB;
/** Every so many lines is a payment that failed. */
const EVERY = 50;
const MOST_MB = 150;
const MOST = 2;

/** R2 over large logs: how long it takes and how much memory, against letting the same bytes flow past. */
export const logs: Bench = {
  name: 'logs',
  async run(progress) {
    await using stack = new AsyncDisposableStack();
    const log = writeLog();
    const server = await serve(log.bytes);
    stack.defer(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    const { port } = server.address() as AddressInfo;
    const took = { ours: [] as number[], bare: [] as number[] };
    const over = { ours: [] as number[], bare: [] as number[] };
    for (let round = 1; round <= ROUNDS; round += 1) {
      for (const side of ['ours', 'bare'] as const) {
        await using processes = new AsyncDisposableStack();
        const reader = startProcess(processes, new URL('../peers/log-reader.ts', import.meta.url), {
          LOGS: `http://127.0.0.1:${port}`,
          READER: side,
          BYTES: String(BYTES),
          PODS: String(PODS),
        });
        await reader.said(/up/);
        const { ms, found, over: bytes } = await reader.ask({ read: true });
        const wanted = side === 'ours' ? log.failures * PODS : log.bytes.length * PODS;
        if (found !== wanted) throw new Error(`${side} found ${found}, there are ${wanted}.`);
        took[side].push(ms ?? Number.NaN);
        over[side].push((bytes ?? Number.NaN) / MB);
      }
      progress(
        `round ${round} of ${ROUNDS}: ${took.ours.at(-1)?.toFixed(0)} ms and ${over.ours.at(-1)?.toFixed(0)} MB, bare ${took.bare.at(-1)?.toFixed(0)} ms and ${over.bare.at(-1)?.toFixed(0)} MB`,
      );
    }
    const how = `The logs of ${PODS} pods, ${BYTES / MB} MB each, from a server on the loopback, ${log.failures} failed payments in each.`;
    return [
      {
        name: `logs of ${PODS} pods × ${BYTES / MB} MB, time`,
        how,
        unit: 'ms',
        ours: { name: 'oms-bot', value: median(took.ours) },
        beside: { name: 'bytes that flow past', value: median(took.bare) },
        goal: { on: 'ratio', most: MOST },
        range: rangeOf(took.ours.map((ms, round) => ms / (took.bare[round] ?? Number.NaN))),
        samples: ROUNDS,
      },
      {
        name: `logs of ${PODS} pods × ${BYTES / MB} MB, peak memory over idle`,
        how: 'Of the same rounds: the highest resident memory of the process − what it had before.',
        unit: 'MB',
        ours: { name: 'oms-bot', value: Math.max(...over.ours) },
        beside: { name: 'bytes that flow past', value: Math.max(...over.bare) },
        goal: { on: 'value', most: MOST_MB },
        range: rangeOf(over.ours),
        samples: ROUNDS,
      },
    ];
  },
};

function writeLog(): { readonly bytes: Buffer; readonly failures: number } {
  const lines: string[] = [];
  let size = 0;
  let failures = 0;
  for (let number = 0; size < BYTES - 400; number += 1) {
    const failed = number % EVERY === 0;
    const what = failed
      ? 'ERROR code=PAYMENT_FAILED gateway=stripe status=503'
      : 'INFO code=OK result=captured';
    const line = `2026-01-01T00:00:00.000Z ${what} payment order=ord_${number} customer="Größe, ${number}" ${'trace '.repeat(16)}\n`;
    lines.push(line);
    size += Buffer.byteLength(line);
    failures += failed ? 1 : 0;
  }
  return { bytes: Buffer.from(lines.join('')), failures };
}

async function serve(log: Buffer): Promise<Server> {
  const items = Array.from({ length: PODS }, (_, number) => ({
    metadata: { name: `order-service-${number}`, creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { containers: [{ name: 'order-service' }] },
    status: { phase: 'Running' },
  }));
  const list = JSON.stringify({ kind: 'PodList', metadata: {}, items });
  const server = createServer((request, response) =>
    request.url?.includes('/log') === true
      ? response.setHeader('content-type', 'text/plain').end(log)
      : response.end(list),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
