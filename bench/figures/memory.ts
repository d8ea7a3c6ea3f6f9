import { setTimeout as sleep } from 'node:timers/promises';
import { startKubernetes } from '../../sim/kubernetes/kubernetes.ts';
import { NO_RATES } from '../../sim/slack/slack.ts';
import { createWorld } from '../../sim/world/world.ts';
import type { Bench } from '../figure.ts';
import { median, rangeOf } from '../statistics.ts';
import { openSlack, startBareBolt, startBot } from '../support/bot.ts';
import { openPool, startServer } from '../support/databases.ts';

const STARTS = 5;
const IDLE_MS = 5_000;
const MOST = 1.5;
const MB = 1024 * 1024;

/** Resident memory of an idle process after a full collection, against bare Bolt without a database. */
export const memory: Bench = {
  name: 'memory',
  async run(progress) {
    await using stack = new AsyncDisposableStack();
    const server = await startServer(stack);
    const world = await createWorld({ pool: openPool(stack, await server.fresh('orders')), now: Date.now });
    const kubernetes = await startKubernetes({
      world,
      podHttp: async () => new Response(null, { status: 503 }),
    });
    stack.defer(kubernetes.stop);
    const took = { bare: [] as number[], alone: [] as number[], cluster: [] as number[] };
    for (let start = 1; start <= STARTS; start += 1) {
      progress(`start ${start} of ${STARTS}`);
      await using processes = new AsyncDisposableStack();
      const open = async () => await openSlack(processes, NO_RATES);
      const database = async () => await server.forBot('memory');
      const running = {
        bare: await startBareBolt(processes, await open(), null),
        alone: await startBot(processes, await open(), await database()),
        cluster: await startBot(processes, await open(), await database(), {
          KUBECONFIG: kubernetes.kubeconfig(),
        }),
      };
      await sleep(IDLE_MS);
      for (const side of ['bare', 'alone', 'cluster'] as const) {
        const { rss } = await running[side].ask({ memory: true });
        took[side].push((rss ?? Number.NaN) / MB);
      }
    }
    const figure = (name: string, how: string, ours: readonly number[]) => ({
      name,
      how,
      unit: 'MB' as const,
      ours: { name: 'oms-bot', value: median(ours) },
      beside: { name: 'bare Bolt', value: median(took.bare) },
      goal: { on: 'ratio' as const, most: MOST },
      range: rangeOf(ours.map((one, place) => one / (took.bare[place] ?? Number.NaN))),
      samples: STARTS,
    });
    const how = `Resident memory ${IDLE_MS / 1_000} s after the start and after a full collection`;
    return [
      figure('idle memory, no cluster', `${how}; Kubernetes is not configured.`, took.alone),
      figure(
        'idle memory, with a cluster',
        `${how}; Kubernetes is configured, and its pods are asked for their metrics.`,
        took.cluster,
      ),
    ];
  },
};
