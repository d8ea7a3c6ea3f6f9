import { type Finding, isContext, type Verdict } from '../../src/domain/finding.ts';
import { OrderId } from '../../src/domain/ids.ts';
import type { Incident } from '../../src/domain/incident.ts';
import { diagnose, type Look } from '../../src/pipeline/diagnose.ts';
import type { Parts } from '../../src/pipeline/parts.ts';
import type { CatalogProbe } from '../../src/ports/catalog.ts';
import type { KafkaProbe } from '../../src/ports/kafka.ts';
import type {
  ContainerLog,
  DeploymentState,
  KubernetesProbe,
  PodSummary,
  WorkloadSettings,
} from '../../src/ports/kubernetes.ts';
import type {
  OrderServiceProbe,
  OrderSummary,
  OrdersDatabaseProbe,
  PodAnswer,
  Probes,
} from '../../src/ports/probes.ts';
import type { RedisProbe } from '../../src/ports/redis.ts';
import type { S3Probe } from '../../src/ports/s3.ts';
import type { Sample } from '../../src/ports/samples.ts';
import type { StatusPageProbe } from '../../src/ports/status-page.ts';
import { AbsentSystem, SystemError } from '../../src/ports/system-error.ts';
import type { Draft, Findings, Judging, Proving } from '../../src/runbooks/define-runbook.ts';
import { type Names, RUNBOOK_NAMES } from '../../src/runbooks/names.ts';
import type { LogCounts } from '../../src/runbooks/shared/log-classes.ts';
import type { OrdersSeen } from '../../src/runbooks/shared/order-rate.ts';
import type { TrafficSeen } from '../../src/runbooks/shared/traffic.ts';
import { DEFAULT_THRESHOLDS } from '../../src/runbooks/thresholds.ts';
import { aRules } from './builders.ts';
import { anIncident, aRun, OPENED } from './incidents.ts';

export const MINUTE = 60_000;
/** Half an hour after the incident of the builders opened. */
export const NOW = OPENED + 30 * MINUTE;

export function silent(system = 'The system'): SystemError {
  return new SystemError(system, 'too slow', `${system} did not answer.`, { sent: 'no', mayRetry: true });
}

/** Every question that is not given is asked of a system that is not configured. */
export function fakeProbes(given: {
  readonly orderService?: Partial<OrderServiceProbe>;
  readonly ordersDatabase?: Partial<OrdersDatabaseProbe>;
  readonly kubernetes?: Partial<KubernetesProbe>;
  readonly kafka?: Partial<KafkaProbe>;
  readonly redis?: Partial<RedisProbe>;
  readonly s3?: Partial<S3Probe>;
  readonly statusPages?: Partial<StatusPageProbe>;
  readonly catalog?: Partial<CatalogProbe>;
}): Probes {
  return {
    orderService: partly(given.orderService),
    ordersDatabase: partly(given.ordersDatabase),
    kubernetes: partly(given.kubernetes),
    kafka: partly(given.kafka),
    redis: partly(given.redis),
    s3: partly(given.s3),
    statusPages: partly(given.statusPages),
    catalog: partly(given.catalog),
  };
}

function partly<Port extends object>(given: Partial<Port> = {}): Port {
  return new Proxy(given as Port, {
    get: (methods, name) =>
      Reflect.get(methods, name) ??
      (async () => {
        throw new AbsentSystem('Not configured.');
      }),
  });
}

/** One whole diagnosis against these probes, through the pipeline. Nothing in it waits, so no deadline passes. */
export async function diagnosed(
  runbook: Incident['runbook'],
  probes: Probes,
  change: {
    readonly incident?: Partial<Incident>;
    readonly now?: number;
    /** What is called otherwise than in the runbook. */
    readonly names?: Partial<Names>;
    /** What the bot saw before, by name. */
    readonly samples?: Readonly<Record<string, readonly Sample[]>>;
  } = {},
): Promise<Look & { of(step: string): Finding }> {
  const rules = aRules();
  const parts = {
    probes,
    samples: {
      since: async (name: string, from: number) =>
        (change.samples?.[name] ?? []).filter(({ at }) => at >= from),
      between: async (named: readonly string[], from: number, to: number) =>
        Object.fromEntries(
          named.map((name) => [
            name,
            (change.samples?.[name] ?? []).filter(({ at }) => at >= from && at <= to),
          ]),
        ),
    },
    rules: { ...rules, names: { ...rules.names, ...change.names } },
    clock: {
      now: () => 0,
      sleep: async (_ms: number, signal?: AbortSignal) =>
        await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve())),
    },
    step: async <T>(_name: string, work: () => Promise<T>) => await work(),
    log: { error: (facts: object) => Promise.reject(new Error(JSON.stringify(facts))) },
  } as unknown as Parts;
  const incident = { ...anIncident([]), diagnosis: null, ...change.incident, runbook };
  const look = await diagnose(parts, incident, change.now ?? NOW);
  return {
    ...look,
    // X1 is in every runbook, and `of` finds it; a runbook's own test tells its own.
    findings: look.findings.filter((finding) => !isContext(finding)),
    of(step) {
      const found = look.findings.find((finding) => finding.step === step);
      if (found === undefined) throw new Error(`No check ${step}.`);
      return found;
    },
  };
}

/** A finding as causes and actions read it; null data fits every check. */
export function seen(verdict: Verdict, data: null): Finding<never>;
export function seen<T>(verdict: Verdict, data: T): Finding<T>;
export function seen<T>(verdict: Verdict, data: T | null): Finding<T> {
  return { step: 'R16', verdict, line: '', evidence: [], data, at: NOW, tookMs: 1 };
}

