import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { OmsYaml } from '../../src/config/schema.ts';
import { unprepared, warnings } from '../../src/config/warnings.ts';
import { readConfig } from '../../src/config.ts';
import { ACME_OMS, ACME_YAML } from '../support/acme.ts';
import { defaultNames } from '../support/default-names.ts';

/** Keys that ACME leaves as they are, and why. */
const NOT_RENAMED: Readonly<Record<string, string>> = {
  'workloads.orderService.kind': 'the pretend API server runs Deployments of what is restarted',
  'workloads.workflowEngine.kind': 'as orderService',
  'kafka.consumers.*.kind': 'as orderService',
  'kafka.deadLetterTopic':
    'X13 asks the order service (admin.failedEvents) here; Kafka keeps no dead letters',
  'kafka.deadLetterGroup': 'as deadLetterTopic',
  'approvals.byAction.*': 'names steps of the runbook and people, no name of the company',
  'statusPages.gateway.url': 'said by the pretend provider, whose address is another each time',
  'statusPages.gateway.component': 'said by the pretend provider',
  'statusPages.carrier.url': 'said by the pretend provider',
  'statusPages.carrier.component': 'without one, any incident there counts',
  'catalog.url': 'said by the pretend catalog',
  'catalog.stockPath': 'said by the pretend catalog',
};

interface Node {
  readonly type?: string;
  readonly anyOf?: readonly Node[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: Node | boolean;
  readonly items?: Node;
}

/** Every key of the schema whose value is a text, or texts; of a record of any names, `*`. */
function keysOf(node: Node, key = ''): readonly string[] {
  const below = (name: string) => (key === '' ? name : `${key}.${name}`);
  if (node.anyOf !== undefined) return [...new Set(node.anyOf.flatMap((one) => keysOf(one, key)))];
  if (node.type === 'string') return [key];
  if (node.type === 'array') return node.items === undefined ? [] : keysOf(node.items, key);
  const named = Object.entries(node.properties ?? {}).flatMap(([name, each]) => keysOf(each, below(name)));
  const any =
    typeof node.additionalProperties === 'object' ? keysOf(node.additionalProperties, below('*')) : [];
  return [...named, ...any];
}

const schema = z.toJSONSchema(OmsYaml, { io: 'input', unrepresentable: 'any' }) as Node;
const KEYS = [...new Set(keysOf(schema))];
const defaults = Map.groupBy(defaultNames(), ({ key }) => key);

function textsAt(key: string, value: unknown = ACME_OMS): readonly string[] {
  if (typeof value === 'string') return key === '' ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((each) => textsAt(key, each));
  if (typeof value !== 'object' || value === null || key === '') return [];
  const [first = '', ...rest] = key.split('.');
  const under = first === '*' ? Object.values(value) : [(value as Record<string, unknown>)[first]];
  return under.flatMap((each) => textsAt(rest.join('.'), each));
}

describe('the company of the renamed journeys', () => {
  test.each(KEYS.filter((key) => NOT_RENAMED[key] === undefined))('calls %s otherwise', (key) => {
    const own = textsAt(key);
    expect(own, 'it has to be set in test/support/acme.ts').not.toEqual([]);
    const usual = (defaults.get(key) ?? []).map(({ name }) => name);
    expect(own.filter((name) => usual.includes(name))).toEqual([]);
  });

  test('leaves nothing as it is that is no key of the schema', () => {
    expect(Object.keys(NOT_RENAMED).filter((key) => !KEYS.includes(key))).toEqual([]);
  });

  test('has a file that is taken, and warns of nothing', () => {
    const { oms } = readConfig({ env: {}, readFile: () => ACME_YAML });
    expect(warnings(oms)).toEqual([]);
    expect(unprepared(oms)).toEqual([
      'Only one carrier is configured (carriers.countries): an outage of it stops all shipping.',
    ]);
  });
});
