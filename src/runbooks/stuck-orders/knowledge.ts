import type { Knowledge } from '../define-runbook.ts';
import { action, advice, byHand, cause, check } from '../shared/carried.ts';

/** Every bullet of runbook 3 with what carries it. */
export const knowledge = {
  '3.S1': [check('R16')],
  '3.S2': [check('R17', 'events that are missing'), check('X9')],
  '3.S3': [check('R16', 'over two hours')],
  '3.S4': [check('X9', 'transitions that are not allowed')],
  '3.S5': [check('R19')],
  '3.C1': [cause('3.C1')],
  '3.C2': [cause('3.C2')],
  '3.C3': [cause('3.C3')],
  '3.C4': [cause('3.C4')],
  '3.C5': [cause('3.C5')],
  '3.H1': [check('X10'), check('R16', 'since when')],
  '3.H2': [check('R17')],
  '3.H3': [check('X9')],
  '3.H4': [check('R19')],
  '3.H5': [check('X10', 'the row against its events'), check('R17'), check('R39')],
  '3.F1': [check('R16', '`/oms stuck-orders`')],
  '3.F2': [action('R20')],
  '3.F3': [action('R21')],
  '3.F4': [check('R18'), check('R19'), byHand('m3.1')],
  '3.F5': [action('R22')],
  '3.B1': [action('R20', 'tier safe'), advice('3.B1')],
  '3.B2': [action('R21', 'tier safe'), advice('3.B2')],
  '3.B3': [byHand('m3.2'), action('R22', 'owes the note')],
  '3.B4': [byHand('m3.3'), action('R22', 'owes the word to the warehouse')],
  '3.N1': [check('R16', 'over 15 min: slow'), action('R20', 'deadline of the proof')],
  '3.N2': [check('R16', 'broken from one order on')],
  '3.N3': [action('R22', 'waits for the events or for a tick')],
  '3.N4': [action('R22', 'the reason, and old → new in the journal')],
} as const satisfies Knowledge<3>;
