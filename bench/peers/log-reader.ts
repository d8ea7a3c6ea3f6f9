import { Agent, fetch } from 'undici';
import { atOnce } from '../../src/adapters/at-once.ts';
import { connectKubernetes } from '../../src/adapters/kubernetes/connect.ts';
import { policyFor } from '../../src/adapters/resilience.ts';

// Reads the logs of all pods, as R2 does, or only lets them flow past: the same connections, sixteen at a time. A process
// of its own, so that its memory is nobody else's.
const LOGS = process.env['LOGS'] ?? '';
const BYTES = Number(process.env['BYTES']);
const PODS = Number(process.env['PODS']);
const kubeconfig = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'bench',
  contexts: [{ name: 'bench', context: { cluster: 'bench', user: 'bench' } }],
  clusters: [{ name: 'bench', cluster: { server: LOGS, 'insecure-skip-tls-verify': true } }],
  users: [{ name: 'bench', user: { token: 'bench' } }],
});
const soon = () => AbortSignal.timeout(120_000);

async function look(): Promise<() => Promise<number>> {
  const { probe } = await connectKubernetes({
    kubeconfig: { text: kubeconfig },
    policy: policyFor('Kubernetes'),
  });
  const workload = { namespace: 'default', name: 'order-service', selector: 'app=order-service' };
  await probe.pods(workload, soon());
  return async () => {
    const logs = await probe.logs(
      {
        workload,
        containing: ['PAYMENT_FAILED', 'PAYMENT_GATEWAY_TIMEOUT', 'PAYMENT_DECLINED'],
        windowMinutes: 30,
        bytesPerContainer: BYTES + 1,
      },
      soon(),
    );
    if (logs.some(({ problem, truncated }) => problem !== null || truncated)) throw new Error('not whole');
    return logs.reduce((sum, { matched }) => sum + matched, 0);
  };
}

async function flow(): Promise<() => Promise<number>> {
  const dispatcher = new Agent({ allowH2: false });
  return async () => {
    const pods = Array.from({ length: PODS }, (_, number) => number);
    const sizes = await atOnce(16, pods, async (number) => {
      const path = `/api/v1/namespaces/default/pods/order-service-${number}/log?container=order-service`;
      const response = await fetch(LOGS + path, { dispatcher, signal: soon() });
      let size = 0;
      for await (const chunk of response.body ?? []) size += (chunk as Uint8Array).length;
      return size;
    });
    return sizes.reduce((sum, size) => sum + size, 0);
  };
}

const read = await (process.env['READER'] === 'ours' ? look() : flow());

process.on('message', (question: { readonly read?: boolean }) => {
  if (question.read !== true) return;
  for (let times = 0; times < 3; times += 1) globalThis.gc?.();
  const idle = process.memoryUsage().rss;
  const began = performance.now();
  void read().then((found) => {
    const ms = performance.now() - began;
    // In kB, of the process's whole life: what it needed to start counts too.
    process.send?.({ ms, found, over: process.resourceUsage().maxRSS * 1024 - idle });
  });
});
// Nothing else keeps it alive until it is asked.
process.channel?.ref();
console.log('up');
