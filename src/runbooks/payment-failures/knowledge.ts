import type { Knowledge } from '../define-runbook.ts';
import { action, advice, byHand, COMPLAINTS, cause, check, ESCALATION, IMPACT } from '../shared/carried.ts';

/** Every bullet of runbook 1 with what carries it. */
export const knowledge = {
  '1.S1': [check('X4', 'orders that wait for payment')],
  '1.S2': [check('R2')],
  '1.S3': [COMPLAINTS],
  '1.S4': [check('R2', 'timeouts'), check('R3')],
  '1.S5': [IMPACT],
  '1.C1': [cause('1.C1')],
  '1.C2': [cause('1.C2')],
  '1.C3': [cause('1.C3')],
  '1.C4': [cause('1.C4')],
  '1.C5': [cause('1.C5')],
  '1.H1': [check('X3'), byHand('m1.1')],
  '1.H2': [check('R6'), check('R2', '401 and 403')],
  '1.H3': [byHand('m1.2')],
  '1.H4': [check('R2', 'by status')],
  '1.H5': [check('R3')],
  '1.F1': [check('X3'), check('R1')],
  '1.F2': [check('R3')],
  '1.F3': [check('R6'), byHand('m1.3')],
  '1.F4': [action('R5')],
  '1.F5': [byHand('m1.4')],
  '1.B1': [advice('1.B1'), action('R5', 'waits while the gateway is not well')],
  '1.B2': [advice('1.B2')],
  '1.B3': [advice('1.B3')],
  '1.B4': [byHand('m1.5')],
  '1.N1': [cause('1.C5'), IMPACT],
  '1.N2': [ESCALATION],
  '1.N3': [cause('1.C1'), action('R7', 'waits until the provider was asked')],
  '1.N4': [advice('1.N4'), byHand('m1.4')],
} as const satisfies Knowledge<1>;
