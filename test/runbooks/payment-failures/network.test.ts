import { NOW, reporting, seen } from '../../support/runbooks.ts';
import { aPath, gatewaySays, logCounts, table } from './support.ts';

const down = (...ago: readonly number[]) =>
  seen('broken', gatewaySays(['down', 'up'], NOW - (ago[0] ?? 20_000)));

table('1.C2', [
  ['not permitted', {}, 'open', 'The path could not be tried from inside a pod (R3).'],
  ['asked without an answer', { path: seen('unknown', null) }, 'open', /without a clear answer/],
  [
    'any answer from all pods',
    { path: seen('healthy', aPath(4, 0)) },
    'ruled out',
    'All 4 pods get an answer from the provider.',
  ],
  [
    'one could not try',
    { path: seen('unknown', { ...aPath(4, 0), open: 3 }) },
    'open',
    'Only 3 of 4 pods could try the path.',
  ],
  [
    'half of them, twice',
    { path: seen('broken', aPath(4, 2, 15_000)) },
    'supported',
    '2 of 4 pods do not get to the provider, said twice.',
  ],
  [
    'half of them, once',
    { path: seen('broken', aPath(4, 2, 14_999)) },
    'open',
    '2 of 4 pods did not get to the provider once; it is tried again.',
  ],
  [
    'fewer, twice',
    { path: seen('broken', aPath(4, 1, 60_000)) },
    'supported',
    'Only on these nodes: 1 of 4 pods (pod-1).',
  ],
  [
    'fewer of many, twice',
    { path: seen('broken', aPath(20, 5, 60_000)) },
    'supported',
    'Only on these nodes: 5 of 20 pods (pod-1, pod-2, pod-3 and 2 more).',
  ],
  [
    'half of them, while the provider reports an incident',
    { path: seen('broken', aPath(4, 2, 15_000)), provider: reporting('API errors') },
    'open',
    '2 of 4 pods do not get to the provider, which reports an incident of its own (X3).',
  ],
  ['all of them, twice', { path: seen('broken', aPath(4, 4, 60_000)) }, 'supported', /^4 of 4 pods/],
]);

table('1.C1', [
  [
    'only pods without a path say down: that is the path',
    { gateway: down(60_000), path: seen('broken', aPath(2, 1, 60_000)) },
    'ruled out',
    'Only pods without a path say down; the others get an answer.',
  ],
  [
    'a pod that has a path says down too',
    {
      gateway: seen('broken', gatewaySays(['down', 'down'], NOW - 60_000)),
      path: seen('broken', aPath(2, 1, 60_000)),
    },
    'supported',
    /on 2 of 2 pods/,
  ],
  [
    'only a pod without a path says down, and the provider names an incident',
    {
      gateway: down(60_000),
      path: seen('broken', aPath(2, 1, 60_000)),
      provider: reporting('API errors'),
    },
    'supported',
    /reports “API errors”/,
  ],
  [
    'no pod has a path: nobody can tell it from an outage',
    {
      gateway: seen('broken', gatewaySays(['down', 'down'], NOW - 60_000)),
      path: seen('broken', aPath(2, 2, 60_000)),
    },
    'open',
    /comes first|was not seen \(R3\)/,
  ],
  [
    'only a pod that could not try the path says down, and the others have one',
    { gateway: down(60_000), path: seen('unknown', { ...aPath(2, 0), open: 1, untried: ['pod-1'] }) },
    'open',
    /was not seen \(R3\)/,
  ],
  [
    'it says down, and nobody could try the path',
    { gateway: down(60_000), path: seen('unknown', null) },
    'open',
    /was not seen \(R3\)/,
  ],
  [
    'it says down, nobody could try the path, and payments meet 503',
    { gateway: down(60_000), path: seen('unknown', null), logs: seen('broken', logCounts({ outage: 9 })) },
    'supported',
    /^9 payments met a 5xx/,
  ],
]);
