import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { JsonObject } from '../world/cluster.ts';
import { type Command, runCommand } from '../world/commands.ts';
import type { World } from '../world/world.ts';
import { type Access, forbiddenError } from './access.ts';
import { readRoute } from './route.ts';
import { containerNames } from './show-pod.ts';
import { badRequest, notFound, Refusal } from './status.ts';

interface Options {
  readonly world: World;
  readonly token: string;
  readonly access: Access;
}

const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
const STDOUT = 1;
const STDERR = 2;
const STATUS = 3;

/** `pods/<name>/exec` over a WebSocket: what the world says, on the channels of the protocol. */
export function createExec(
  options: Options,
): (incoming: IncomingMessage, socket: Socket, head: Buffer) => void {
  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => PROTOCOLS.find((each) => offered.has(each)) ?? false,
  });

  async function answer(incoming: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    const url = new URL(incoming.url ?? '/', 'http://127.0.0.1');
    const { pod, command } = await admitted(options, incoming, url);
    const said = await options.world.change((state, at) => {
      const found = state.pods.find((each) => each.name === pod);
      return found === undefined ? null : runCommand(state, found, command, at);
    });
    if (said === null) throw notFound('', 'pods', pod);
    sockets.handleUpgrade(incoming, socket, head, (client) => tell(client, said, command[0] ?? ''));
  }

  return (incoming, socket, head) => {
    if (socket.destroyed) return;
    answer(incoming, socket, head).catch((err: unknown) => {
      const refusal =
        err instanceof Refusal ? err : new Refusal(500, 'InternalError', `Internal error occurred: ${err}`);
      refuse(socket, refusal);
    });
  };
}

/** The checks of the API server and of the node, in their order. @throws Refusal */
async function admitted({ world, token, access }: Options, incoming: IncomingMessage, url: URL) {
  if (incoming.headers.authorization !== `Bearer ${token}`)
    throw new Refusal(401, 'Unauthorized', 'Unauthorized');
  const route = readRoute('GET', url);
  if (route.key !== 'pods/exec') throw badRequest('unable to upgrade: this path is no stream');
  // Since 1.35 a WebSocket needs the right that a POST would have needed, beside the one of its GET.
  for (const verb of ['get', 'create'])
    if (!access.allows({ ...route, verb })) throw forbiddenError({ ...route, verb }, route.namespace);
  const query = url.searchParams;
  const command = query.getAll('command');
  const asked = query.get('container') ?? '';
  if (command.length === 0) throw badRequest('you must specify at least 1 command for the container');
  if (!['stdin', 'stdout', 'stderr'].some((each) => ['true', '1'].includes(query.get(each) ?? '')))
    throw badRequest('you must specify at least one of stdin, stdout, stderr');
  await world.read((state) => {
    const pod = state.pods.find(
      ({ name, app }) => name === route.name && state.names.apps[app].namespace === route.namespace,
    );
    if (pod === undefined) throw notFound('', 'pods', route.name ?? '');
    const names = containerNames(state, pod);
    if (asked === '' && names.length > 1)
      throw badRequest(
        `a container name must be specified for pod ${pod.name}, choose one of: [${names.join(' ')}]`,
      );
    if (asked !== '' && !names.includes(asked))
      throw badRequest(`container ${asked} is not valid for pod ${pod.name}`);
    if (pod.waiting !== null)
      throw new Refusal(
        500,
        'InternalError',
        `Internal error occurred: unable to upgrade connection: container not found ("${asked || names[0]}")`,
        {},
      );
  });
  return { pod: route.name ?? '', command };
}

function tell(client: WebSocket, said: Command, program: string): void {
  const send = (channel: number, text: string) =>
    client.send(Buffer.concat([Buffer.from([channel]), Buffer.from(text)]));
  // A real server opens each channel with an empty frame.
  for (const channel of [STDOUT, STDERR, STATUS]) send(channel, '');
  if (said !== 'no tool') {
    if (said.out !== '') send(STDOUT, said.out);
    if (said.err !== '') send(STDERR, said.err);
  }
  send(STATUS, JSON.stringify(statusOf(said, program)));
  client.close(1000);
}

function statusOf(said: Command, program: string): JsonObject {
  if (said === 'no tool') {
    const words = `error executing command in container: failed to exec in container: failed to start exec "5c0e1": OCI runtime exec failed: exec failed: unable to start container process: exec: "${program}": executable file not found in $PATH: unknown`;
    return {
      metadata: {},
      status: 'Failure',
      message: `Internal error occurred: ${words}`,
      reason: 'InternalError',
      details: { causes: [{ message: words }] },
      code: 500,
    };
  }
  if (said.exit === 0) return { metadata: {}, status: 'Success' };
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: error executing command, exit code ${said.exit}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(said.exit) }] },
  };
}

function refuse(socket: Socket, refusal: Refusal): void {
  const { code, reason, message, details } = refusal;
  const body = JSON.stringify({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    ...(details === null ? {} : { details }),
    code,
  });
  socket.end(
    `HTTP/1.1 ${code} ${reason}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
