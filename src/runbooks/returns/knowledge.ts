import type { Knowledge } from '../define-runbook.ts';
import { action, advice, byHand, COMPLAINTS, cause, check } from '../shared/carried.ts';

/** Every bullet of the source's section 9 with what carries it. */
export const knowledge = {
  '9.S1': [check('R62')],
  '9.S2': [check('R63'), check('X9')],
  '9.S3': [COMPLAINTS],
  '9.S4': [check('X11')],
  '9.S5': [check('X15')],
  '9.C1': [cause('9.C1')],
  '9.C2': [cause('9.C2')],
  '9.C3': [cause('9.C3')],
  '9.C4': [cause('9.C4')],
  '9.C5': [cause('9.C5')],
  '9.H1': [check('R62')],
  '9.H2': [check('R64')],
  '9.H3': [check('R65')],
  '9.H4': [check('X9'), check('R18')],
  '9.H5': [check('R65')],
  '9.F1': [check('R64'), action('R66', 'the score in its dialog')],
  '9.F2': [action('R66')],
  '9.F3': [action('R67')],
  '9.F4': [action('R68')],
  '9.F5': [byHand('m9.1')],
  '9.B1': [action('R66', 'its reason is sent along and journaled')],
  '9.B2': [action('R68', 'owed: the note'), byHand('m9.4')],
  '9.B3': [action('R67', 'safe'), advice('9.B3')],
  '9.B4': [action('R66', 'owed: customer service'), action('R68', 'owed: customer service'), byHand('m9.5')],
  '9.N1': [cause('9.C1'), advice('9.N1')],
  '9.N2': [cause('9.C2'), advice('9.N2')],
  '9.N3': [action('R66', 'managers only')],
  '9.N4': [action('R66', 'owed: the note'), action('R68', 'owed: the note'), byHand('m9.4'), byHand('m9.1')],
} satisfies Knowledge<9>;
