import type { Knowledge } from '../define-runbook.ts';

/** Every bullet of the source's section 10 with what carries it. */
export const knowledge = {
  '10.S1': [{ by: 'check', step: 'R69', part: 'those that are processing, with their age' }],
  '10.S2': [{ by: 'check', step: 'R69', part: 'longer than an export may take' }],
  '10.S3': [{ by: 'check', step: 'R69', part: 'rows against those expected' }],
  '10.S4': [{ by: 'check', step: 'R69', part: 'completed without a link' }],
  '10.S5': [
    { by: 'check', step: 'R70' },
    { by: 'check', step: 'R54' },
  ],
  '10.C1': [{ by: 'cause', id: '10.C1' }],
  '10.C2': [{ by: 'cause', id: '10.C2' }],
  '10.C3': [{ by: 'cause', id: '10.C3' }],
  '10.C4': [{ by: 'cause', id: '10.C4' }],
  '10.C5': [{ by: 'cause', id: '10.C5' }],
  '10.H1': [{ by: 'check', step: 'R69' }],
  '10.H2': [{ by: 'check', step: 'R70' }],
  '10.H3': [{ by: 'check', step: 'R71' }],
  '10.H4': [{ by: 'check', step: 'R72' }],
  '10.H5': [
    { by: 'check', step: 'R69', part: 'its dates' },
    { by: 'check', step: 'R72', part: 'how many orders they hold' },
  ],
  '10.F1': [{ by: 'action', step: 'R75', part: 'made by the week' }],
  '10.F2': [{ by: 'action', step: 'R73' }],
  '10.F3': [{ by: 'by hand', id: 'm10.1' }],
  '10.F4': [{ by: 'by hand', id: 'm10.2' }],
  '10.F5': [{ by: 'by hand', id: 'm10.3' }],
  '10.B1': [{ by: 'action', step: 'R73', part: 'safe, of failed ones only' }],
  '10.B2': [{ by: 'advice', id: '10.B2' }],
  '10.B3': [{ by: 'action', step: 'R75', part: 'made by the week' }],
  '10.B4': [{ by: 'check', step: 'R69', part: 'every minute while the incident is open' }],
  '10.N1': [
    { by: 'cause', id: '10.C2' },
    { by: 'action', step: 'R75', part: 'refuses more' },
  ],
  '10.N2': [
    { by: 'cause', id: '10.C1' },
    { by: 'action', step: 'R73', part: 'proof' },
    { by: 'action', step: 'R75', part: 'proof' },
  ],
  '10.N3': [{ by: 'advice', id: '10.N3' }],
  '10.N4': [
    { by: 'action', step: 'R75', part: 'its form, outside quiet hours' },
    { by: 'advice', id: '10.N4' },
  ],
} satisfies Knowledge<10>;
