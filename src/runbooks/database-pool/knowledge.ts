import type { Knowledge } from '../define-runbook.ts';
import { action, advice, byHand, cause, check } from '../shared/carried.ts';

/** Every bullet of the source's section 6 with what carries it. */
export const knowledge = {
  '6.S1': [check('X5', 'how long 95 % took'), check('X11', 'timeouts')],
  '6.S2': [check('X11')],
  '6.S3': [check('X5', 'answered 5xx, by route')],
  '6.S4': [check('R37')],
  '6.S5': [check('R39')],
  '6.C1': [cause('6.C1')],
  '6.C2': [cause('6.C2')],
  '6.C3': [cause('6.C3')],
  '6.C4': [cause('6.C4')],
  '6.C5': [cause('6.C5')],
  '6.H1': [check('R37')],
  '6.H2': [check('R38')],
  '6.H3': [check('R39')],
  '6.H4': [check('X5')],
  '6.H5': [check('R40'), check('R38', 'when it started, and its role')],
  '6.F1': [action('R41')],
  '6.F2': [action('R42')],
  '6.F3': [action('R43')],
  '6.F4': [action('R44')],
  '6.F5': [action('R41', 'proof'), check('R37', 'every minute while the incident is open or mitigated')],
  '6.B1': [action('R43-undo', 'owed until done')],
  '6.B2': [action('R44-undo', 'owed until done')],
  '6.B3': [byHand('m6.1'), action('R41', 'owes it'), advice('6.B3')],
  '6.B4': [check('R37', 'every minute while the incident is open or mitigated')],
  '6.N1': [
    check('R37', 'size'),
    action('R43', 'the sum over all pods'),
    action('R44', 'the sum over all pods'),
  ],
  '6.N2': [advice('6.N2')],
  '6.N3': [action('R41', 'not while too few pods are ready')],
  '6.N4': [advice('6.N4'), action('R41', 'not while it lasts')],
} satisfies Knowledge<6>;
