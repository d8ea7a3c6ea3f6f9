import type { Knowledge } from '../define-runbook.ts';
import { action, advice, byHand, cause, check } from '../shared/carried.ts';

/** Every bullet of the source's section 10 with what carries it. */
export const knowledge = {
  '10.S1': [check('R69', 'those that are processing, with their age')],
  '10.S2': [check('R69', 'longer than an export may take')],
  '10.S3': [check('R69', 'rows against those expected')],
  '10.S4': [check('R69', 'completed without a link')],
  '10.S5': [check('R70'), check('R54')],
  '10.C1': [cause('10.C1')],
  '10.C2': [cause('10.C2')],
  '10.C3': [cause('10.C3')],
  '10.C4': [cause('10.C4')],
  '10.C5': [cause('10.C5')],
  '10.H1': [check('R69')],
  '10.H2': [check('R70')],
  '10.H3': [check('R71')],
  '10.H4': [check('R72')],
  '10.H5': [check('R69', 'its dates and format'), check('R72', 'how many orders they hold')],
  '10.F1': [action('R75', 'made by the week')],
  '10.F2': [action('R73')],
  '10.F3': [byHand('m10.1')],
  '10.F4': [byHand('m10.2')],
  '10.F5': [byHand('m10.3')],
  '10.B1': [action('R73', 'safe, of failed ones only')],
  '10.B2': [advice('10.B2')],
  '10.B3': [action('R75', 'made by the week')],
  '10.B4': [check('R69', 'every minute while the incident is open')],
  '10.N1': [cause('10.C2'), action('R73', 'not of more'), action('R75', 'refuses more')],
  '10.N2': [cause('10.C1'), action('R73', 'proof'), action('R75', 'proof')],
  '10.N3': [advice('10.N3')],
  '10.N4': [action('R75', 'its form, outside quiet hours'), advice('10.N4')],
} satisfies Knowledge<10>;
