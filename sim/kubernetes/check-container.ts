import { isObject, type JsonObject, objectIn } from '../world/cluster.ts';
import { memoryOf } from '../world/pod-settings.ts';
import { quantityOf } from '../world/quantity.ts';
import { invalid, Mistyped, mistyped } from './status.ts';

const KIND = 'Deployment.apps';
const NO_QUANTITY =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

/** Variables and memory of a container in a template, as the API server looks at them. @throws Refusal */
export function checkContainer(deployment: string, container: JsonObject, path: string): void {
  const env = container['env'] ?? [];
  if (!Array.isArray(env)) throw mistyped(env, 'Container.env', 'slice');
  for (const [index, entry] of env.entries()) {
    const at = `${path}.env[${index}]`;
    const variable = isObject(entry) ? entry : {};
    const { name, value, valueFrom } = variable;
    if (typeof name !== 'string' || name === '')
      throw invalid(KIND, deployment, `${at}.name`, 'Required value');
    if (!/^[ -<>-~]+$/.test(name))
      throw invalid(
        KIND,
        deployment,
        `${at}.name`,
        `Invalid value: ${JSON.stringify(name)}: a valid environment variable name must consist only of printable ASCII characters other than '='`,
      );
    if (value !== undefined && typeof value !== 'string') throw mistyped(value, 'EnvVar.env.value', 'string');
    if (typeof value === 'string' && value !== '' && valueFrom !== undefined)
      throw invalid(
        KIND,
        deployment,
        `${at}.valueFrom`,
        'Invalid value: "": may not be specified when `value` is not empty',
      );
  }
  const resources = objectIn(container, 'resources');
  for (const kind of ['limits', 'requests'] as const) {
    const text = objectIn(resources, kind)?.['memory'];
    if (text === undefined || (typeof text === 'string' && quantityOf(text) !== null)) continue;
    if (typeof text === 'string' && text.startsWith('-') && quantityOf(text.slice(1)) !== null)
      throw invalid(
        KIND,
        deployment,
        `${path}.resources.${kind}[memory]`,
        `Invalid value: "${text}": must be greater than or equal to 0`,
      );
    throw new Mistyped(NO_QUANTITY, NO_QUANTITY);
  }
  const limit = memoryOf(container, 'limits');
  const request = memoryOf(container, 'requests');
  if (limit !== null && request !== null && request > limit)
    throw invalid(
      KIND,
      deployment,
      `${path}.resources.requests`,
      `Invalid value: "${String(objectIn(resources, 'requests')?.['memory'])}": must be less than or equal to memory limit of ${String(objectIn(resources, 'limits')?.['memory'])}`,
    );
}
