import type { JsonObject } from '../world/cluster.ts';
import { Refusal } from './status.ts';

/**
 * Whether a request takes an object without all that is not its metadata, by its `Accept` header.
 * @throws Refusal 406 for any other form that is not served
 */
export function asksMetadata(request: Request): boolean {
  const parts = (request.headers.get('accept') ?? '').split(';').map((part) => part.trim());
  const asked = new Map(parts.slice(1).map((part) => part.split('=', 2) as [string, string | undefined]));
  const as = asked.get('as');
  if (as === undefined) return false;
  if (as === 'PartialObjectMetadata' && asked.get('g') === 'meta.k8s.io' && asked.get('v') === 'v1')
    return true;
  throw new Refusal(
    406,
    'NotAcceptable',
    'only the following media types are accepted: application/json, application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
    {},
  );
}

export function onlyMetadata({ metadata = {} }: JsonObject): JsonObject {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
}
