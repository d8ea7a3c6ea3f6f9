import { healthy, skipped, unknown } from '../../domain/finding.ts';
import type { Check } from '../define-runbook.ts';
import { orderWorkload } from '../names.ts';
import { spellRoughly } from '../shared/spell.ts';
import type { HeapSeen } from './checks.ts';
import { readUsage } from './usage.ts';

/** R57's preview: asked of the fullest pod, and only while memory is short. */
export const heap: Check<HeapSeen> = {
  step: 'R57',
  title: 'Could the heap be dumped?',
  system: 'Kubernetes',
  source: null,
  equivalent: ({ orderService: { namespace } }) => `kubectl -n ${namespace} exec <pod> -- df -Pk /tmp`,
  deadlineMs: 4_000,
  async look({ probes, names, thresholds, signal }) {
    const { fullest, percent } = await readUsage({ probes, names, signal });
    if (fullest === null) return unknown('Which pod is the fullest is not known.');
    if (percent === null || percent < thresholds.memorySoundPercent)
      return skipped('No pod is full enough to look into its heap.');
    const facts = await probes.kubernetes.heap(orderWorkload(names), fullest, signal);
    const seen: HeapSeen = { pod: fullest, ...facts };
    if (!facts.jvm) return healthy(`${fullest} runs no JVM, so there is no heap to dump.`, seen);
    const size = facts.heap === null ? 'of unknown size' : `of ${spellRoughly(facts.heap)}`;
    const room =
      facts.freeDisk === null
        ? 'how much disk is free is not known'
        : `${spellRoughly(facts.freeDisk)} of disk are free`;
    return healthy(`${fullest} runs a JVM with a heap ${size}; ${room}.`, seen);
  },
};
