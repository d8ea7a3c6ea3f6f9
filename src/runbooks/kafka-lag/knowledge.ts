import type { Knowledge } from '../define-runbook.ts';

/** Every bullet of the source's section 7 with what carries it. */
export const knowledge = {
  '7.S1': [{ by: 'check', step: 'R46' }],
  '7.S2': [{ by: 'check', step: 'R46' }],
  '7.S3': [{ by: 'check', step: 'R47' }],
  '7.S4': [
    { by: 'check', step: 'R46' },
    { by: 'check', step: 'X12' },
  ],
  '7.S5': [{ by: 'check', step: 'R46', part: 'the group of the notifications' }],
  '7.C1': [{ by: 'cause', id: '7.C1' }],
  '7.C2': [{ by: 'cause', id: '7.C2' }],
  '7.C3': [{ by: 'cause', id: '7.C3' }],
  '7.C4': [{ by: 'cause', id: '7.C4' }],
  '7.C5': [{ by: 'cause', id: '7.C5' }],
  '7.H1': [
    { by: 'check', step: 'R45' },
    { by: 'check', step: 'R49' },
  ],
  '7.H2': [{ by: 'check', step: 'R46' }],
  '7.H3': [
    { by: 'check', step: 'X12' },
    { by: 'check', step: 'R47' },
  ],
  '7.H4': [{ by: 'check', step: 'R48' }],
  '7.H5': [{ by: 'check', step: 'R49' }],
  '7.F1': [
    { by: 'check', step: 'R45' },
    { by: 'action', step: 'R50', part: 'not while the brokers are in trouble or unknown' },
  ],
  '7.F2': [
    { by: 'action', step: 'X16', part: 'tried first' },
    { by: 'action', step: 'R51-skip' },
    { by: 'action', step: 'R51' },
  ],
  '7.F3': [{ by: 'action', step: 'R52' }],
  '7.F4': [
    { by: 'check', step: 'R53' },
    { by: 'by hand', id: 'm7.1' },
  ],
  '7.F5': [{ by: 'check', step: 'R46', part: 'every minute, and after each run' }],
  '7.B1': [{ by: 'check', step: 'X13', part: 'when the oldest is dropped' }],
  '7.B2': [
    { by: 'advice', id: '7.B2' },
    { by: 'action', step: 'R51', part: 'not while the lag falls' },
  ],
  '7.B3': [
    { by: 'action', step: 'R52', part: 'safe' },
    { by: 'action', step: 'R51-undo', part: 'its preview' },
  ],
  '7.B4': [
    { by: 'check', step: 'R46', part: 'every minute while the incident is watched after R51 or R52' },
    { by: 'by hand', id: 'm7.2' },
  ],
  '7.N1': [{ by: 'check', step: 'R46', part: 'limit' }],
  '7.N2': [{ by: 'impact' }, { by: 'advice', id: '7.N2' }],
  '7.N3': [
    { by: 'check', step: 'X13' },
    { by: 'advice', id: '7.N3' },
  ],
  '7.N4': [{ by: 'advice', id: '7.N4' }],
} satisfies Knowledge<7>;
