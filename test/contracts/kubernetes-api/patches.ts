import { beforeEach, describe, expect, test } from 'vitest';
import {
  container,
  deploymentOf,
  generationOf,
  JSON_PATCH,
  MERGE,
  patch,
  refusal,
  STRATEGIC,
  type Wire,
} from './wire.ts';

export function patchesWorkAlike(here: () => Wire): void {
  describe('a patch', () => {
    let generation: number;
    beforeEach(async () => {
      generation = await generationOf(here());
    });
    test('that is only tried shows what would be, and changes nothing', async () => {
      const tried = await patch(
        here(),
        { spec: { replicas: 7 } },
        MERGE,
        `${deploymentOf(here())}?dryRun=All`,
      );
      expect(tried).toMatchObject({
        status: 200,
        json: { metadata: { generation: generation + 1 }, spec: { replicas: 7 } },
      });
      expect(await generationOf(here())).toBe(generation);
      expect(
        await patch(here(), { spec: { replicas: 7 } }, MERGE, `${deploymentOf(here())}?dryRun=Some`),
      ).toMatchObject(
        refusal(422, 'Invalid', /dryRun: Unsupported value: \["Some"\]: supported values: "All"$/),
      );
      expect(await generationOf(here())).toBe(generation);
    });

    test.each<[string, unknown, string, number]>([
      ['labels', { metadata: { labels: { team: 'orders' } } }, STRATEGIC, 0],
      ['what stays equal', { spec: { replicas: 3 } }, STRATEGIC, 0],
      ['the status', { status: { readyReplicas: 9 } }, STRATEGIC, 0],
      ['the generation itself', { metadata: { generation: 40 } }, STRATEGIC, 0],
      ['a field that nobody knows', { spec: { nothing: 1 } }, MERGE, 0],
      [
        'a replaced field that nobody knows',
        [{ op: 'replace', path: '/spec/nothing', value: 1 }],
        JSON_PATCH,
        0,
      ],
      ['a field without a value', [{ op: 'add', path: '/spec/paused' }], JSON_PATCH, 0],
      ['nothing', [], JSON_PATCH, 0],
      ['an annotation', { metadata: { annotations: { note: 'x' } } }, STRATEGIC, 1],
      [
        'how long it may take',
        [{ op: 'copy', from: '/spec/replicas', path: '/spec/revisionHistoryLimit' }],
        JSON_PATCH,
        1,
      ],
      ['the environment', container({ env: [{ name: 'A', value: '1' }] }), STRATEGIC, 1],
      ['memory', container({ resources: { limits: { memory: '4Gi' } } }), STRATEGIC, 1],
      ['the template', { spec: { template: { metadata: { annotations: { r: 'x' } } } } }, STRATEGIC, 1],
    ])('of %s moves the generation as often as it should', async (_what, body, type, moves) => {
      const answer = await patch(here(), body, type);
      expect(answer).toMatchObject({ status: 200, json: { kind: 'Deployment', apiVersion: 'apps/v1' } });
      expect(answer.json.metadata.generation).toBe(generation + moves);
    });

    test('that merges puts new variables first, and keeps the others', async () => {
      const env = async (more: readonly object[]) => {
        const { json } = await patch(here(), container({ env: more }), STRATEGIC);
        return json.spec.template.spec.containers[0].env.map(
          ({ name: key, value }: { name: string; value: string }) => `${key}=${value}`,
        );
      };
      const before = await env([{ name: 'A', value: '1' }]);
      expect(await env([{ name: 'C', value: '3' }])).toEqual(['C=3', ...before]);
      expect(await env([{ name: 'A', value: '2' }])).toEqual([
        'C=3',
        ...before.map((each: string) => each.replace('A=1', 'A=2')),
      ]);
      expect(await env([{ name: 'C', $patch: 'delete' }])).not.toContain('C=3');
    });
  });

  test('the scale is read and changed, and refuses what is no count', async () => {
    const scale = `${deploymentOf(here())}/scale`;
    expect(await here().call('GET', scale)).toMatchObject({
      status: 200,
      json: {
        kind: 'Scale',
        apiVersion: 'autoscaling/v1',
        spec: { replicas: 3 },
        status: { selector: 'app=order-service' },
      },
    });
    expect(await patch(here(), { spec: { replicas: -1 } }, MERGE, scale)).toMatchObject(
      refusal(
        422,
        'Invalid',
        /^Scale\.autoscaling "order-service" is invalid: spec\.replicas: Invalid value: -1: must be greater than or equal to 0$/,
      ),
    );
    expect(await patch(here(), { spec: { replicas: 'x' } }, MERGE, scale)).toMatchObject(
      refusal(
        422,
        'Invalid',
        /cannot unmarshal string into Go struct field ScaleSpec\.spec\.replicas of type int32$/,
      ),
    );
    const generation = await generationOf(here());
    expect(await patch(here(), { spec: { replicas: 4 } }, MERGE, scale)).toMatchObject({
      status: 200,
      json: { spec: { replicas: 4 } },
    });
    expect(await generationOf(here())).toBe(generation + 1);
  });
}
