import { spawn, spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { vitest } from './vitest.ts';

// `npm run test:cluster`: the Kubernetes suites on a real API server; closes with the line of `npm test`.
const root = fileURLToPath(new URL('../', import.meta.url));
const suites = ['--config', 'vitest.cluster.config.ts', ...process.argv.slice(2)];

/**
 * A network where every pod's address is this machine's alone and nothing else is near; a `/run` of its own, where a
 * pod has its credentials; and process ids of its own: with the first process every other one ends, however that
 * comes about.
 */
const APART = [
  ...['unshare', '--user', '--map-root-user', '--net', '--mount', '--pid', '--fork', '--kill-child'],
  ...['sh', '-ec'],
  'ip link set lo up; ip route add local 10.250.0.0/24 dev lo; mount -t tmpfs tmpfs /run; exec "$@"',
  'sh',
];

const given = process.env['TEST_KUBECONFIG'] ?? '';
console.log(
  given === ''
    ? `oms-bot: running the Kubernetes suites on a real API server: Kubernetes ${versionOf('k8s.io/kubernetes')}, etcd ${versionOf('go.etcd.io/etcd/server/v3')}, pods by kwok ${versionOf('sigs.k8s.io/kwok')}, in a network of its own.`
    : `oms-bot: running the Kubernetes suites on the cluster of TEST_KUBECONFIG (${given}), in namespaces of their own.`,
);
await (given === '' ? onOurOwn() : onTheGiven());

async function onTheGiven(): Promise<void> {
  close(await vitest(suites));
}

async function onOurOwn(): Promise<void> {
  const lacking = whatIsLacking();
  if (lacking !== null) return leaveOut(lacking);
  const built = await build();
  if (typeof built !== 'string') {
    // Its own words stand above.
    if (built.code !== 3) return close({ passed: 0, failed: 1, interrupted: built.code === null });
    return leaveOut('the cluster has to be built, and there is no Go that could do it.');
  }
  // In memory that is theirs: nothing of it outlives them.
  const env = { OMS_CLUSTER_BINARIES: built, OMS_CLUSTER_FOLDER: '/run/oms-cluster' };
  close(await vitest(suites, { command: APART, env }));
}

function whatIsLacking(): string | null {
  if (process.platform !== 'linux') return 'this machine is no Linux.';
  if (spawnSync('openssl', ['version']).status !== 0) return 'openssl is not there.';
  const apart = spawnSync(APART[0] ?? '', [...APART.slice(1), 'true'], { encoding: 'utf8' });
  if (apart.status === 0) return null;
  const said = (apart.error?.message ?? apart.stderr).trim();
  return `this machine gives no network of its own to a user (unshare and ip of Linux): ${said}`;
}

/** The folder of the binaries, or the exit code that it failed with; null: interrupted. */
async function build(): Promise<string | { readonly code: number | null }> {
  const child = spawn(join(root, 'test/cluster/rig/build.sh'), {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const stop = () => {
    // With its compilers.
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, stop);
  let printed = '';
  child.stdout.on('data', (part) => {
    printed += part;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  for (const signal of signals) process.off(signal, stop);
  return code === 0 ? printed.trim() : { code };
}

/** Says what did not run; where everything has to run, that is a failure. */
function leaveOut(because: string): void {
  const left = globSync('test/cluster/**/*.test.ts', { cwd: root }).sort();
  console.log(`Left out: ${left.join(', ')}, because ${because}`);
  close({ passed: 0, failed: process.env['CI'] === 'true' ? 1 : 0, interrupted: false });
}

function close({ passed, failed, interrupted }: Awaited<ReturnType<typeof vitest>>): void {
  if (interrupted) {
    console.log('\nInterrupted: not every test ran.');
    process.exit(130);
  }
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

function versionOf(module: string): string {
  const required = readFileSync(join(root, 'test/cluster/rig/go.mod'), 'utf8');
  const line = required
    .split('\n')
    .find((each) => each.includes(` ${module} v`) || each.includes(`\t${module} v`));
  return line?.split(' v')[1]?.split(' ')[0] ?? 'unknown';
}
