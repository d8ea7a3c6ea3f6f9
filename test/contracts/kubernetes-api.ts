import { afterAll, beforeAll, describe } from 'vitest';
import { patchesWorkAlike } from './kubernetes-api/patches.ts';
import { readsAnswerAlike } from './kubernetes-api/reads.ts';
import { patchesAreRefusedAlike } from './kubernetes-api/refused-patches.ts';
import type { Wire } from './kubernetes-api/wire.ts';

/**
 * What a pretend API server has to have in common with a real one, request by request: what our adapter asks, and the
 * mistakes in it that a real one would not let pass.
 */
export function kubernetesApiContract(name: string, reach: () => Promise<Wire>): void {
  describe(`the API of Kubernetes: ${name}`, () => {
    let here: Wire;
    beforeAll(async () => {
      here = await reach();
    });
    afterAll(async () => {
      await here.stop();
    });
    readsAnswerAlike(() => here);
    patchesAreRefusedAlike(() => here);
    patchesWorkAlike(() => here);
  });
}
