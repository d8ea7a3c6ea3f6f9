import type { AnyRunbook, BulletId, Carrier } from './define-runbook.ts';

/** One bullet of the source with what makes it work, as `oms runbooks --json` prints it. */
export interface ListedBullet {
  /** `1.S1` … `10.N4`. */
  readonly id: BulletId;
  readonly carriedBy: readonly ListedCarrier[];
}

export interface ListedCarrier {
  readonly by: Carrier['by'];
  /** The step, the cause, the sentence or the step by hand; null where all runbooks share one mechanism. */
  readonly name: string | null;
  /** What that is or does, in words. */
  readonly says: string;
  /** The part of it that is meant; null: all of it. */
  readonly part: string | null;
}

/** How many bullets of each kind every runbook of the source has. */
const KINDS = { S: 5, C: 5, H: 5, F: 5, B: 4, N: 4 };

/** Every bullet of the source, also those that nothing carries; what a carrier names and the runbook lacks is left out. */
export function bulletsIn(runbook: AnyRunbook): readonly ListedBullet[] {
  const ids = Object.entries(KINDS).flatMap(([kind, many]) =>
    Array.from({ length: many }, (_, place) => `${runbook.number}.${kind}${place + 1}` as BulletId),
  );
  return ids.map((id) => ({
    id,
    carriedBy: (runbook.knowledge[id] ?? []).flatMap((carrier) => {
      const says = saysOf(runbook, carrier);
      if (says === null) return [];
      return [{ by: carrier.by, name: nameOf(carrier), says, part: partOf(carrier) }];
    }),
  }));
}

/** Null: the runbook has no such thing. */
function saysOf(runbook: AnyRunbook, carrier: Carrier): string | null {
  const { checks, questions = [], actions, causes, advice = [], byHand = [], impact } = runbook;
  switch (carrier.by) {
    case 'check':
      return (
        [...Object.values(checks), ...questions].find(({ step }) => step === carrier.step)?.title ?? null
      );
    case 'action':
      return actions.find(({ step }) => step === carrier.step)?.title ?? null;
    case 'cause':
      return causes.find(({ id }) => id === carrier.id)?.title ?? null;
    case 'advice':
      return advice.find(({ id }) => id === carrier.id)?.shown ?? null;
    case 'by hand':
      return byHand.find(({ id }) => id === carrier.id)?.what ?? null;
    case 'impact':
      return impact.means;
    case 'escalation':
      return 'The ladder: who is called, and when.';
    case 'complaints':
      return 'Complaints of people, by `/oms report` or by a message’s shortcut, are counted.';
  }
}

function nameOf(carrier: Carrier): string | null {
  if ('step' in carrier) return carrier.step;
  return 'id' in carrier ? carrier.id : null;
}

function partOf(carrier: Carrier): string | null {
  return 'part' in carrier ? (carrier.part ?? null) : null;
}
