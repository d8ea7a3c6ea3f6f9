import type { Knowledge } from '../define-runbook.ts';
import { action, advice, byHand, cause, check, IMPACT } from '../shared/carried.ts';

/** Every bullet of runbook 5 with what carries it. */
export const knowledge = {
  '5.S1': [check('X4', 'packed orders without a label')],
  '5.S2': [check('R30')],
  '5.S3': [check('R30', 'addresses')],
  '5.S4': [check('R30', 'timeouts')],
  '5.S5': [check('X4'), IMPACT],
  '5.C1': [cause('5.C1')],
  '5.C2': [cause('5.C2')],
  '5.C3': [cause('5.C3')],
  '5.C4': [cause('5.C4')],
  '5.C5': [cause('5.C5')],
  '5.H1': [check('R31'), check('X3')],
  '5.H2': [check('R32', 'on request')],
  '5.H3': [check('R33')],
  '5.H4': [check('X10'), check('R30', 'size or weight')],
  '5.H5': [check('X10', 'the country'), byHand('m5.4')],
  '5.F1': [check('R31'), check('X3')],
  '5.F2': [check('R32'), byHand('m5.1')],
  '5.F3': [action('R34')],
  '5.F4': [action('R35'), action('R36')],
  '5.F5': [byHand('m5.2')],
  '5.B1': [action('R34', 'tier safe, only where no label exists')],
  '5.B2': [byHand('m5.2')],
  '5.B3': [byHand('m5.1')],
  '5.B4': [byHand('m5.3')],
  '5.N1': [check('R30', 'timeouts'), action('R34', 'its proof')],
  '5.N2': [advice('5.N2')],
  '5.N3': [advice('5.N3'), byHand('m5.5')],
  '5.N4': [cause('5.C5')],
} as const satisfies Knowledge<5>;
