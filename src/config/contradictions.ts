import { CATALOGUE } from '../runbooks/catalogue.ts';
import { THRESHOLDS, type ThresholdName } from '../runbooks/thresholds.ts';
import type { OmsYaml } from './schema.ts';

/** Two values that cannot both be meant, or one that nothing in this bot is called. */
export interface Contradiction {
  /** The value to look at first. */
  readonly path: readonly string[];
  /** The value that it goes against, where there is one: whichever stands in the file is named. */
  readonly against?: readonly string[];
  readonly because: string;
  /** A word that was meant to be one of these. */
  readonly meant?: { readonly word: string; readonly words: readonly string[] };
}

/** Each left one has to be less than the right one. */
const LESS: readonly (readonly [ThresholdName, ThresholdName])[] = [
  ['normalProcessingMinutes', 'stuckAfterMinutes'],
  ['absentShare', 'dominatesShare'],
  ['stoppedMinutes', 'logWindowMinutes'],
  ['syncEveryMinutes', 'syncMissedMinutes'],
  ['poolSoundPercent', 'poolBrokenPercent'],
  ['memorySoundPercent', 'memoryPercent'],
  ['usualFactor', 'spikeFactor'],
  ['exportMovesMinutes', 'exportMinutes'],
  ['falsePositivePercent', 'fraudPercent'],
  ['poolSize', 'modalPoolSize'],
];
/** Each left one may be as much as the right one. */
const AT_MOST: readonly (readonly [ThresholdName, ThresholdName])[] = [
  ['modalDays', 'mostDays'],
  ['sampledOrders', 'ordersPerBatch'],
];

/** So many times a usual share is a spike of it, which has to be possible. */
const SPIKES: readonly (readonly [share: ThresholdName, factor: ThresholdName])[] = [
  ['usualLatePercent', 'spikeFactor'],
  ['usualDeclinePercent', 'declineFactor'],
];

/** What each value alone does not show. Pure. */
export function contradictions(oms: OmsYaml): readonly Contradiction[] {
  return [
    ...ofThresholds(oms),
    ...ofStatuses(oms),
    ...ofKafka(oms),
    ...ofWorkloads(oms),
    ...ofNames(oms),
    ...(oms.quietHours.from === oms.quietHours.to
      ? [
          {
            path: ['quietHours', 'from'],
            against: ['quietHours', 'to'],
            because: 'it is also when they end, so no hour is quiet',
          },
        ]
      : []),
  ];
}

function ofThresholds({ thresholds }: OmsYaml): readonly Contradiction[] {
  const say = (left: ThresholdName, right: ThresholdName, words: string): Contradiction => ({
    path: ['thresholds', left],
    against: ['thresholds', right],
    because: `${thresholds[left]} is not ${words} thresholds.${right}, ${thresholds[right]} (${THRESHOLDS[right].unit})`,
  });
  return [
    ...LESS.filter(([left, right]) => thresholds[left] >= thresholds[right]).map(([left, right]) =>
      say(left, right, 'less than'),
    ),
    ...AT_MOST.filter(([left, right]) => thresholds[left] > thresholds[right]).map(([left, right]) =>
      say(left, right, 'at most'),
    ),
    ...SPIKES.filter(([share, factor]) => thresholds[share] * thresholds[factor] > 100).map(
      ([share, factor]): Contradiction => ({
        path: ['thresholds', share],
        against: ['thresholds', factor],
        because: `${thresholds[share]} % times thresholds.${factor}, ${thresholds[factor]}, is over 100 %, which no share can reach`,
      }),
    ),
    ...(thresholds.reservationSeconds > thresholds.staleLockMinutes * 60
      ? [
          {
            path: ['thresholds', 'reservationSeconds'],
            against: ['thresholds', 'staleLockMinutes'],
            because: `${thresholds.reservationSeconds} s is longer than thresholds.staleLockMinutes, ${thresholds.staleLockMinutes} (minutes); R14 would delete locks that are still held`,
          },
        ]
      : []),
  ];
}

