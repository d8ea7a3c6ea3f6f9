import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addSidecar } from '../sim/kubernetes/support.ts';
import { type Connected, connected, QUESTION, soon } from './support.ts';

const POD = 'order-service-7c9f6d5b8-4kx2p';

let here: Connected;
beforeEach(async () => {
  here = await connected();
});
afterEach(async () => {
  await here.stop();
});

describe('logs', () => {
  const mine = async (question = QUESTION) =>
    (await here.connection.probe.logs(question, soon())).filter(({ pod }) => pod === POD);

  test('come of every container', async () => {
    await addSidecar(here);
    await here.world.change((state, now) => {
      state.logs.write(now - 1_000, `${POD}/log-shipper`, 'WARN', 'buffer order=full');
    });
    const [app, sidecar] = await mine();
    expect(app?.lines.length).toBeGreaterThan(0);
    expect(sidecar).toMatchObject({ container: 'log-shipper', matched: 1, problem: null });
  });

  test('of no pod are none in which nothing went wrong: nothing was read', async () => {
    const workload = { ...QUESTION.workload, selector: 'app=order-svc' };
    await expect(here.connection.probe.logs({ ...QUESTION, workload }, soon())).rejects.toMatchObject({
      fault: 'not found',
      message:
        'Kubernetes has no pod with app=order-svc, so there was no log to read; `workloads` in oms.yaml names it.',
    });
  });

  test('come of the container before a restart too', async () => {
    const crashAt = here.world.now() - 10 * 60_000;
    await here.world.change((state) => {
      const pod = state.pods[0];
      if (pod === undefined) throw new Error('no pod');
      state.logs.write(crashAt - 1, POD, 'ERROR', 'order= the last words');
      state.logs.write(crashAt + 1, POD, 'INFO', 'order= the first words');
      pod.restarts = 1;
      pod.startedAt = crashAt;
    });
    const [log] = await mine();
    const text = log?.lines.join('\n') ?? '';
    expect(text.indexOf('the last words')).toBeGreaterThan(-1);
    expect(text.indexOf('the first words')).toBeGreaterThan(text.indexOf('the last words'));
  });

  test('tell what is recent by the clock of the node, and ask for it only where something matched', async () => {
    await here.world.change((state, now) => {
      state.logs.forget(({ pod }) => pod === POD);
      state.logs.write(now - 7 * 60_000, POD, 'ERROR', 'order= of before');
      state.logs.write(now - 60_000, POD, 'ERROR', 'order= of now, by its own words of 1999-01-01T00:00:00Z');
    });
    const [log] = await mine({ ...QUESTION, recentMinutes: 5 });
    expect(log).toMatchObject({ matched: 2, recent: [expect.stringContaining('of now')] });
    const asked = () => here.kubernetes.count('GET', /4kx2p\/log$/);
    expect(asked()).toBe(2);
    expect(await mine({ ...QUESTION, containing: ['nothing'], recentMinutes: 5 })).toMatchObject([
      { recent: [] },
    ]);
    expect(asked()).toBe(3);
    expect(await mine()).toMatchObject([{ matched: 2, recent: [] }]);
  });

  test('stay where the node did not say which are recent: any of them may be', async () => {
    await here.world.change((state, now) => {
      state.logs.forget(({ pod }) => pod === POD);
      state.logs.write(now - 60_000, POD, 'ERROR', 'order= of now');
    });
    const match = { path: /4kx2p\/log$/ };
    here.kubernetes.faults.add({ match, fault: { mode: 'slow', ms: 0 }, times: 1 });
    here.kubernetes.faults.add({ match, fault: { mode: 'status', status: 500 } });
    const [log] = await mine({ ...QUESTION, recentMinutes: 5 });
    const lines = [expect.stringContaining('of now')];
    expect(log).toMatchObject({ matched: 1, lines, recent: lines, problem: expect.stringContaining('500') });
  });

  test('keep the newest 2,000 of what matched, and count the rest', async () => {
    await here.world.change((state, now) => {
      for (let number = 0; number < 2_500; number += 1) {
        state.logs.write(now - 2_500 + number, POD, 'INFO', `flood ${number}`);
      }
    });
    const [log] = await mine({ ...QUESTION, containing: ['flood '] });
    expect(log).toMatchObject({ matched: 2_500, truncated: false });
    expect(log?.lines).toHaveLength(2_000);
    expect(log?.lines.at(-1)).toMatch(/flood 2499$/);
    expect(log?.lines[0]).toMatch(/flood 500$/);
  });

  test('that reach the byte limit are cut, without half a line', async () => {
    await here.world.change((state, now) => {
      state.logs.forget(({ pod }) => pod === POD);
      for (let number = 0; number < 9; number += 1) {
        state.logs.write(now - 9 + number, POD, 'INFO', `line ${number} äöü`);
      }
    });
    const whole = await mine({ ...QUESTION, containing: ['line'] });
    expect(whole).toMatchObject([{ matched: 9, truncated: false }]);
    const lengthOfOne = Buffer.byteLength(`${whole[0]?.lines[0] ?? ''}\n`);
    const [cut] = await mine({
      ...QUESTION,
      containing: ['line'],
      bytesPerContainer: 4 * lengthOfOne - 3,
    });
    expect(cut).toMatchObject({ truncated: true, lines: whole[0]?.lines.slice(0, 3) });
  });

  test('are cut also where the server knows no limit', async () => {
    const body = 'a line order=1\n'.repeat(100);
    here.kubernetes.faults.add({
      match: { path: /4kx2p\/log$/ },
      fault: { mode: 'status', status: 200, body },
    });
    expect(await mine({ ...QUESTION, bytesPerContainer: 32 })).toMatchObject([
      { matched: 2, truncated: true },
    ]);
  });

  test('of a container that never began are its problem', async () => {
    await here.world.change((state) => {
      const pod = state.pods[0];
      if (pod !== undefined) pod.waiting = { reason: 'ImagePullBackOff', message: '' };
    });
    const [log] = await mine();
    expect(log).toMatchObject({ lines: [], matched: 0 });
    expect(log?.problem).toContain('is waiting to start');
  });

  test('of the container before a restart alone, where that is asked for', async () => {
    const crashAt = here.world.now() - 10 * 60_000;
    await here.world.change((state) => {
      const pod = state.pods[0];
      if (pod === undefined) throw new Error('no pod');
      state.logs.write(crashAt - 1, POD, 'ERROR', 'order= the last words');
      state.logs.write(crashAt + 1, POD, 'INFO', 'order= the first words');
      pod.restarts = 1;
      pod.startedAt = crashAt;
    });
    const logs = await here.connection.probe.logs({ ...QUESTION, previous: true }, soon());
    const text = logs.flatMap(({ lines }) => lines).join('\n');
    expect(text).toContain('the last words');
    expect(text).not.toContain('the first words');
    // Those that never restarted have none, and that is no problem.
    for (const log of logs.filter(({ pod }) => pod !== POD))
      expect(log).toMatchObject({ lines: [], matched: 0, problem: null, truncated: false });
  });

  test('of 100 pods at once are bounded, whatever stands in them', async () => {
    const names = ['--previous', '-n', 'app;id', '..%2F', 'a b'];
    await here.world.change((state, now) => {
      const [first] = state.pods;
      if (first === undefined) throw new Error('no pod');
      for (let number = 0; number < 97; number += 1) {
        const name = `${names[number] ?? 'order-service-many'}-${number}`;
        state.pods.push({ ...first, name });
        const flood = number % 3;
        const text =
          flood === 0
            ? `order=\u0000\u0007\u001b[31mred\u001b[0m ${'\ud800'}`
            : flood === 1
              ? `order= ${'x'.repeat(400_000)}`
              : 'order= plain';
        for (let line = 0; line < 3; line += 1) state.logs.write(now - 3 + line, name, 'INFO', text);
      }
    });
    const logs = await here.connection.probe.logs(QUESTION, soon());
    expect(logs).toHaveLength(100);
    expect(logs.map(({ problem }) => problem).filter((problem) => problem !== null)).toEqual([]);
    for (const name of names)
      expect(logs.some(({ pod, matched }) => pod.startsWith(name) && matched > 0)).toBe(true);
    for (const { lines } of logs) {
      expect(lines.every((line) => line.length < 9_000)).toBe(true);
      expect(lines.join('')).not.toContain('[31m');
    }
    // Of what is larger than the limit of a container, no more than that is read.
    const read = logs.filter(({ truncated }) => truncated);
    expect(read.length).toBeGreaterThan(25);
  });
});
