import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes longest, by the beginning of its path: begun last, it would leave the other workers idle. */
const LONG = ['test/faults/kill-', 'test/page/', 'test/journeys/', 'test/faults/', 'test/adapters/kube'];

/** Long files first, whatever this machine remembers of earlier runs. */
export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const found = LONG.findIndex((path) => moduleId.includes(`/${path}`));
      return found < 0 ? LONG.length : found;
    };
    return (await super.sort(files)).sort((one, other) => place(one) - place(other));
  }
}
