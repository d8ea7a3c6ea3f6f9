import type { Action, Judging } from '../define-runbook.ts';
import { orderWorkload, shellWord } from '../names.ts';
import { reasonField, wrongReason } from '../shared/reason.ts';
import { spell, spellRoughly } from '../shared/spell.ts';
import { stands } from './causes.ts';
import type { MemoryData } from './checks.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const GIB = 1024 ** 3;

/** Why the fullest pod's heap is not dumped now; null: nothing speaks against it. */
function waits({ findings, thresholds }: Judging<MemoryData>): string | null {
  const { heap, service } = findings;
  const facts = heap.data;
  if (facts === null) return 'the pod could not be looked into';
  if (!facts.jvm) return 'it runs no JVM';
  if (facts.heap === null || facts.freeDisk === null)
    return 'nobody knows whether the dump would fit on its disk';
  const needed = facts.heap * thresholds.dumpRoomFactor;
  if (facts.freeDisk < needed)
    return `the dump would not fit: ${spellRoughly(facts.freeDisk)} are free, ${spellRoughly(needed)} are needed`;
  const takes = (facts.heap / GIB) * thresholds.dumpedGibSeconds * SECOND;
  if (facts.livenessMs !== null && facts.livenessMs <= takes)
    return `its liveness probe kills it after ${spell(facts.livenessMs)} without an answer, and the dump takes about ${spell(takes)}`;
  const ready = service.data?.state.ready ?? null;
  if (ready === null) return 'nobody knows how many pods are ready';
  return ready < 2 ? 'it is the only pod that is ready, and it stands still meanwhile' : null;
}

/** R57: the dump stays in the pod; the bot tells where, and never what is in it. */
export const dumpHeap: Action<MemoryData> = {
  step: 'R57',
  title: 'Dump the heap',
  parameters: ['pod', 'reason'],
  tier: 'guarded',
  source: 'kubectl exec -it <pod-name> -- jmap -dump:live,format=b,file=/tmp/heap.hprof 1',
  equivalent: ({ orderService: { namespace, container } }, targets, { file }) =>
    `kubectl -n ${namespace} exec ${targets[0]?.replace('pod/', '') ?? '<pod>'}${container === null ? '' : ` -c ${shellWord(container)}`} -- jmap -dump:live,format=b,file=${file ?? '/tmp/heap.hprof'} 1`,
  notes: [
    'The dump holds customers’ data and stays in the pod until somebody fetches and deletes it.',
    'It goes with its pod: whatever replaces the pods loses it.',
  ],
  rule: ({ dumpedGibSeconds, dumpRoomFactor }) => ({
    when: 'The code leaks memory (8.C1).',
    notWhile: [
      'The fullest pod runs no JVM.',
      `Less disk is free than ${dumpRoomFactor} times its heap, or nobody knows.`,
      `Its liveness probe would kill it sooner: a dump takes about ${dumpedGibSeconds} s for each GiB of heap.`,
      'It is the only pod that is ready: it stands still meanwhile.',
    ],
  }),
  draft({ findings, thresholds }) {
    const facts = findings.heap.data;
    if (facts === null || !facts.jvm) return [];
    return [
      {
        targets: [`pod/${facts.pod}`],
        parameters: {},
        preview: [
          `${facts.pod} stands still while its heap${facts.heap === null ? '' : ` of ${spellRoughly(facts.heap)}`} is written to its own disk.`,
        ],
        binding: { kind: 'exact', expected: facts.pod, words: 'Only while that pod is there and ready.' },
        fields: [reasonField(thresholds, 'Reason, for the audit log')],
      },
    ];
  },
  when: (judging) => (stands(judging, '8.C1') ? 'it shows what leaks, and a restart would lose it' : null),
  notWhile: (judging) => waits(judging),
  validate: ({ reason }, { thresholds }) => wrongReason(reason, thresholds),
  async stillHolds({ probes, names, now, signal }, run) {
    const name = run.targets[0]?.replace('pod/', '');
    const pods = await probes.kubernetes.pods(orderWorkload(names), signal);
    const pod = pods.find((one) => one.name === name);
    if (pod === undefined) return { changed: 'that pod is gone' };
    if (!pod.ready) return { changed: 'that pod is not ready now' };
    if (pods.filter(({ ready }) => ready).length < 2) return { changed: 'it is the only pod that is ready' };
    return { targets: run.targets, dropped: [], noted: { file: `/tmp/heap-${now}.hprof` } };
  },
  apply: async (target, { file }, { levers, names, signal }) =>
    await levers.kubernetes.dumpHeap(orderWorkload(names), target.replace('pod/', ''), file ?? '', signal),
  // A file that is there may still be growing, and where none is, jmap may still wait for the JVM: the proof tells.
  readBack: async () => 'unknown',
  proof: {
    plan: () => ({
      everyMs: MINUTE,
      withinMs: 10 * MINUTE,
      alike: 1,
      words: 'The file is there and the pod is ready within 10 min.',
    }),
    async sample({ probes, run, names, signal }) {
      const target = run.targets[0] ?? '';
      const name = target.replace('pod/', '');
      const file = run.parameters['file'] ?? '';
      const workload = orderWorkload(names);
      const pod = (await probes.kubernetes.pods(workload, signal)).find((one) => one.name === name);
      if (pod === undefined)
        return {
          moved: [],
          unknown: [],
          line: `${name} is gone, and the dump with it.`,
          value: null,
          worse: true,
          stuck: true,
        };
      const size = await probes.kubernetes.fileSize(workload, name, file, signal);
      const before = run.proof?.samples.at(-1)?.value ?? null;
      const still = size !== null && size > 0 && size === before;
      return {
        moved: still && pod.ready ? [target] : [],
        unknown: [],
        line:
          size === null
            ? `${file} is not there yet.`
            : `${file} in ${name} has ${spellRoughly(size)}${still ? '' : ' so far'}.`,
        value: size,
        worse: false,
      };
    },
  },
  mitigates: false,
  owes: [{ what: 'Fetch, read and delete the heap dump; it holds customers’ data.', owner: 'orders' }],
};
