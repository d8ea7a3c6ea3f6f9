import type { Workload } from '../../ports/kubernetes.ts';
import { SystemError } from '../../ports/system-error.ts';
import { KUBERNETES, type KubernetesClient } from './client.ts';
import { deploymentPath, getDeployment, resourceOf } from './deployment.ts';
import { Deployment } from './deployment-schema.ts';

/** One step of a JSON Patch (RFC 6902). */
export type PatchStep =
  | { readonly op: 'test' | 'add'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

/** What is to become of a Deployment, decided from how it is now. */
export interface Change {
  /** For the sentence of a refusal: *Nothing was restarted.* */
  readonly nothing: string;
  /** The steps behind the test of the generation; what is read here cannot change before that. @throws SystemError */
  steps(before: Deployment): readonly PatchStep[];
  /** Whether the answer shows it. */
  shows(after: Deployment, answer: unknown): boolean;
  says(before: Deployment, after: Deployment): string;
}

/**
 * One JSON Patch that opens with a `test` of the generation; sent once, never repeated from here.
 * @throws SystemError *refused* with `sent: 'no'` when the generation moved, or nothing is to be changed
 */
export async function changeDeployment(
  client: KubernetesClient,
  workload: Workload,
  generation: number,
  change: Change,
  signal: AbortSignal,
): Promise<string> {
  const { name } = workload;
  const before = await askedBefore(async () => await getDeployment(client, workload, signal));
  if (before.metadata.generation !== generation) throw moved(name, change);
  const steps = change.steps(before);
  // It would be taken, and nothing would have happened.
  if (steps.length === 0) throw refused(`${name} reads so already. ${change.nothing}`);
  const patch = [{ op: 'test', path: '/metadata/generation', value: generation }, ...steps];
  const path = `${deploymentPath(workload)}?fieldManager=oms-bot`;
  const answer = await client
    .json({ verb: 'patch', resource: resourceOf(workload), path, patch, signal })
    .catch(async (err: unknown) => {
      throw (await hasMoved(client, workload, generation, err, signal)) ? moved(name, change, err) : err;
    });
  const after = Deployment.safeParse(answer).data;
  if (after === undefined || !change.shows(after, answer)) {
    throw new SystemError(
      KUBERNETES,
      'not understood',
      `${KUBERNETES} took the change of ${name}, but its answer does not show it.`,
      { sent: 'maybe', mayRetry: false },
    );
  }
  return change.says(before, after);
}

/** Nothing has been sent by then, whatever goes wrong. */
export async function askedBefore<T>(ask: () => Promise<T>): Promise<T> {
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

export function refused(message: string, cause?: unknown): SystemError {
  return new SystemError(KUBERNETES, 'refused', message, { sent: 'no', mayRetry: false, cause });
}

/** The server does not say which of a patch's steps failed, nor always whether it was one of them: it is looked up. */
async function hasMoved(
  client: KubernetesClient,
  workload: Workload,
  generation: number,
  err: unknown,
  signal: AbortSignal,
): Promise<boolean> {
  if (!(err instanceof SystemError) || err.fault !== 'refused') return false;
  const now = await getDeployment(client, workload, signal).catch(() => null);
  return now !== null && now.metadata.generation !== generation;
}

function moved(name: string, { nothing }: Change, cause?: unknown): SystemError {
  return refused(`${name} has been changed since it was looked at: its generation moved. ${nothing}`, cause);
}

/** A name as a part of a JSON pointer. */
export function pointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
