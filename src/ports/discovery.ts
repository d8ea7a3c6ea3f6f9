import type { WorkloadKind } from './kubernetes.ts';

/** A Deployment or StatefulSet as it stands, for whoever looks for one by its name or labels. */
export interface FoundWorkload {
  readonly kind: WorkloadKind;
  readonly namespace: string;
  readonly name: string;
  /** Its own and its pods', `app` → `orders-api`. */
  readonly labels: Readonly<Record<string, string>>;
  /** Of its pods, as a label selector is written. */
  readonly selector: string;
  readonly containers: readonly {
    readonly name: string;
    readonly ports: readonly number[];
    /** Names of the variables that are set in its template; no value. */
    readonly variables: readonly string[];
  }[];
  readonly replicas: number;
}

/** The part of the Kubernetes port that finds names. Reads only. Throws SystemError. */
export interface DiscoveryProbe {
  /** All of a namespace and kind; none where there is no such namespace. */
  workloads(namespace: string, kind: WorkloadKind, signal: AbortSignal): Promise<readonly FoundWorkload[]>;
}

/** A table or view of the orders database. */
export interface FoundTable {
  /** With its schema where that is not on the search path. */
  readonly table: string;
  readonly columns: readonly {
    readonly name: string;
    /** As PostgreSQL writes it: `timestamp with time zone`. */
    readonly type: string;
    /** Our role may read it. */
    readonly readable: boolean;
  }[];
}
