import { describe, expect, test } from 'vitest';
import type { Duty } from '../../../src/domain/duty.ts';
import type { Run } from '../../../src/domain/run.ts';
import type { WorkloadSettings } from '../../../src/ports/kubernetes.ts';
import { RUNBOOK_NAMES } from '../../../src/runbooks/names.ts';
import { aRun } from '../../support/incidents.ts';
import { aProving, MINUTE, NOW } from '../../support/runbooks.ts';
import { env, judged, only, pair, run, world } from './temporary-support.ts';

describe('taking it back', () => {
  const done = (change: Partial<Run> = {}): Run =>
    run({
      parameters: { generation: '6', container: 'order-service', to: '50', before: '20' },
      beganAt: NOW - 40 * MINUTE,
      ...change,
    });
  const undone = (beganAt: number, outcome: Run['outcome'] = 'done') =>
    done({ id: 'undo-1', action: 'R43-undo', beganAt, outcome });

  test('is offered while the run stands, with before and after', () => {
    const [, undo] = pair();
    expect(undo.draft(judged(env('50')))).toEqual([]);
    const draft = only(undo.draft(judged(env('50'), {}, [done()])));
    expect(draft).toMatchObject({
      parameters: { generation: '7', to: '20', now: '50' },
      binding: { expected: '7' },
    });
    expect(draft.preview[0]).toBe('The pool size of order-service: 50 → 20, as it was before.');
    expect(undo.draft(judged(env('50'), {}, [done({ outcome: 'failed' })]))).toEqual([]);
    expect(undo.draft(judged(env('50'), {}, [done({ outcome: 'unknown' })]))).toHaveLength(1);
  });

  test('removes the variable where there was none', () => {
    const [, undo] = pair();
    const before = done({
      parameters: { generation: '6', container: 'order-service', to: '50', before: '' },
    });
    const draft = only(undo.draft(judged(env('50'), {}, [before])));
    expect(draft.preview[0]).toContain('50 → not set, as it was before.');
    expect(undo.equivalent(RUNBOOK_NAMES, draft.targets, draft.parameters)).toBe(
      'kubectl -n default set env deployment/order-service -c order-service DB_POOL_SIZE-',
    );
  });

  test('goes back to before the first of several, and says when somebody else was there', () => {
    const [, undo] = pair();
    const second = done({
      id: 'run-2',
      beganAt: NOW - 20 * MINUTE,
      parameters: { generation: '7', container: 'order-service', to: '80', before: '50' },
    });
    const draft = only(undo.draft(judged(env('90'), {}, [second, done()])));
    expect(draft.preview[0]).toContain('90 → 20');
    expect(draft.preview[1]).toBe('Somebody has changed it since it was set to 80.');
  });

  test('is over once it was done; a later run stands for itself', () => {
    const [, undo] = pair();
    expect(undo.draft(judged(env('20'), {}, [done(), undone(NOW - 5 * MINUTE)]))).toEqual([]);
    expect(undo.draft(judged(env('50'), {}, [done(), undone(NOW - 5 * MINUTE, 'failed')]))).toHaveLength(1);
    const again = done({
      id: 'run-2',
      beganAt: NOW - MINUTE,
      parameters: { ...done().parameters, before: '25' },
    });
    const draft = only(undo.draft(judged(env('50'), {}, [done(), undone(NOW - 5 * MINUTE), again])));
    expect(draft.parameters['to']).toBe('25');
  });

  const duty = (of: string, at: number, ticked: number | null): Duty => ({
    id: `duty of ${of}`,
    what: 'Set the pool size back to what it was.',
    owner: 'URESPONDER',
    targets: ['deployment/order-service'],
    run: of,
    undo: 'R43-undo',
    at,
    done: ticked === null ? null : { by: 'URESPONDER', at: ticked },
  });
  const owing = (judging: ReturnType<typeof judged>, owed: readonly Duty[]) => ({
    ...judging,
    incident: { ...judging.incident, owed },
  });
  const again = (beganAt: number, before: string) =>
    done({ id: 'run-2', beganAt, parameters: { ...done().parameters, before } });

  test('is over once somebody ticked it off by hand; a later run goes back to what that left', () => {
    const [, undo] = pair();
    const ticked = [duty('run-1', NOW - 39 * MINUTE, NOW - 10 * MINUTE)];
    expect(undo.draft(owing(judged(env('25'), {}, [done()]), ticked))).toEqual([]);
    const later = judged(env('50'), {}, [done(), again(NOW - MINUTE, '25')]);
    expect(only(undo.draft(owing(later, ticked))).parameters['to']).toBe('25');
  });

  test('with one of two ticked off it still goes back to before both', () => {
    const [, undo] = pair();
    const both = judged(env('80'), {}, [done(), again(NOW - 20 * MINUTE, '50')]);
    const ends = (first: number | null, second: number | null) =>
      undo.draft(
        owing(both, [duty('run-1', NOW - 39 * MINUTE, first), duty('run-2', NOW - 19 * MINUTE, second)]),
      );
    expect(only(ends(NOW - MINUTE, null)).parameters['to']).toBe('20');
    expect(only(ends(null, NOW - MINUTE)).parameters['to']).toBe('20');
    expect(ends(NOW - 2 * MINUTE, NOW - MINUTE)).toEqual([]);
  });

  test.each([
    ['it did not help', 'did not help', 'it did not help'],
    ['it made it worse', 'made it worse', 'it made things worse'],
    ['it helped', 'helped', null],
  ] as const)('recommended: %s', (_what, verdict, because) => {
    const [, undo] = pair();
    const judging = judged(env('50'), {}, [{ ...done(), proof: aRun({}, { verdict }).proof }]);
    expect(undo.when(judging, only(undo.draft(judging)))).toBe(because);
  });

  test('recommended when the runbook says that it is over', () => {
    const [, undo] = pair({ over: () => 'the load has been usual for 30 min' });
    const judging = judged(env('50'), {}, [done()]);
    expect(undo.when(judging, only(undo.draft(judging)))).toBe('the load has been usual for 30 min');
  });

  test.each([
    ['its own rollout', env('50'), { rollout: 'under way' }, null],
    ['stuck pods', env('50'), { rollout: 'stuck' }, null],
    [
      'another rollout',
      { ...env('50'), generation: 9 },
      { rollout: 'under way' },
      'another rollout is under way',
    ],
    ['paused', env('50'), { paused: true }, 'its rollout is paused, and nothing would begin'],
    ['done by hand', env('20'), {}, 'it reads 20 already; tick it off in `/oms owed`'],
  ] as const)('%s', (_what, settings, state, because) => {
    const [, undo] = pair();
    const judging = judged(settings, state, [done()]);
    expect(undo.notWhile(judging, only(undo.draft(judging)))).toBe(because);
  });

  test('is proven by what the deployment reads, when all pods are ready', async () => {
    const [, undo] = pair();
    const back = run({
      action: 'R43-undo',
      parameters: { generation: '7', container: 'order-service', to: '20' },
    });
    const sample = async (settings: Partial<WorkloadSettings>, state = {}) =>
      await undo.proof.sample(aProving(world(settings, state), { run: back }));
    expect(await sample(env('20'), { rollout: 'under way' })).toMatchObject({ settling: true });
    expect(await sample(env('20'))).toMatchObject({ moved: ['deployment/order-service'] });
    expect(await sample(env('50'))).toMatchObject({ stuck: true });
    expect(undo.mitigates).toBe(false);
  });
});
