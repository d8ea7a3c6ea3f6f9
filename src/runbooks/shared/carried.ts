import type { StepName } from '../../domain/finding.ts';
import type { ByHandId } from '../../domain/incident.ts';
import type { Carrier } from '../define-runbook.ts';

/** What a runbook's `knowledge` is written with. */
export const check = (step: StepName, part?: string): Carrier => ({
  by: 'check',
  step,
  ...(part === undefined ? {} : { part }),
});
export const action = (step: StepName, part?: string): Carrier => ({
  by: 'action',
  step,
  ...(part === undefined ? {} : { part }),
});
export const cause = (id: string): Carrier => ({ by: 'cause', id });
export const byHand = (id: ByHandId): Carrier => ({ by: 'by hand', id });
export const advice = (id: string): Carrier => ({ by: 'advice', id });
export const IMPACT: Carrier = { by: 'impact' };
export const ESCALATION: Carrier = { by: 'escalation' };
export const COMPLAINTS: Carrier = { by: 'complaints' };
