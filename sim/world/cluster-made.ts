import type { JsonObject, ReplicaSet, StatefulSet, Write } from './cluster.ts';
import type { App, AppNames, CompanyNames } from './names.ts';

export function statefulSet(
  app: App,
  { apps, port }: CompanyNames,
  replicas: number,
  image: string,
  createdAt: number,
): StatefulSet {
  const { name, labels } = apps[app];
  const made = template(apps[app], port, image);
  return {
    app,
    name,
    createdAt,
    labels: { ...labels },
    spec: {
      replicas,
      selector: { matchLabels: { ...labels } },
      serviceName: `${name}-headless`,
      template: made,
      updateStrategy: { type: 'OnDelete' },
      podManagementPolicy: 'OrderedReady',
      revisionHistoryLimit: 10,
    },
    generation: 1,
    revisions: [firstVersion('6f8d4b7c9', made, createdAt)],
    writes: [firstWrite(createdAt)],
  };
}

export function firstVersion(hash: string, made: JsonObject, createdAt: number): ReplicaSet {
  return {
    hash,
    template: structuredClone(made),
    createdAt,
    revision: 1,
    writtenAt: createdAt,
    earlier: [],
  };
}

export function firstWrite(at: number): Write {
  return { manager: 'kubectl-create', at, through: 'object', template: true, replicas: true };
}

export function template({ labels, container }: AppNames, port: number, image: string): JsonObject {
  return {
    metadata: { creationTimestamp: null, labels: { ...labels } },
    spec: {
      containers: [
        {
          name: container,
          image,
          imagePullPolicy: 'IfNotPresent',
          ports: [{ name: 'http', containerPort: port, protocol: 'TCP' }],
          env: [{ name: 'LOG_LEVEL', value: 'info' }],
          resources: { limits: { memory: '1Gi' }, requests: { cpu: '250m', memory: '512Mi' } },
        },
      ],
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
    },
  };
}
