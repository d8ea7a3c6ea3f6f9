import { testCluster } from '../sim/kubernetes/support.ts';
import { kubernetesApiContract } from './kubernetes-api.ts';

kubernetesApiContract('the pretend API server', async () => {
  const cluster = await testCluster({
    podHttp(_pod, request) {
      const { pathname, search, port } = new URL(request.url);
      if (port !== '8080') throw new Error('nobody listens there');
      return new Response(`${pathname}${search} ${JSON.stringify(Object.fromEntries(request.headers))}`);
    },
  });
  return {
    namespace: 'default',
    pod: 'order-service-7c9f6d5b8-4kx2p',
    call: cluster.call,
    stop: cluster.stop,
  };
});
