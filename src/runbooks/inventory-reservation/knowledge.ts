import type { Knowledge } from '../define-runbook.ts';
import { action, advice, byHand, COMPLAINTS, cause, check } from '../shared/carried.ts';

/** Every bullet of runbook 2 with what carries it. */
export const knowledge = {
  '2.S1': [check('R10')],
  '2.S2': [check('X7', 'the catalog has some, the order side none')],
  '2.S3': [check('X7')],
  '2.S4': [check('R10', 'races')],
  '2.S5': [COMPLAINTS],
  '2.C1': [cause('2.C1')],
  '2.C2': [cause('2.C2')],
  '2.C3': [cause('2.C3')],
  '2.C4': [cause('2.C4')],
  '2.C5': [cause('2.C5'), byHand('m2.3')],
  '2.H1': [check('X7')],
  '2.H2': [check('R10', 'locks'), check('R12')],
  '2.H3': [check('R15')],
  '2.H4': [check('R11')],
  '2.H5': [check('X6')],
  '2.F1': [check('R9')],
  '2.F2': [action('R14')],
  '2.F3': [action('R13')],
  '2.F4': [byHand('m2.1')],
  '2.F5': [check('R15'), action('R14', 'its proof')],
  '2.B1': [advice('2.B1')],
  '2.B2': [check('R9'), advice('2.B2')],
  '2.B3': [advice('2.B3')],
  '2.B4': [check('X8'), byHand('m2.2')],
  '2.N1': [cause('2.C4')],
  '2.N2': [action('R14', 'live locks stay')],
  '2.N3': [action('R13', 'the catalog is right'), check('X7')],
  '2.N4': [advice('2.N4'), cause('2.C1')],
} as const satisfies Knowledge<2>;
