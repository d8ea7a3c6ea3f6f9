import { isObject, type JsonObject, objectIn } from '../world/cluster.ts';
import { memoryOf } from '../world/pod-settings.ts';
import { quantityOf } from '../world/quantity.ts';
import { badRequest, invalid } from './status.ts';

const KIND = 'Deployment.apps';

/** Variables and memory of a container in a template, as the API server looks at them. @throws Refusal */
export function checkContainer(deployment: string, container: JsonObject, path: string): void {
  const env = container['env'] ?? [];
  if (!Array.isArray(env)) throw badRequest('json: cannot unmarshal into Go struct field Container.env');
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
    if (value !== undefined && typeof value !== 'string')
      throw badRequest(
        `Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal ${typeof value} into Go struct field EnvVar.env.value of type string`,
      );
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
    throw badRequest(
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    );
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
