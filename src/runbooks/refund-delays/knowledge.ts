import type { Knowledge } from '../define-runbook.ts';
import { action, advice, byHand, COMPLAINTS, cause, check, IMPACT } from '../shared/carried.ts';

/** Every bullet of runbook 4 with what carries it. */
export const knowledge = {
  '4.S1': [check('R23')],
  '4.S2': [check('R24')],
  '4.S3': [COMPLAINTS],
  '4.S4': [check('R23', 'over 24 h'), check('R25')],
  '4.S5': [check('R24'), IMPACT],
  '4.C1': [cause('4.C1')],
  '4.C2': [cause('4.C2')],
  '4.C3': [cause('4.C3')],
  '4.C4': [cause('4.C4')],
  '4.C5': [cause('4.C5')],
  '4.H1': [check('R25'), byHand('m4.1')],
  '4.H2': [check('R24')],
  '4.H3': [check('R28')],
  '4.H4': [check('R28', 'against the row of R23')],
  '4.H5': [check('R1'), check('R3'), check('R26', 'on request')],
  '4.F1': [check('X3'), check('R1')],
  '4.F2': [action('R27')],
  '4.F3': [check('R28'), action('R27', 'waits without it')],
  '4.F4': [byHand('m4.1')],
  '4.F5': [action('R29')],
  '4.B1': [advice('4.B1'), action('R27', 'tier safe, for what the gateway lacks')],
  '4.B2': [advice('4.B2')],
  '4.B3': [byHand('m4.1')],
  '4.B4': [byHand('m4.3'), action('R27', 'owes the word to the customer'), action('R29', 'owes it too')],
  '4.N1': [advice('4.N1'), check('R25', 'settling is healthy'), byHand('m4.2')],
  '4.N2': [cause('4.C4')],
  '4.N3': [advice('4.N3')],
  '4.N4': [byHand('m4.1')],
} as const satisfies Knowledge<4>;
