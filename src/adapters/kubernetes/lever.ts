import type { KubernetesLever } from '../../ports/kubernetes.ts';
import { SystemError } from '../../ports/system-error.ts';
import { KUBERNETES, type KubernetesClient } from './client.ts';
import { DEPLOYMENTS, deploymentPath, getDeployment, RESTARTED_AT } from './deployment.ts';
import { Deployment } from './schema.ts';

/** The one change: a rolling restart, bound to a generation. Sent once, never repeated from here. */
export function kubernetesLever(client: KubernetesClient): Pick<KubernetesLever, 'restart'> {
  return {
    async restart(workload, generation, stamp, signal) {
      const before = await askedBefore(async () => await getDeployment(client, workload, signal));
      if (before.metadata.generation !== generation) throw moved(workload.name);
      // The stamp would be kept, and nothing would happen until somebody resumes it.
      if (before.spec.paused) throw refused(`${workload.name} is paused: a restart would not begin.`);
      const { annotations } = before.spec.template.metadata ?? {};
      const metadata = '/spec/template/metadata';
      const pointer = RESTARTED_AT.replaceAll('/', '~1');
      // JSON Patch adds into what exists only. What is read here cannot change before the test, which is in the patch.
      const add =
        before.spec.template.metadata === null || before.spec.template.metadata === undefined
          ? { op: 'add', path: metadata, value: { annotations: { [RESTARTED_AT]: stamp } } }
          : annotations === null || annotations === undefined
            ? { op: 'add', path: `${metadata}/annotations`, value: { [RESTARTED_AT]: stamp } }
            : { op: 'add', path: `${metadata}/annotations/${pointer}`, value: stamp };
      const patch = [{ op: 'test', path: '/metadata/generation', value: generation }, add];
      const path = `${deploymentPath(workload)}?fieldManager=oms-bot`;
      const answer = await client
        .json({ verb: 'patch', resource: DEPLOYMENTS, path, patch, signal })
        .catch((err: unknown) => {
          throw isTestFailed(err) ? moved(workload.name, err) : err;
        });
      const after = Deployment.safeParse(answer);
      const stamped = after.data?.spec.template.metadata?.annotations?.[RESTARTED_AT] === stamp;
      if (!after.success || !stamped) {
        throw new SystemError(
          KUBERNETES,
          'not understood',
          `${KUBERNETES} took the restart of ${workload.name}, but its answer does not show it.`,
          { sent: 'maybe', mayRetry: false },
        );
      }
      return `${workload.name}: a rolling restart of ${after.data.spec.replicas} pods has begun (generation ${generation} → ${after.data.metadata.generation}).`;
    },
  };
}

/** Nothing has been sent by then, whatever goes wrong. */
async function askedBefore<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (err) {
    if (!(err instanceof SystemError)) throw err;
    throw new SystemError(err.system, err.fault, err.message, {
      sent: 'no',
      mayRetry: err.mayRetry,
      cause: err,
    });
  }
}

/** The server does not say which of a patch's steps failed; the stamp's has nothing that could fail. */
function isTestFailed(err: unknown): boolean {
  return err instanceof SystemError && err.fault === 'refused' && / (409|422)\./.test(err.message);
}

function moved(name: string, cause?: unknown): SystemError {
  return refused(
    `${name} has been changed since it was looked at: its generation moved. Nothing was restarted.`,
    cause,
  );
}

function refused(message: string, cause?: unknown): SystemError {
  return new SystemError(KUBERNETES, 'refused', message, { sent: 'no', mayRetry: false, cause });
}
