import { beforeEach, describe, expect, test } from 'vitest';
import { container, generationOf, JSON_PATCH, MERGE, patch, refusal, STRATEGIC, type Wire } from './wire.ts';

export function patchesAreRefusedAlike(here: () => Wire): void {
  describe('a patch', () => {
    let generation: number;
    beforeEach(async () => {
      generation = await generationOf(here());
    });
    const REJECTED = /^the server rejected our request due to an error in our request$/;

    test.each<[string, unknown, RegExp]>([
      [
        'tests another generation',
        [
          { op: 'test', path: '/metadata/generation', value: 7_000 },
          { op: 'add', path: '/spec/template/metadata/annotations', value: { a: 'b' } },
        ],
        REJECTED,
      ],
      ['tests what is missing', [{ op: 'test', path: '/spec/nothing', value: 1 }], REJECTED],
      ['tests by another type', [{ op: 'test', path: '/spec/replicas', value: '3' }], REJECTED],
      ['adds below what is missing', [{ op: 'add', path: '/spec/nothing/x', value: 'y' }], REJECTED],
      ['removes what is missing', [{ op: 'remove', path: '/spec/nothing' }], REJECTED],
      ['moves what is missing', [{ op: 'move', from: '/spec/nothing', path: '/spec/other' }], REJECTED],
      ['does what no patch can', [{ op: 'increment', path: '/spec/replicas' }], REJECTED],
      ['does nothing with a path', [{ path: '/spec/replicas', value: 3 }], REJECTED],
      [
        'points behind the end of a list',
        [{ op: 'add', path: '/spec/template/spec/containers/2', value: {} }],
        REJECTED,
      ],
      [
        'adds an empty container',
        [{ op: 'add', path: '/spec/template/spec/containers/-', value: {} }],
        /containers\[1\]\.name: Required value/,
      ],
      [
        'sets fewer than no pods',
        [{ op: 'replace', path: '/spec/replicas', value: -1 }],
        /^Deployment\.apps "order-service" is invalid: spec\.replicas: Invalid value: -1: must be greater than or equal to 0$/,
      ],
      [
        'sets pods by words',
        [{ op: 'replace', path: '/spec/replicas', value: '3' }],
        /^ "" is invalid: patch: Invalid value: ".*": json: cannot unmarshal string into Go struct field DeploymentSpec\.spec\.replicas of type int32$/,
      ],
      [
        'changes the selector',
        [{ op: 'replace', path: '/spec/selector/matchLabels', value: { app: 'other' } }],
        /spec\.selector: Invalid value: .*: field is immutable/,
      ],
      [
        'changes the labels under the selector',
        [{ op: 'replace', path: '/spec/template/metadata/labels', value: { app: 'other' } }],
        /spec\.template\.metadata\.labels: Invalid value: .*: `selector` does not match template `labels`$/,
      ],
      [
        'takes the containers',
        [{ op: 'remove', path: '/spec/template/spec/containers' }],
        /^Deployment\.apps "order-service" is invalid: spec\.template\.spec\.containers: Required value$/,
      ],
      [
        'makes it another kind',
        [{ op: 'replace', path: '/kind', value: 'Pod' }],
        /no kind "Pod" is registered for version "apps\/v1"/,
      ],
    ])('that %s is refused, and changes nothing', async (_what, body, message) => {
      expect(await patch(here(), body, JSON_PATCH)).toMatchObject(refusal(422, 'Invalid', message));
      expect(await generationOf(here())).toBe(generation);
    });

    test.each<[string, unknown, string, number, string | undefined, RegExp]>([
      [
        'an object for a JSON Patch',
        { spec: {} },
        JSON_PATCH,
        400,
        'BadRequest',
        /^error decoding patch: json: cannot unmarshal object into Go value of type /,
      ],
      [
        'a list for an object',
        [],
        MERGE,
        400,
        'BadRequest',
        /^error decoding patch: json: cannot unmarshal array into Go value of type map\[string\]interface \{\}$/,
      ],
      ['nothing for an object', 'null', MERGE, 400, 'BadRequest', /^Invalid JSON Patch$/],
      ['half an object', '{', STRATEGIC, 400, 'BadRequest', /^invalid JSON patch$/],
      ['half a list', '[', JSON_PATCH, 400, 'BadRequest', /^invalid JSON patch$/],
      [
        'an annotation that is no text',
        { metadata: { annotations: { a: 1 } } },
        MERGE,
        422,
        'Invalid',
        /^ "" is invalid: patch: Invalid value: "\{.*": json: cannot unmarshal number into Go struct field ObjectMeta\.metadata\.annotations of type string$/,
      ],
      [
        'replicas that are no number',
        { spec: { replicas: 'x' } },
        MERGE,
        422,
        'Invalid',
        /cannot unmarshal string into Go struct field DeploymentSpec\.spec\.replicas of type int32$/,
      ],
      [
        'half a pod',
        { spec: { replicas: 1.5 } },
        MERGE,
        422,
        'Invalid',
        /cannot unmarshal number 1\.5 into Go struct field DeploymentSpec\.spec\.replicas of type int32$/,
      ],
      [
        'a list entry without its key',
        { spec: { template: { spec: { containers: [{}] } } } },
        STRATEGIC,
        500,
        undefined,
        /^map: map\[\] does not contain declared merge key: name$/,
      ],
      [
        'a container without an image',
        { spec: { template: { spec: { containers: [{ name: 'new' }] } } } },
        STRATEGIC,
        422,
        'Invalid',
        /: spec\.template\.spec\.containers\[0\]\.image: Required value$/,
      ],
      [
        'an environment of numbers',
        container({ env: [{ name: 'A', value: 5 }] }),
        STRATEGIC,
        422,
        'Invalid',
        /^ "" is invalid: patch: Invalid value: "map\[spec:map\[template:.*name:A value:5.*": cannot convert int64 to string$/,
      ],
      [
        'a variable without a name',
        container({ env: [{ name: '', value: 'x' }] }),
        STRATEGIC,
        422,
        'Invalid',
        /containers\[0\]\.env\[0\]\.name: Required value$/,
      ],
      [
        'memory in words',
        container({ resources: { limits: { memory: 'lots' } } }),
        STRATEGIC,
        422,
        'Invalid',
        /": quantities must match the regular expression '/,
      ],
      [
        'memory below nothing',
        container({ resources: { limits: { memory: '-1Gi' } } }),
        STRATEGIC,
        422,
        'Invalid',
        /resources\.limits\[memory\]: Invalid value: "-1Gi": must be greater than or equal to 0$/,
      ],
      [
        'a limit below what is requested',
        container({ resources: { limits: { memory: '1Mi' }, requests: { memory: '2Mi' } } }),
        STRATEGIC,
        422,
        'Invalid',
        /resources\.requests: Invalid value: "2Mi": must be less than or equal to memory limit of 1Mi$/,
      ],
      [
        'another name',
        { metadata: { name: 'other' } },
        MERGE,
        400,
        'BadRequest',
        /^the name of the object \(other\) does not match the name on the URL \(order-service\)$/,
      ],
      [
        'another namespace',
        { metadata: { namespace: 'other' } },
        MERGE,
        400,
        'BadRequest',
        /^the namespace of the provided object does not match the namespace sent on the request$/,
      ],
      [
        'another identity',
        { metadata: { uid: 'other' } },
        MERGE,
        422,
        'Invalid',
        /^Deployment\.apps "order-service" is invalid: metadata\.uid: Invalid value: "other": field is immutable$/,
      ],
      [
        'an old version',
        { metadata: { resourceVersion: '1' } },
        MERGE,
        409,
        'Conflict',
        /^Operation cannot be fulfilled on deployments\.apps "order-service": the object has been modified; /,
      ],
      ['no type of patch', {}, 'application/json', 415, 'UnsupportedMediaType', /Unsupported Media Type$/],
      ['no type at all', {}, 'text/plain', 415, 'UnsupportedMediaType', /Unsupported Media Type$/],
    ])('with %s is refused, and changes nothing', async (_what, body, type, status, reason, message) => {
      expect(await patch(here(), body, type)).toMatchObject(refusal(status, reason, message));
      expect(await generationOf(here())).toBe(generation);
    });
  });
}
