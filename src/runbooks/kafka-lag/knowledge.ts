import type { Knowledge } from '../define-runbook.ts';
import { action, advice, byHand, cause, check, IMPACT } from '../shared/carried.ts';

/** Every bullet of the source's section 7 with what carries it. */
export const knowledge = {
  '7.S1': [check('R46')],
  '7.S2': [check('R46')],
  '7.S3': [check('R47')],
  '7.S4': [check('R46'), check('X12')],
  '7.S5': [check('R46', 'the group of the notifications')],
  '7.C1': [cause('7.C1')],
  '7.C2': [cause('7.C2')],
  '7.C3': [cause('7.C3')],
  '7.C4': [cause('7.C4')],
  '7.C5': [cause('7.C5')],
  '7.H1': [check('R45'), check('R49')],
  '7.H2': [check('R46')],
  '7.H3': [check('X12'), check('R47')],
  '7.H4': [check('R48')],
  '7.H5': [check('R49')],
  '7.F1': [check('R45'), action('R50', 'not while the brokers are in trouble or unknown')],
  '7.F2': [action('X16', 'tried first'), action('R51-skip'), action('R51')],
  '7.F3': [action('R52')],
  '7.F4': [check('R53'), byHand('m7.1')],
  '7.F5': [check('R46', 'every minute, and after each run')],
  '7.B1': [check('X13', 'when the oldest is dropped')],
  '7.B2': [advice('7.B2'), action('R51', 'not while the lag falls')],
  '7.B3': [action('R52', 'safe'), action('R51-undo', 'its preview')],
  '7.B4': [check('R46', 'every minute while the incident is watched after R51 or R52'), byHand('m7.2')],
  '7.N1': [check('R46', 'limit')],
  '7.N2': [IMPACT, advice('7.N2')],
  '7.N3': [check('X13'), advice('7.N3')],
  '7.N4': [advice('7.N4')],
} satisfies Knowledge<7>;
