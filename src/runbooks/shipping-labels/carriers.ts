import { broken, healthy, unknown } from '../../domain/finding.ts';
import type { CarrierAnswer } from '../../ports/order-service.ts';
import type { Check } from '../define-runbook.ts';
import { curl } from '../names.ts';
import { spell } from '../shared/spell.ts';
import { isTwice } from '../shared/twice.ts';

export interface CarriersSeen {
  readonly carriers: readonly CarrierAnswer[];
  /** When the row of *down* answers began, epoch ms; null: none is down. */
  readonly downSince: number | null;
  /** Said down twice, far enough apart. */
  readonly down: boolean;
  /** One refuses our key. */
  readonly refused: boolean;
}

/** R31. */
export const carriers: Check<CarriersSeen> = {
  step: 'R31',
  title: 'Does the service reach the carriers?',
  system: 'The order service',
  source:
    'kubectl exec -it deployment/order-service -- \\\n  curl localhost:8080/admin/carriers/test-connection',
  equivalent: (names) => curl(names, names.paths.carriers),
  deadlineMs: 4_000,
  async look({ probes, previous, thresholds, now, signal }) {
    const found = await probes.orderService.carriers(signal);
    const before = previous?.['carriers']?.data as CarriersSeen | null | undefined;
    const down = found.filter(({ status }) => status === 'down');
    const refused = found.filter(({ status }) => status === 'unauthorised');
    const slow = found.filter(({ status }) => status === 'degraded');
    const downSince = down.length > 0 ? (before?.downSince ?? now) : null;
    const seen: CarriersSeen = {
      carriers: found,
      downSince,
      down: isTwice(downSince, now, thresholds),
      refused: refused.length > 0,
    };
    const evidence = found.map(({ carrier, status, words }) =>
      `${carrier}  ${status}  ${words ?? ''}`.trimEnd(),
    );
    if (found.length === 0)
      return unknown('The service names no carrier whose connection it could test.', seen);
    const words = [...down, ...refused, ...slow].find((one) => one.words !== null)?.words ?? null;
    const said = words === null ? '' : ` It says: ${words}.`;
    const since =
      downSince !== null && downSince < now
        ? `has been down for at least ${spell(now - downSince)}`
        : 'is down';
    const of = found.length === 1 ? '' : `; ${found.length - down.length} of ${found.length} are not`;
    if (down[0] !== undefined)
      return broken(`The carrier ${down[0].carrier} ${since}${of}.${said}`, seen, evidence);
    if (refused[0] !== undefined)
      return broken(`The carrier ${refused[0].carrier} refuses our key.${said}`, seen, evidence);
    if (slow[0] !== undefined)
      return broken(`The carrier ${slow[0].carrier} is slow or throttles us.${said}`, seen, evidence);
    const line =
      found.length === 1
        ? `The carrier ${found[0]?.carrier ?? ''} answers.`
        : `All ${found.length} carriers answer.`;
    return healthy(line, seen, evidence);
  },
};
