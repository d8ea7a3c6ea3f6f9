import type { Knowledge } from '../define-runbook.ts';

/** Every bullet of the source's section 8 with what carries it. */
export const knowledge = {
  '8.S1': [
    { by: 'check', step: 'R54' },
    { by: 'check', step: 'R56' },
  ],
  '8.S2': [{ by: 'check', step: 'R54' }],
  '8.S3': [{ by: 'check', step: 'R55' }],
  '8.S4': [
    { by: 'check', step: 'X5', part: 'answered 5xx' },
    { by: 'check', step: 'R60', part: 'pods that are ready' },
  ],
  '8.S5': [{ by: 'check', step: 'R56' }],
  '8.C1': [{ by: 'cause', id: '8.C1' }],
  '8.C2': [{ by: 'cause', id: '8.C2' }],
  '8.C3': [{ by: 'cause', id: '8.C3' }],
  '8.C4': [{ by: 'cause', id: '8.C4' }],
  '8.C5': [{ by: 'cause', id: '8.C5' }],
  '8.H1': [{ by: 'check', step: 'R54' }],
  '8.H2': [{ by: 'check', step: 'R55' }],
  '8.H3': [
    { by: 'check', step: 'X14' },
    { by: 'check', step: 'R39' },
    { by: 'check', step: 'X5', part: 'by route' },
  ],
  '8.H4': [
    { by: 'action', step: 'R57' },
    { by: 'by hand', id: 'm8.1' },
  ],
  '8.H5': [{ by: 'check', step: 'X1' }],
  '8.F1': [{ by: 'action', step: 'R58' }],
  '8.F2': [{ by: 'action', step: 'R59' }],
  '8.F3': [{ by: 'by hand', id: 'm8.1' }],
  '8.F4': [{ by: 'by hand', id: 'm8.2' }],
  '8.F5': [
    { by: 'action', step: 'R58', part: 'watched by R61' },
    { by: 'check', step: 'R55' },
  ],
  '8.B1': [{ by: 'action', step: 'R58-undo', part: 'owed until done' }],
  '8.B2': [{ by: 'action', step: 'R59-undo', part: 'owed until done' }],
  '8.B3': [
    { by: 'by hand', id: 'm8.2' },
    { by: 'action', step: 'R60', part: 'owes it' },
    { by: 'action', step: 'R58', part: 'owes it' },
  ],
  '8.B4': [{ by: 'check', step: 'R55', part: 'every minute while the incident is open or mitigated' }],
  '8.N1': [
    { by: 'action', step: 'R58', part: 'its form' },
    { by: 'advice', id: '8.N1' },
  ],
  '8.N2': [
    ...(['8.C2', '8.C3', '8.C5'] as const).map((id) => ({ by: 'cause', id }) as const),
    { by: 'advice', id: '8.N2' },
  ],
  '8.N3': [{ by: 'advice', id: '8.N3' }],
  '8.N4': [{ by: 'advice', id: '8.N4' }],
} satisfies Knowledge<8>;
