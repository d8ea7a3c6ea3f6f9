import type { Knowledge } from '../define-runbook.ts';

/** Every bullet of the source's section 9 with what carries it. */
export const knowledge = {
  '9.S1': [{ by: 'check', step: 'R62' }],
  '9.S2': [
    { by: 'check', step: 'R63' },
    { by: 'check', step: 'X9' },
  ],
  '9.S3': [{ by: 'complaints' }],
  '9.S4': [{ by: 'check', step: 'X11' }],
  '9.S5': [{ by: 'check', step: 'X15' }],
  '9.C1': [{ by: 'cause', id: '9.C1' }],
  '9.C2': [{ by: 'cause', id: '9.C2' }],
  '9.C3': [{ by: 'cause', id: '9.C3' }],
  '9.C4': [{ by: 'cause', id: '9.C4' }],
  '9.C5': [{ by: 'cause', id: '9.C5' }],
  '9.H1': [{ by: 'check', step: 'R62' }],
  '9.H2': [{ by: 'check', step: 'R64' }],
  '9.H3': [{ by: 'check', step: 'R65' }],
  '9.H4': [
    { by: 'check', step: 'X9' },
    { by: 'check', step: 'R18' },
  ],
  '9.H5': [{ by: 'check', step: 'R65' }],
  '9.F1': [
    { by: 'check', step: 'R64' },
    { by: 'action', step: 'R66', part: 'the score in its dialog' },
  ],
  '9.F2': [{ by: 'action', step: 'R66' }],
  '9.F3': [{ by: 'action', step: 'R67' }],
  '9.F4': [{ by: 'action', step: 'R68' }],
  '9.F5': [{ by: 'by hand', id: 'm9.1' }],
  '9.B1': [{ by: 'action', step: 'R66', part: 'its reason is sent along and journaled' }],
  '9.B2': [
    { by: 'action', step: 'R68', part: 'owed: the note' },
    { by: 'by hand', id: 'm9.4' },
  ],
  '9.B3': [
    { by: 'action', step: 'R67', part: 'safe' },
    { by: 'advice', id: '9.B3' },
  ],
  '9.B4': [
    { by: 'action', step: 'R66', part: 'owed: customer service' },
    { by: 'action', step: 'R68', part: 'owed: customer service' },
    { by: 'by hand', id: 'm9.5' },
  ],
  '9.N1': [
    { by: 'cause', id: '9.C1' },
    { by: 'advice', id: '9.N1' },
  ],
  '9.N2': [
    { by: 'cause', id: '9.C2' },
    { by: 'advice', id: '9.N2' },
  ],
  '9.N3': [{ by: 'action', step: 'R66', part: 'managers only' }],
  '9.N4': [
    { by: 'action', step: 'R66', part: 'owed: the note' },
    { by: 'action', step: 'R68', part: 'owed: the note' },
    { by: 'by hand', id: 'm9.4' },
    { by: 'by hand', id: 'm9.1' },
  ],
} satisfies Knowledge<9>;
