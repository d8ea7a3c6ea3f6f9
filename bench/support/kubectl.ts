import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PEM = readFileSync(new URL('../../test/support/localhost.pem', import.meta.url), 'utf8');

const resource = (name: string, kind: string) => ({
  name,
  singularName: kind.toLowerCase(),
  namespaced: true,
  kind,
  verbs: ['get', 'list'],
});

/** What `kubectl` asks for before it asks for anything, and then keeps for hours. */
const DISCOVERY: Readonly<Record<string, object>> = {
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/apis': {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: ['apps/v1', 'metrics.k8s.io/v1beta1'].map((groupVersion) => {
      const [name, version] = groupVersion.split('/');
      const one = { groupVersion, version };
      return { name, versions: [one], preferredVersion: one };
    }),
  },
  '/api/v1': list('v1', [resource('pods', 'Pod'), resource('pods/log', 'Pod')]),
  '/apis/apps/v1': list('apps/v1', [resource('deployments', 'Deployment')]),
  '/apis/metrics.k8s.io/v1beta1': list('metrics.k8s.io/v1beta1', [resource('pods', 'PodMetrics')]),
};

function list(groupVersion: string, resources: readonly object[]) {
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources };
}

/**
 * The pretend API server as the real `kubectl` wants it: with TLS, without which it sends no credentials, and with the list
 * of what there is. @returns the environment that `kubectl` needs
 */
export async function forKubectl(
  stack: AsyncDisposableStack,
  kubeconfig: string,
): Promise<Readonly<Record<string, string>>> {
  const behind = /server: "([^"]+)"/.exec(kubeconfig)?.[1] ?? '';
  const server = createServer({ key: PEM, cert: PEM }, async (request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const known = DISCOVERY[path];
    if (known !== undefined) {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(known));
      return;
    }
    const answer = await fetch(behind + request.url, {
      method: request.method ?? 'GET',
      headers: { authorization: request.headers.authorization ?? '' },
    });
    response.statusCode = answer.status;
    response.setHeader('content-type', answer.headers.get('content-type') ?? 'application/json');
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  stack.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const folder = mkdtempSync(join(tmpdir(), 'oms-bench-kubectl-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'config');
  writeFileSync(file, kubeconfig.replace(behind, `https://127.0.0.1:${port}`), { mode: 0o600 });
  return { KUBECONFIG: file, KUBECACHEDIR: join(folder, 'cache') };
}
