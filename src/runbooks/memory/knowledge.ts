import type { Knowledge } from '../define-runbook.ts';
import { action, advice, byHand, cause, check } from '../shared/carried.ts';

/** Every bullet of the source's section 8 with what carries it. */
export const knowledge = {
  '8.S1': [check('R54'), check('R56')],
  '8.S2': [check('R54')],
  '8.S3': [check('R55')],
  '8.S4': [check('X5', 'answered 5xx'), check('R60', 'pods that are ready')],
  '8.S5': [check('R56')],
  '8.C1': [cause('8.C1')],
  '8.C2': [cause('8.C2')],
  '8.C3': [cause('8.C3')],
  '8.C4': [cause('8.C4')],
  '8.C5': [cause('8.C5')],
  '8.H1': [check('R54')],
  '8.H2': [check('R55')],
  '8.H3': [check('X14'), check('R39'), check('X5', 'by route')],
  '8.H4': [action('R57'), byHand('m8.1')],
  '8.H5': [check('X1')],
  '8.F1': [action('R58')],
  '8.F2': [action('R59')],
  '8.F3': [byHand('m8.1')],
  '8.F4': [byHand('m8.2')],
  '8.F5': [action('R58', 'watched by R61'), check('R55')],
  '8.B1': [action('R58-undo', 'owed until done')],
  '8.B2': [action('R59-undo', 'owed until done')],
  '8.B3': [byHand('m8.2'), action('R60', 'owes it'), action('R58', 'owes it')],
  '8.B4': [check('R55', 'every minute while the incident is open or mitigated')],
  '8.N1': [action('R58', 'its form'), advice('8.N1')],
  '8.N2': [...['8.C2', '8.C3', '8.C5'].map(cause), advice('8.N2')],
  '8.N3': [advice('8.N3')],
  '8.N4': [advice('8.N4')],
} satisfies Knowledge<8>;
