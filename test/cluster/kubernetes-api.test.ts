import { describe } from 'vitest';
import { kubernetesApiContract } from '../contracts/kubernetes-api.ts';
import { testNamespace } from './support/namespace.ts';
import { deploy, listen, podsOf, pretendPods } from './support/pods.ts';

// A real pod would have to bring an image that speaks HTTP.
describe.skipIf(!pretendPods)('from the inside of its namespace', () => {
  kubernetesApiContract('a real API server', async () => {
    const here = await testNamespace();
    await deploy(here, 'order-service', { replicas: 3, containers: ['order-service'] });
    const pod = (await podsOf(here, 'order-service'))[0]?.name ?? '';
    await listen(here, pod, 8080, ({ url, headers }, response) =>
      response.end(`${url} ${JSON.stringify(headers)}`),
    );
    return { namespace: here.name, pod, call: here.call, stop: here.stop };
  });
});
