import { OmsYaml } from '../../src/config/schema.ts';

export interface DefaultName {
  readonly key: string;
  readonly name: string;
}

/** Every string that the schema has of itself, with the key it is the default of. */
export function defaultNames(value: unknown = OmsYaml.parse({}), key = ''): readonly DefaultName[] {
  if (typeof value === 'string') return [{ key, name: value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) =>
    defaultNames(each, Array.isArray(value) ? key : key === '' ? name : `${key}.${name}`),
  );
}

/** Names that may stand in what the bot says of a company that does not use them, and why. */
const ALLOWED: Readonly<Record<string, string>> = {
  Deployment: 'a kind of Kubernetes; the pretend API server serves no StatefulSets',
  authorization: 'the header of Slack and of the API server too; the order service’s is looked at by itself',
  ORDER_PROCESSING_TIMEOUT: 'also a code of the runbook, which no company renames',
  WORKFLOW_STUCK: 'also a code of the runbook, which no company renames',
  DB_POOL_EXHAUSTED: 'also a code of the runbook, which no company renames',
  CONNECTION_TIMEOUT: 'also a code of the runbook, which no company renames',
  TOO_MANY_CONNECTIONS: 'also a code of the runbook, which no company renames',
};

/** The state of an export job (R69, X14) is called so too, and no company renames it. */
const JOB_STATES = { path: '/intern/exports-seite', words: ['processing'] };

/** Words of the language (*orders*, *status*, *shipped*), hours and UTC: in a sentence they name nothing. */
function isPlain(name: string): boolean {
  return /^([a-z]+|UTC|\d\d:\d\d)$/.test(name);
}

const NAMES = defaultNames().filter(({ name }) => ALLOWED[name] === undefined);

function patternOf(name: string): RegExp {
  const text = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace('\\{id\\}', '[^\\s/"]+');
  return new RegExp(name.startsWith('/') ? `${text}(?![\\w.-])` : text);
}

const TOLD = NAMES.filter(({ name }) => !isPlain(name)).map((one) => ({ ...one, test: patternOf(one.name) }));
const PLAIN = new Map(NAMES.filter(({ name }) => isPlain(name)).map(({ key, name }) => [name, key]));

/** Default names in a text, each with the text around it. */
export function namesIn(text: string): readonly string[] {
  return TOLD.flatMap(({ key, name, test }) => {
    const at = text.search(test);
    return at < 0 ? [] : [`${key} (${name}): …${text.slice(Math.max(0, at - 60), at + 80)}…`];
  });
}

/** Where a request names something: a stretch of its path, the value of a parameter or of a field. */
export function namesAsked(request: {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: string;
}): readonly string[] {
  const { method, path, query, body } = request;
  const words = [...path.split('/'), ...Object.values(query), ...valuesOf(body)];
  return [
    ...namesIn(`${method} ${path} ${Object.values(query).join(' ')} ${body}`),
    ...words.flatMap((word) => {
      const key = PLAIN.get(word);
      if (path === JOB_STATES.path && JOB_STATES.words.includes(word)) return [];
      return key === undefined ? [] : [`${key} (${word}): ${method} ${path} ${JSON.stringify(query)}`];
    }),
  ];
}

function valuesOf(body: string): readonly string[] {
  try {
    return leaves(JSON.parse(body));
  } catch {
    return [];
  }
}

function leaves(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [];
}
