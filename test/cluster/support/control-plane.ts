import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { API_SERVER, type Certificates, makeCertificates } from './certificates.ts';
import { createProcesses, type Processes } from './processes.ts';

// Fixed ports and addresses: the whole cluster has a network of its own.
const ETCD = 'http://127.0.0.1:12379';
const SERVER = 'https://127.0.0.1:16443';
const KUBELET_PORT = 10_247;
/** Every pod's address is this machine's alone, and can be listened on: the route is laid by `scripts/test-cluster.ts`. */
const PODS = '10.250.0.1/24';

export interface ControlPlane {
  /** A file; of one who may do everything. */
  readonly kubeconfig: string;
  readonly certificates: Certificates;
  /** Pods live from then on. Its own kinds must be known by then. */
  startNode(): void;
  readonly until: Processes['until'];
  stop(): Promise<void>;
}

/**
 * etcd, kube-apiserver, kube-controller-manager and kube-scheduler, with kwok in the kubelet's place.
 * @param binaries what `rig/build.sh` made
 * @param folder for their files, 120 MB
 * @throws Error where it could reach another machine, or when one of them does not start
 */
export async function startControlPlane(binaries: string, folder: string): Promise<ControlPlane> {
  if (Object.keys(networkInterfaces()).some((name) => name !== 'lo')) {
    // What the API server sends to a pod's address would leave this machine.
    throw new Error('The test cluster starts only in a network of its own: npm run test:cluster.');
  }
  const certificates = makeCertificates(folder);
  const token = randomBytes(16).toString('hex');
  const authority = readFileSync(certificates.authority);
  const kubeconfig = join(folder, 'admin.kubeconfig');
  writeFileSync(kubeconfig, kubeconfigOf(authority, token));
  writeFileSync(join(folder, 'tokens.csv'), `${token},admin,admin,"system:masters"\n`);
  mkdirSync(join(folder, 'logs'));
  writeFileSync(join(folder, 'logs', 'empty.log'), '');
  writeFileSync(join(folder, 'kwok.yaml'), kwokConfig(binaries, folder));

  const processes = createProcesses(folder);
  const run = (name: string, flags: Flags) => processes.start(name, join(binaries, name), argsOf(flags));
  run('etcd', etcd(folder));
  run('kube-apiserver', apiServer(certificates, folder));
  try {
    await processes.until('The API server being ready', async () => await ready(authority));
  } catch (err) {
    await processes.stop();
    throw err;
  }
  run('kube-controller-manager', controllerManager(certificates, folder));
  run('kube-scheduler', scheduler(folder));
  return {
    kubeconfig,
    certificates,
    startNode: () => run('kwok', kwok(certificates, folder)),
    until: processes.until,
    stop: processes.stop,
  };
}

async function ready(ca: Buffer): Promise<boolean> {
  return await new Promise((resolve, reject) => {
    get(`${SERVER}/readyz`, { ca }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    }).on('error', reject);
  });
}

type Flags = Readonly<Record<string, string | number | boolean>>;

function argsOf(flags: Flags): readonly string[] {
  return Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
}

function etcd(folder: string): Flags {
  return {
    'data-dir': join(folder, 'etcd'),
    'listen-client-urls': ETCD,
    'advertise-client-urls': ETCD,
    'listen-peer-urls': 'http://127.0.0.1:12380',
    'unsafe-no-fsync': true,
    'log-level': 'warn',
  };
}

function apiServer({ authority, leaf, leafKey, tokenKey }: Certificates, folder: string): Flags {
  return {
    'etcd-servers': ETCD,
    'bind-address': '127.0.0.1',
    'secure-port': new URL(SERVER).port,
    // No pod may believe that the server is at an address of the loopback.
    'advertise-address': '192.0.2.1',
    'endpoint-reconciler-type': 'none',
    'tls-cert-file': leaf,
    'tls-private-key-file': leafKey,
    'client-ca-file': authority,
    'service-account-issuer': 'https://rig.invalid',
    'service-account-key-file': tokenKey,
    'service-account-signing-key-file': tokenKey,
    'authorization-mode': 'RBAC',
    'token-auth-file': join(folder, 'tokens.csv'),
    'kubelet-client-certificate': leaf,
    'kubelet-client-key': leafKey,
    'kubelet-certificate-authority': authority,
    'requestheader-client-ca-file': authority,
    'requestheader-allowed-names': API_SERVER,
    'requestheader-username-headers': 'X-Remote-User',
    'requestheader-group-headers': 'X-Remote-Group',
    'requestheader-extra-headers-prefix': 'X-Remote-Extra-',
    'proxy-client-cert-file': leaf,
    'proxy-client-key-file': leafKey,
    // Nodes are never ill here, and pods have no use for tokens.
    'disable-admission-plugins': 'ServiceAccount,TaintNodesByCondition',
    'service-cluster-ip-range': '10.96.0.0/16',
    'enable-priority-and-fairness': false,
  };
}

function controllerManager({ authority, tokenKey }: Certificates, folder: string): Flags {
  return {
    kubeconfig: join(folder, 'admin.kubeconfig'),
    'bind-address': '127.0.0.1',
    'secure-port': 0,
    'leader-elect': false,
    'service-account-private-key-file': tokenKey,
    'root-ca-file': authority,
    'flex-volume-plugin-dir': join(folder, 'flex'),
    controllers: '*,-node-lifecycle-controller,-taint-eviction-controller',
  };
}

function scheduler(folder: string): Flags {
  return {
    kubeconfig: join(folder, 'admin.kubeconfig'),
    'bind-address': '127.0.0.1',
    'secure-port': 0,
    'leader-elect': false,
  };
}

function kwok({ leaf, leafKey }: Certificates, folder: string): Flags {
  return {
    kubeconfig: join(folder, 'admin.kubeconfig'),
    config: join(folder, 'kwok.yaml'),
    'manage-all-nodes': true,
    // Without a name the node loses its addresses after some minutes, and with them all logs.
    'node-name': 'localhost',
    'node-ip': '127.0.0.1',
    'node-port': KUBELET_PORT,
    'server-address': `127.0.0.1:${KUBELET_PORT}`,
    cidr: PODS,
    'tls-cert-file': leaf,
    'tls-private-key-file': leafKey,
    'node-lease-duration-seconds': 40,
    'enable-crds': 'Logs,Exec,Attach,PortForward,ResourceUsage',
  };
}

/** How nodes and pods come and go; and every container has an empty log unless a test wrote one. */
function kwokConfig(binaries: string, folder: string): string {
  return `${readFileSync(join(binaries, 'stages.yaml'), 'utf8')}---
apiVersion: kwok.x-k8s.io/v1alpha1
kind: ClusterLogs
metadata: { name: empty }
spec: { logs: [{ logsFile: ${join(folder, 'logs', 'empty.log')} }] }
`;
}

function kubeconfigOf(authority: Buffer, token: string): string {
  return `apiVersion: v1
kind: Config
current-context: rig
contexts: [{ name: rig, context: { cluster: rig, user: admin } }]
clusters: [{ name: rig, cluster: { server: "${SERVER}", certificate-authority-data: ${authority.toString('base64')} } }]
users: [{ name: admin, user: { token: ${token} } }]
`;
}
