import type { Workload } from './kubernetes.ts';

/** What one pod template has that the one before had not. Names, images and limits; never a variable's value. */
export interface TemplateDifference {
  /** Null: the container was not there, or is gone. */
  readonly images: readonly {
    readonly container: string;
    readonly before: string | null;
    readonly after: string | null;
  }[];
  /** Names of variables, of all containers. */
  readonly env: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly changed: readonly string[];
  };
  /** Bytes of memory, thousandths of a core; null: no limit. */
  readonly limits: readonly {
    readonly container: string;
    readonly resource: 'memory' | 'cpu';
    readonly before: number | null;
    readonly after: number | null;
  }[];
  /** The mark of a rolling restart is another one. */
  readonly restarted: boolean;
  /** Names of the pod template's annotations that came, went or changed. */
  readonly annotations: readonly string[];
  /** Fields of the pods that differ, by name: `livenessProbe`. */
  readonly other: readonly string[];
}

/** A pod template came into use. Times are epoch ms. */
export interface Rollout {
  readonly kind: 'rollout';
  readonly at: number;
  readonly revision: number;
  /** Whose pods it made, what a roll back names; of a StatefulSet its controller revision. */
  readonly replicaSet: string;
  /** The template had been in use before: somebody rolled back. */
  readonly back: boolean;
  /** It is the newest. */
  readonly current: boolean;
  /** What was in use before it; null: nothing, or it is not kept any more. */
  readonly before: { readonly revision: number; readonly replicaSet: string } | null;
  /** Against `before`; null without one. */
  readonly difference: TemplateDifference | null;
  /** Names of its labels and annotations, without those whose value is `false`. */
  readonly marks: readonly string[];
}

export type WorkloadChange =
  | Rollout
  | {
      readonly kind: 'scale';
      readonly at: number;
      /** Null: nothing tells any more. */
      readonly from: number | null;
      readonly to: number;
      /** An autoscaler did it. */
      readonly byItself: boolean;
    }
  /** The bounds of an autoscaler were written, or it was made. */
  | {
      readonly kind: 'autoscaler';
      readonly at: number;
      readonly name: string;
      readonly min: number;
      readonly max: number;
    };

export interface WorkloadChanges {
  /** Newest first. */
  readonly changes: readonly WorkloadChange[];
  /** One sentence for each thing that could not be asked, with the right that is missing. */
  readonly unread: readonly string[];
}

/** A revision that is still kept, against what the Deployment is now. */
export interface RevisionState {
  readonly revision: number;
  /** The Deployment's pod template is this one's. */
  readonly inUse: boolean;
}

/** The part of the Kubernetes port that tells of the past. Reads only. Throws SystemError. */
export interface ChangesProbe {
  /** X1: what was changed since then, epoch ms; null when there is no such workload. Never a variable's value. */
  changes(workload: Workload, since: number, signal: AbortSignal): Promise<WorkloadChanges | null>;
  /** X1: when a secret's data changed, by its metadata alone; null: there is none, or nobody noted it. */
  secretChangedAt(namespace: string, name: string, signal: AbortSignal): Promise<number | null>;
  /** X2's binding and read-back: a replica set by its name; null when it is gone. */
  revision(workload: Workload, replicaSet: string, signal: AbortSignal): Promise<RevisionState | null>;
}
