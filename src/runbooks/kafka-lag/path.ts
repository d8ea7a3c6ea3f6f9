import { inPod } from '../names.ts';
import { pathCheck } from '../shared/path.ts';

/** R48: whether each pod reaches a broker. */
export const path = pathCheck({
  step: 'R48',
  title: 'Do the pods reach Kafka?',
  source: 'kubectl exec -it deployment/order-service -- \\\n  nc -zv kafka-0.kafka-headless 9092',
  equivalent: (names) => `${inPod(names)} nc -zv ${names.kafka.host} ${names.kafka.port}`,
  target: ({ kafka: { host, port } }) => ({ kind: 'tcp', host, port }),
  host: ({ kafka: { host, port } }) => `${host}:${port}`,
  name: 'path',
});
