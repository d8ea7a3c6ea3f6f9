import { isDeepStrictEqual } from 'node:util';
import type { TemplateDifference } from '../../ports/changes.ts';
import { RESTARTED_AT } from './deployment.ts';
import type { Container, Owned, Template } from './history-schema.ts';

/** On every replica set's template and on no Deployment's. */
export const HASH = 'pod-template-hash';

/** Names of what differs, and both sides of images and limits; no value of a variable leaves here. */
export function differenceOf(before: Template, after: Template): TemplateDifference {
  const pairs = pairsOf(before, after);
  const both = pairs.flatMap(([old, now]) => (old === null || now === null ? [] : [[old, now] as const]));
  const names = [...keysThatDiffer(annotationsOf(before), annotationsOf(after))];
  return {
    images: pairs.flatMap(([old, now]) =>
      old?.image === now?.image
        ? []
        : [
            {
              container: (now ?? old)?.name ?? '',
              before: old?.image.slice(0, LONGEST) ?? null,
              after: now?.image.slice(0, LONGEST) ?? null,
            },
          ],
    ),
    env: envOf(both),
    limits: both.flatMap(([old, now]) =>
      (['memory', 'cpu'] as const).flatMap((resource) => {
        const [was, is] = [limitOf(old, resource), limitOf(now, resource)];
        return was === is ? [] : [{ container: now.name, resource, before: was, after: is }];
      }),
    ),
    restarted: names.includes(RESTARTED_AT),
    annotations: names.filter((name) => name !== RESTARTED_AT),
    other: [
      ...new Set([
        ...both.flatMap(([old, now]) => keysThatDiffer(restOf(old), restOf(now))),
        ...keysThatDiffer({ ...before.spec, containers: null }, { ...after.spec, containers: null }),
        ...(isDeepStrictEqual(labelsOf(before), labelsOf(after)) ? [] : ['labels']),
      ]),
    ],
  };
}

/** Names of the labels and annotations of a version and of its pods, without those whose value is `false`. */
export function marksOf(
  { labels, annotations }: Pick<Owned['metadata'], 'labels' | 'annotations'>,
  { metadata: pod }: Template,
): readonly string[] {
  const names = [labels, annotations, pod?.labels, pod?.annotations].flatMap((marks) =>
    Object.entries(marks ?? {}).flatMap(([name, value]) => (value === 'false' ? [] : [name])),
  );
  return [...new Set(names)];
}

/** What a replica set adds to the template that it was made from goes. */
function withoutHash(template: Template): Template {
  const { [HASH]: _hash, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}

/** Characters of an image's name. */
const LONGEST = 300;

type Pair = readonly [Container | null, Container | null];

function pairsOf(before: Template, after: Template): readonly Pair[] {
  const olds = before.spec.containers;
  const news = after.spec.containers;
  return [
    ...news.map((now): Pair => [olds.find(({ name }) => name === now.name) ?? null, now]),
    ...olds.flatMap((old): Pair[] => (news.some(({ name }) => name === old.name) ? [] : [[old, null]])),
  ];
}

function envOf(both: readonly (readonly [Container, Container])[]): TemplateDifference['env'] {
  const found = { added: new Set<string>(), removed: new Set<string>(), changed: new Set<string>() };
  for (const [old, now] of both) {
    // The last of a name counts, as in Kubernetes.
    const was = new Map((old.env ?? []).map((one) => [one.name, one]));
    const is = new Map((now.env ?? []).map((one) => [one.name, one]));
    for (const [name, entry] of is) {
      if (!was.has(name)) found.added.add(name);
      else if (!isDeepStrictEqual(was.get(name), entry)) found.changed.add(name);
    }
    for (const name of was.keys()) if (!is.has(name)) found.removed.add(name);
  }
  return { added: [...found.added], removed: [...found.removed], changed: [...found.changed] };
}

function limitOf({ resources }: Container, resource: 'memory' | 'cpu'): number | null {
  return resources?.limits?.[resource] ?? null;
}

/** Of a container, what is not compared by itself. */
function restOf({ name: _name, image: _image, env: _env, resources, ...rest }: Container): object {
  const { limits, ...others } = resources ?? {};
  const { memory: _memory, cpu: _cpu, ...rare } = limits ?? {};
  return { ...rest, ...others, ...(Object.keys(rare).length === 0 ? {} : { limits: rare }) };
}

function annotationsOf({ metadata }: Template): Readonly<Record<string, string>> {
  return metadata?.annotations ?? {};
}

function labelsOf(template: Template): object {
  return withoutHash(template).metadata?.labels ?? {};
}

function keysThatDiffer(one: object, other: object): readonly string[] {
  const [left, right] = [new Map(Object.entries(one)), new Map(Object.entries(other))];
  return [...new Set([...left.keys(), ...right.keys()])].filter(
    (key) => !isDeepStrictEqual(left.get(key), right.get(key)),
  );
}