function ofStatuses({ orders }: OmsYaml): readonly Contradiction[] {
  const { processing, pendingPayment, readyToShip } = orders;
  const own = { processing, pendingPayment, readyToShip };
  const seen = new Map<string, string>();
  const twice = Object.entries(own).flatMap(([key, status]): readonly Contradiction[] => {
    const before = seen.get(status);
    seen.set(status, key);
    if (before === undefined) return [];
    return [
      {
        path: ['orders', key],
        against: ['orders', before],
        because: `orders.${before} is ${status} as well; an order has one status at a time`,
      },
    ];
  });
  return orders.beforeProcessing.includes(processing)
    ? [
        ...twice,
        {
          path: ['orders', 'beforeProcessing'],
          against: ['orders', 'processing'],
          because: `${processing} is orders.processing, and no order has it before it has it`,
        },
      ]
    : twice;
}

function ofKafka({ kafka }: OmsYaml): readonly Contradiction[] {
  const { ordersTopic, deadLetterTopic, deadLetterGroup, parkedTopic } = kafka;
  const same = (key: string, topic: string | undefined, why: string): readonly Contradiction[] =>
    topic !== ordersTopic
      ? []
      : [
          {
            path: ['kafka', key],
            against: ['kafka', 'ordersTopic'],
            because: `it is kafka.ordersTopic as well; ${why}`,
          },
        ];
  return [
    ...same('parkedTopic', parkedTopic, 'a message that is skipped would come again'),
    ...same('deadLetterTopic', deadLetterTopic, 'every event would count as a dead letter'),
    ...(deadLetterGroup !== undefined && deadLetterTopic === undefined
      ? [
          {
            path: ['kafka', 'deadLetterGroup'],
            because: 'it reads kafka.deadLetterTopic, which is not set',
          },
        ]
      : []),
  ];
}

function ofWorkloads({ workloads }: OmsYaml): readonly Contradiction[] {
  const { orderService, workflowEngine } = workloads;
  const where = (one: { readonly namespace?: string | undefined }) => one.namespace ?? workloads.namespace;
  if (where(orderService) !== where(workflowEngine)) return [];
  return (['deployment', 'selector'] as const)
    .filter((key) => orderService[key] === workflowEngine[key])
    .map((key) => ({
      path: ['workloads', 'workflowEngine', key],
      against: ['workloads', 'orderService', key],
      because: `workloads.orderService.${key} is ${orderService[key]} as well, so one would be taken for the other`,
    }));
}

function ofNames({ approvals, alerts, carriers }: OmsYaml): readonly Contradiction[] {
  const steps = [...new Set(CATALOGUE.flatMap(({ actions }) => actions.map(({ step }) => String(step))))];
  const runbooks = CATALOGUE.map(({ id }) => String(id));
  return [
    ...Object.keys(approvals.byAction)
      .filter((step) => !steps.includes(step))
      .map((step) => ({
        path: ['approvals', 'byAction', step],
        because: `${step} is no action that could be approved; \`oms runbooks\` lists them`,
        meant: { word: step, words: steps },
      })),
    ...alerts.rules.flatMap(({ match, runbook }, place): readonly Contradiction[] => [
      ...(runbooks.includes(runbook)
        ? []
        : [
            {
              path: ['alerts', 'rules', String(place), 'runbook'],
              because: `${runbook} is no runbook`,
              meant: { word: runbook, words: runbooks },
            },
          ]),
      ...(Object.keys(match).length > 0
        ? []
        : [
            {
              path: ['alerts', 'rules', String(place), 'match'],
              because: 'a rule without a label would take every alert',
            },
          ]),
    ]),
    ...(carriers.secret === carriers.staged
      ? [
          {
            path: ['carriers', 'staged'],
            against: ['carriers', 'secret'],
            because: 'it is carriers.secret as well; a new key has to wait in another secret',
          },
        ]
      : []),
  ];
}