export function aJudging<Data>(findings: Findings<Data>, change: Partial<Judging<Data>> = {}): Judging<Data> {
  return {
    findings,
    changes: seen('healthy', { changes: [], suspect: null, symptomAt: OPENED }),
    now: NOW,
    thresholds: DEFAULT_THRESHOLDS,
    names: RUNBOOK_NAMES,
    incident: anIncident([]),
    open: [],
    owed: [],
    ...change,
  };
}

export function aProving(probes: Probes, change: Partial<Proving> = {}): Proving {
  return {
    probes,
    run: aRun({ targets: ['ord_aaa111'] }),
    names: RUNBOOK_NAMES,
    thresholds: DEFAULT_THRESHOLDS,
    now: NOW,
    items: [],
    signal: new AbortController().signal,
    ...change,
  };
}

export const A_DRAFT: Draft = {
  targets: ['ord_aaa111'],
  parameters: {},
  preview: [],
  binding: { kind: 'none', words: '' },
};

export function anOrder(id: string, change: Partial<OrderSummary> = {}): OrderSummary {
  return {
    id: OrderId.parse(id),
    status: 'processing',
    errorCode: null,
    createdAt: NOW - 300 * MINUTE,
    updatedAt: NOW - 180 * MINUTE,
    lastEvent: null,
    attempts: [],
    ...change,
  };
}

export function aPod(change: Partial<PodSummary> = {}): PodSummary {
  return {
    name: 'pod-1',
    createdAt: NOW - 600 * MINUTE,
    ready: true,
    restarts: 0,
    waiting: null,
    lastTermination: null,
    node: null,
    images: [],
    ...change,
  };
}

export function aDeployment(change: Partial<DeploymentState> = {}): DeploymentState {
  return {
    generation: 7,
    replicas: 4,
    ready: 4,
    updated: 4,
    available: 4,
    paused: false,
    rollout: 'complete',
    line: '4 of 4 pods are new.',
    restartedAt: null,
    ...change,
  };
}

export function someSettings(change: Partial<WorkloadSettings> = {}): WorkloadSettings {
  return {
    generation: 7,
    replicas: 4,
    surge: 1,
    surgePercent: 25,
    unavailable: 1,
    containers: [{ name: 'order-service', env: {}, memoryLimit: 1024 ** 3, memoryRequest: 512 * 1024 ** 2 }],
    hpa: 'none',
    quotas: [],
    gitOps: null,
    ...change,
  };
}

/** One container's log; each line begins with its own time, `ago` minutes before now, by a node whose clock is ours. */
export function aLog(lines: readonly string[], change: Partial<ContainerLog> = {}, ago = 1): ContainerLog {
  const said = lines.map((line) => `${new Date(NOW - ago * MINUTE).toISOString()} ERROR ${line}`);
  const log = { pod: 'pod-1', container: 'app', lines: said, matched: said.length, truncated: false };
  return { ...log, recent: ago <= DEFAULT_THRESHOLDS.stoppedMinutes ? said : [], problem: null, ...change };
}

/** X3 as it names these incidents, all of them of an hour ago. */
export function reporting(...names: readonly string[]) {
  const incidents = names.map((name) => ({
    name,
    status: 'investigating',
    impact: 'major',
    components: [],
    since: NOW - 60 * MINUTE,
  }));
  return seen(names.length === 0 ? 'healthy' : 'broken', { incidents, maintenance: [], troubled: [] });
}

/** X5: so many requests a minute instead of 100, all answered. */
export function trafficSeen(perMinute: number, change: Partial<TrafficSeen> = {}): TrafficSeen {
  const is = perMinute < 150 ? 'usual' : perMinute < 200 ? 'more' : 'spike';
  return {
    perMinute,
    usual: 100,
    than: 'last week at this hour',
    is,
    requests: perMinute * 10,
    errorPercent: 0,
    p95Ms: 180,
    routes: [],
    ...change,
  };
}

/** X6: so many orders in an hour instead of 60. */
export function ordersSeen(created: number, change: Partial<OrdersSeen> = {}): OrdersSeen {
  const is = created < 30 ? 'missing' : created < 90 ? 'usual' : created < 120 ? 'more' : 'spike';
  return { created, lastWeek: 60, windowMinutes: 60, is, ...change };
}

/** Log lines counted by class, the newest a minute ago. */
export function logCounts<Name extends string>(
  names: readonly Name[],
  lines: Partial<Record<Name, number>> = {},
  change: Partial<LogCounts<Name>> = {},
): LogCounts<Name> {
  const classes = names.map((name) => [
    name,
    { lines: lines[name] ?? 0, lastAt: lines[name] ? NOW - MINUTE : null },
  ]);
  return {
    classes: Object.fromEntries(classes) as LogCounts<Name>['classes'],
    unclassed: 0,
    newestAt: NOW - MINUTE,
    whole: true,
    containers: 3,
    problems: [],
    ...change,
  };
}

export function answers<T>(...values: readonly (T | null)[]): readonly PodAnswer<T>[] {
  const problem = (value: T | null) => (value === null ? 'It did not answer.' : null);
  return values.map((value, place) => ({ pod: `pod-${place + 1}`, value, problem: problem(value) }));
}

export function times(many: number, line: string): readonly string[] {
  return Array.from({ length: many }, () => line);
}
