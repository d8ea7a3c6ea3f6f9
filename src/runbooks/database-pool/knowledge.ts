import type { Knowledge } from '../define-runbook.ts';

/** Every bullet of the source's section 6 with what carries it. */
export const knowledge = {
  '6.S1': [
    { by: 'check', step: 'X5', part: 'how long 95 % took' },
    { by: 'check', step: 'X11', part: 'timeouts' },
  ],
  '6.S2': [{ by: 'check', step: 'X11' }],
  '6.S3': [{ by: 'check', step: 'X5', part: 'answered 5xx, by route' }],
  '6.S4': [{ by: 'check', step: 'R37' }],
  '6.S5': [{ by: 'check', step: 'R39' }],
  '6.C1': [{ by: 'cause', id: '6.C1' }],
  '6.C2': [{ by: 'cause', id: '6.C2' }],
  '6.C3': [{ by: 'cause', id: '6.C3' }],
  '6.C4': [{ by: 'cause', id: '6.C4' }],
  '6.C5': [{ by: 'cause', id: '6.C5' }],
  '6.H1': [{ by: 'check', step: 'R37' }],
  '6.H2': [{ by: 'check', step: 'R38' }],
  '6.H3': [{ by: 'check', step: 'R39' }],
  '6.H4': [{ by: 'check', step: 'X5' }],
  '6.H5': [
    { by: 'check', step: 'R40' },
    { by: 'check', step: 'R38', part: 'when it started, and its role' },
  ],
  '6.F1': [{ by: 'action', step: 'R41' }],
  '6.F2': [{ by: 'action', step: 'R42' }],
  '6.F3': [{ by: 'action', step: 'R43' }],
  '6.F4': [{ by: 'action', step: 'R44' }],
  '6.F5': [
    { by: 'action', step: 'R41', part: 'proof' },
    { by: 'check', step: 'R37', part: 'every minute while the incident is open or mitigated' },
  ],
  '6.B1': [{ by: 'action', step: 'R43-undo', part: 'owed until done' }],
  '6.B2': [{ by: 'action', step: 'R44-undo', part: 'owed until done' }],
  '6.B3': [
    { by: 'by hand', id: 'm6.1' },
    { by: 'action', step: 'R41', part: 'owes it' },
    { by: 'advice', id: '6.B3' },
  ],
  '6.B4': [{ by: 'check', step: 'R37', part: 'every minute while the incident is open or mitigated' }],
  '6.N1': [
    { by: 'check', step: 'R37', part: 'size' },
    { by: 'action', step: 'R43', part: 'the sum over all pods' },
    { by: 'action', step: 'R44', part: 'the sum over all pods' },
  ],
  '6.N2': [{ by: 'advice', id: '6.N2' }],
  '6.N3': [{ by: 'action', step: 'R41', part: 'not while too few pods are ready' }],
  '6.N4': [
    { by: 'advice', id: '6.N4' },
    { by: 'action', step: 'R41', part: 'not while it lasts' },
  ],
} satisfies Knowledge<6>;
