import type { StepName } from '../domain/finding.ts';
import type { ByHandId } from '../domain/incident.ts';
import type { RunbookId } from '../domain/severity.ts';
import { databasePool } from './database-pool.ts';
import type { AnyAction, AnyByHand, AnyQuestion, AnyRunbook } from './define-runbook.ts';
import { exports } from './exports.ts';
import { inventoryReservation } from './inventory-reservation.ts';
import { kafkaLag } from './kafka-lag.ts';
import { memory } from './memory.ts';
import { paymentFailures } from './payment-failures.ts';
import { asAction } from './question.ts';
import { refundDelays } from './refund-delays.ts';
import { returns } from './returns.ts';
import { shippingLabels } from './shipping-labels.ts';
import { stuckOrders } from './stuck-orders.ts';

/** Every runbook, in the source's order. Adding one is adding a file and a line. */
export const CATALOGUE: readonly AnyRunbook[] = [
  paymentFailures,
  inventoryReservation,
  stuckOrders,
  refundDelays,
  shippingLabels,
  databasePool,
  kafkaLag,
  memory,
  returns,
  exports,
];

/** @throws Error for a runbook that this version does not carry */
export function runbookById(id: RunbookId): AnyRunbook {
  const found = CATALOGUE.find((runbook) => runbook.id === id);
  if (found === undefined) throw new Error(`There is no runbook ${id} in this version.`);
  return found;
}

/** Finds by id, number or code, as a person types it; null when there is none. */
export function findRunbook(text: string): AnyRunbook | null {
  const wanted = text.trim().toLowerCase();
  return (
    CATALOGUE.find(
      ({ id, number, codes }) =>
        id === wanted || String(number) === wanted || codes.some((code) => code.toLowerCase() === wanted),
    ) ?? null
  );
}

/** What a run of this step does; a question's is to ask. @throws Error for a step that is neither */
export function actionOf(step: StepName): AnyAction {
  const found = CATALOGUE.flatMap(({ actions }) => actions).find((action) => action.step === step);
  if (found !== undefined) return found;
  const question = questionOf(step);
  if (question === null) throw new Error(`There is no action ${step} in this version.`);
  return asAction(question);
}

export function questionOf(step: StepName): AnyQuestion | null {
  return CATALOGUE.flatMap(({ questions }) => questions ?? []).find((one) => one.step === step) ?? null;
}

/** A step by hand of this runbook; null for one that this version does not carry. */
export function byHandOf(id: RunbookId, step: ByHandId): AnyByHand | null {
  return runbookById(id).byHand?.find((one) => one.id === step) ?? null;
}

/** The titles of a runbook's checks by their step; an unknown step is its own title. */
export function titlesOf(id: RunbookId): (step: string) => string {
  const checks = Object.values(runbookById(id).checks);
  return (step) => checks.find((check) => check.step === step)?.title ?? step;
}
